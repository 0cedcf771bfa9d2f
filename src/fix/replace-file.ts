/** A file with new content in the place of the old one: whole, or not at all. */
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a new file beside the one at `path`, which then takes its name, and its mode and owner where there is one already.
 * Nobody reads half of it. Throws what the file system says, and leaves nothing behind then.
 */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const descriptor = openSync(temporary, 'wx', before === undefined ? 0o666 : 0o600);
  try {
    try {
      writeAll(descriptor, bytes);
      if (before !== undefined) keepRights(descriptor, before);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function keepRights(descriptor: number, { mode, uid, gid }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // Only root may give a file away; to anybody else the new one belongs as every new file does. The text matters more.
  }
  // The umask has no say in what was allowed before.
  fchmodSync(descriptor, mode & 0o7777);
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}
