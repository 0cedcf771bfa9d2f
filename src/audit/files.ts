/** The files behind the paths of a command line. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Problem } from '../policy/problem.ts';
import type { Input } from './manifests.ts';

const MANIFEST = /\.(?:ya?ml|json)$/i;
// tidegate.yaml holds our own settings, wherever it lies.
const IGNORED = /^(?:\..+|node_modules|tidegate\.yaml)$/;

export interface FoundFiles {
  /** Each once, as the paths name them, folders in order of names. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Files as they are, folders with all their .yaml, .yml and .json files, at any depth; hidden folders, node_modules and
 * tidegate.yaml are left out. A path that does not exist, or a folder with nothing to read, is a problem.
 */
export function findFiles(paths: readonly string[]): FoundFiles {
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    const found = stat?.isDirectory() ? [...walk(path)] : [path];
    if (stat === undefined) problems.push({ file: path, message: 'no such file or folder' });
    else if (found.length === 0) problems.push({ file: path, message: 'no .yaml, .yml or .json file in this folder' });
    else for (const file of found) if (!files.has(resolve(file))) files.set(resolve(file), file);
  }
  return { files: [...files.values()], problems };
}

function* walk(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (IGNORED.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (MANIFEST.test(entry.name) && statSync(path, { throwIfNoEntry: false })?.isFile()) yield path;
  }
}

/** Reads files one at a time, as they are asked for; one that cannot be read goes to `problems`. */
export function* readFiles(files: readonly string[], problems: Problem[]): Generator<Input> {
  for (const file of files) {
    const text = readText(file);
    if (typeof text === 'string') yield { file, text };
    else problems.push(text);
  }
}

function readText(file: string): string | Problem {
  try {
    return decodeText(readFileSync(file));
  } catch (error) {
    return { file, message: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The text of a file: UTF-8, or the UTF-16 that some shells on Windows write, told by its byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
