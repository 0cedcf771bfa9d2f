/** `.tidegateignore`: what a walk through folders leaves out, in the words of .gitignore. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { type Problem, reasonOf } from '../policy/problem.ts';

export const IGNORE_FILE = '.tidegateignore';

/** What the ignore files of a folder and of those around it say. */
export interface Ignored {
  /** Of something in the folder. */
  has(path: string, isFolder: boolean): boolean;
  /** The same with the ignore file of a folder below. */
  below(folder: string): Ignored;
}

interface Layer {
  readonly folder: string;
  readonly rules: Ignore;
}

/**
 * The ignore file of `folder`, and those of the folders around it up to the working directory, where it lies in that. A file that
 * cannot be read goes to `problems`.
 */
export function ignoredIn(folder: string, cwd: string, problems: Problem[]): Ignored {
  const found = foldersTo(resolve(cwd, folder), cwd);
  return over(
    found.flatMap((one) => layerOf(one, problems)),
    cwd,
    problems,
  );
}

/** From the working directory down to the folder; only the folder, where it lies elsewhere. */
function foldersTo(folder: string, cwd: string): readonly string[] {
  const way = relative(cwd, folder);
  if (way === '') return [folder];
  if (way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way) return [folder];
  const parents = [folder];
  for (let at = dirname(folder); at !== cwd; at = dirname(at)) parents.unshift(at);
  return [cwd, ...parents];
}

function over(layers: readonly Layer[], cwd: string, problems: Problem[]): Ignored {
  return {
    has: (path, isFolder) => layers.length > 0 && isIgnored(layers, resolve(cwd, path), isFolder),
    below: (folder) => {
      const more = layerOf(resolve(cwd, folder), problems);
      return more.length > 0 ? over([...layers, ...more], cwd, problems) : over(layers, cwd, problems);
    },
  };
}

/** The nearest file with an opinion decides. */
function isIgnored(layers: readonly Layer[], path: string, isFolder: boolean): boolean {
  for (const { folder, rules } of layers.toReversed()) {
    const name = relative(folder, path).split(sep).join('/');
    const { ignored, unignored } = rules.test(isFolder ? `${name}/` : name);
    if (ignored || unignored) return ignored;
  }
  return false;
}

function layerOf(folder: string, problems: Problem[]): readonly Layer[] {
  const file = join(folder, IGNORE_FILE);
  try {
    return [{ folder, rules: ignore().add(readFileSync(file, 'utf8').replace(/^\uFEFF/, '')) }];
  } catch (error) {
    const isThere = !(
      error instanceof Error &&
      'code' in error &&
      (error.code === 'ENOENT' || error.code === 'ENOTDIR')
    );
    if (isThere) problems.push({ file, message: reasonOf(error) });
    return [];
  }
}
