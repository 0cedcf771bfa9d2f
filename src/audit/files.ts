/** The files behind the paths of a command line. */
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Problem, reasonOf } from '../policy/problem.ts';
import { IGNORE_FILE, type Ignored, ignoredIn } from './ignore-files.ts';
import type { Input } from './manifests.ts';

const MANIFEST = /\.(?:ya?ml|json)$/i;
// tidegate.yaml holds our own settings, wherever it lies.
const NEVER_READ = /^(?:\..+|node_modules|tidegate\.yaml)$/;

export interface FoundFiles {
  /** Each once, by whatever links they are found, as the paths name them, folders in order of names. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * Files as they are, folders with all their .yaml, .yml and .json files, at any depth; hidden folders, node_modules,
 * tidegate.yaml and what .tidegateignore files name are left out. A path that cannot be read, or a folder with nothing to
 * read, is a problem.
 */
export function findFiles(paths: readonly string[], cwd = process.cwd()): FoundFiles {
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  for (const path of paths) {
    const found = [...filesOf(path, cwd, problems)];
    for (const file of found) {
      const real = realPath(resolve(cwd, file));
      const known = files.get(real);
      // A link is not what to name, or to write to, where the file itself is among these.
      const isItself = resolve(cwd, file) === real && known !== undefined && resolve(cwd, known) !== real;
      if (known === undefined || isItself) files.set(real, file);
    }
  }
  return { files: [...files.values()], problems };
}

/** The same where it leads to no file, as that of a pipe does. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

function* filesOf(path: string, cwd: string, problems: Problem[]): Generator<string> {
  const before = problems.length;
  const stat = attempt(path, problems, () => statSync(resolve(cwd, path)));
  if (stat === undefined) return;
  if (!stat.isDirectory()) return yield path;
  const walk: Walk = { cwd, problems, ignored: 0 };
  let found = 0;
  for (const file of filesBelow(path, ignoredIn(path, cwd, problems), walk)) {
    found++;
    yield file;
  }
  if (found > 0 || problems.length > before) return;
  const none = 'no .yaml, .yml or .json file in this folder';
  problems.push({ file: path, message: walk.ignored > 0 ? `${none} that ${IGNORE_FILE} does not leave out` : none });
}

interface Walk {
  readonly cwd: string;
  readonly problems: Problem[];
  /** How many files and folders were left out by ignore files. */
  ignored: number;
}

function* filesBelow(folder: string, ignored: Ignored, walk: Walk): Generator<string> {
  const { cwd, problems } = walk;
  const entries = attempt(folder, problems, () => readdirSync(resolve(cwd, folder), { withFileTypes: true })) ?? [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (NEVER_READ.test(entry.name)) continue;
    const path = join(folder, entry.name);
    if (!entry.isDirectory() && !MANIFEST.test(entry.name)) continue;
    if (ignored.has(path, entry.isDirectory())) walk.ignored++;
    else if (entry.isDirectory()) yield* filesBelow(path, ignored.below(path), walk);
    else if (leadsToFile(entry, path, walk)) yield path;
  }
}

/** A link may lead to a folder, which is not followed, or nowhere: then it is nobody's manifest. */
function leadsToFile(entry: Dirent, path: string, { cwd, problems }: Walk): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return attempt(path, problems, () => statSync(resolve(cwd, path), { throwIfNoEntry: false }))?.isFile() ?? false;
}

function attempt<T>(path: string, problems: Problem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    problems.push({ file: path, message: reasonOf(error) });
    return undefined;
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
    return decodeText(readFileSync(file)) ?? notText(file);
  } catch (error) {
    return { file, message: reasonOf(error) };
  }
}

/** What is wrong with a file that holds no text; kubectl would not take it either. */
export function notText(file: string): Problem {
  return { file, message: 'cannot be read: it is not UTF-8' };
}

/**
 * The text of a file: UTF-8, or the UTF-16 that some shells on Windows write, told by its byte order mark; undefined
 * where it is neither.
 */
export function decodeText(bytes: Uint8Array): string | undefined {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
