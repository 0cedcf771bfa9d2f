/** A new text in the place of a file's old one: whole or not at all. */
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { type Problem, reasonOf } from '../policy/problem.ts';
import type { FileChange } from '../report/fix-report.ts';
import { replaceFile } from './replace-file.ts';

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
    replaceFile(path, [encoded(after, bytes)]);
    return undefined;
  } catch (error) {
    const isForbidden =
      error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EROFS');
    return { file, message: `not written: ${isForbidden ? 'permission denied' : reasonOf(error)}` };
  }
}

/** The text in the encoding, and with the byte order mark, that `like` has. */
function encoded(text: string, like: Uint8Array): Buffer {
  const [first, second, third] = like;
  if (first === 0xff && second === 0xfe) return Buffer.from(`\uFEFF${text}`, 'utf16le');
  if (first === 0xfe && second === 0xff) return Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  const isMarked = first === 0xef && second === 0xbb && third === 0xbf;
  return Buffer.from(isMarked ? `\uFEFF${text}` : text, 'utf8');
}
