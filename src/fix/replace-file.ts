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
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a new file beside the one at `path`, which then takes its name, and its mode and owner where there is one already.
 * Nobody reads half of it. Throws what the file system or the maker of the parts says, and leaves nothing behind then.
 */
export function replaceFile(path: string, parts: Iterable<string | Uint8Array>): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const descriptor = openSync(temporary, 'wx', before === undefined ? 0o666 : 0o600);
  try {
    try {
      for (const part of parts) writeFileSync(descriptor, part);
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
