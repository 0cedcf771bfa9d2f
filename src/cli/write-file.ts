/** Files that commands write: whole, or not at all. */
import { closeSync, openSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { replaceFile } from '../fix/replace-file.ts';
import { type Problem, reasonOf } from '../policy/problem.ts';

/** Puts the parts of a text in the place of the file at once, so that nobody reads half of it; else the reason why not. */
export function writeWhole(file: string, parts: Iterable<string>): Problem | undefined {
  try {
    const place = placeOf(file);
    if (place.isStream) append(place.path, parts);
    else replaceFile(place.path, parts);
    return undefined;
  } catch (error) {
    return { file, message: `cannot be written: ${whyNot(error)}` };
  }
}

/** Opened once: who reads a pipe takes it for the end when it is closed. */
function append(path: string, parts: Iterable<string>): void {
  const descriptor = openSync(path, 'a');
  try {
    for (const part of parts) writeFileSync(descriptor, part);
  } finally {
    closeSync(descriptor);
  }
}

// Links to what the process has open: whoever reads there waits for it, be it a file or not.
const OPEN_ALREADY = /^\/(?:dev|proc)\//;

/** Where a link leads to. What is there and no file, as a pipe or /dev/null, is written to as it is. */
function placeOf(file: string): { readonly path: string; readonly isStream: boolean } {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { path: file, isStream: false };
  if (!found.isFile() || OPEN_ALREADY.test(file)) return { path: file, isStream: true };
  return { path: realpathSync(file), isStream: false };
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such folder';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES' || code === 'EROFS') return 'permission denied';
  return reasonOf(error);
}
