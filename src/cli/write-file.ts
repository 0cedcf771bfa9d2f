/** Files that commands write: whole, or not at all. */
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Problem, reasonOf } from '../policy/problem.ts';

/** Puts the text in the place of the file at once, so that nobody reads half of it; else the reason why not. */
export function writeWhole(file: string, text: string): Problem | undefined {
  try {
    const place = placeOf(file);
    if (place.isStream) writeFileSync(place.path, text);
    else replace(place.path, text);
    return undefined;
  } catch (error) {
    return { file, message: `cannot be written: ${whyNot(error)}` };
  }
}

/** Where a link leads to. What is there and no file, as a pipe or /dev/null, is written to as it is. */
function placeOf(file: string): { readonly path: string; readonly isStream: boolean } {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { path: file, isStream: false };
  return { path: realpathSync(file), isStream: !found.isFile() };
}

function replace(path: string, text: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const descriptor = openSync(temporary, 'wx', mode === undefined ? 0o666 : mode & 0o777);
  try {
    try {
      writeFileSync(descriptor, text);
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

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such folder';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EROFS') return 'permission denied';
  return reasonOf(error);
}
