/** A new text in the place of a file's old one: whole or not at all. */
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, reasonOf } from '../policy/problem.ts';
import type { FileChange } from '../report/fix-report.ts';

/**
 * Writes `after` to the file: into a new one beside it, which then takes its name and mode. A link is followed. Undefined
 * when it is done; else the reason, and the file is as it was: also where it does not hold `before` any more.
 */
export function writeChange({ file, before, after }: FileChange): Problem | undefined {
  try {
    const path = realpathSync(file);
    accessSync(path, constants.W_OK);
    const bytes = readFileSync(path);
    if (!bytes.equals(encoded(before, bytes)))
      return { file, message: 'not written: somebody else has changed it meanwhile' };
    replace(path, encoded(after, bytes));
    return undefined;
  } catch (error) {
    const isForbidden =
      error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EROFS');
    return { file, message: `not written: ${isForbidden ? 'permission denied' : reasonOf(error)}` };
  }
}

function replace(path: string, bytes: Uint8Array): void {
  const { mode, uid, gid } = statSync(path);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    try {
      writeAll(descriptor, bytes);
      keepOwner(descriptor, uid, gid);
      // The umask has no say in what was allowed before.
      fchmodSync(descriptor, mode & 0o7777);
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

/** Only root may give a file away; to anybody else the new one belongs as every new file does. */
function keepOwner(descriptor: number, uid: number, gid: number): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // The text matters more.
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/** The text in the encoding, and with the byte order mark, that `like` has. */
function encoded(text: string, like: Uint8Array): Buffer {
  const [first, second, third] = like;
  if (first === 0xff && second === 0xfe) return Buffer.from(`\uFEFF${text}`, 'utf16le');
  if (first === 0xfe && second === 0xff) return Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  const isMarked = first === 0xef && second === 0xbb && third === 0xbf;
  return Buffer.from(isMarked ? `\uFEFF${text}` : text, 'utf8');
}
