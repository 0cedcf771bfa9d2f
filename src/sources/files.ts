/** Policies from files and folders. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Problem, reasonOf } from '../policy/problem.ts';

/** A file that may hold policies. */
export interface PolicyFile {
  readonly file: string;
  readonly text: string;
}

export interface PolicyFiles {
  readonly files: readonly PolicyFile[];
  readonly problems: readonly Problem[];
}

/**
 * Every .yaml, .yml and .json file of the paths, folders with all that is below them, in the order of their names. Left
 * out are hidden entries (a ConfigMap's volume keeps its copies in them) and the fixtures beside a policy.yaml. A path that
 * cannot be read is a problem.
 */
export function policyFiles(paths: readonly string[]): PolicyFiles {
  const files: PolicyFile[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      const names = statSync(path).isDirectory() ? filesBelow(path) : [path];
      files.push(...names.map((file) => ({ file, text: readFileSync(file, 'utf8') })));
    } catch (error) {
      problems.push({ file: path, message: reasonOf(error) });
    }
  }
  return { files, problems };
}

const READ = /\.(ya?ml|json)$/;
const FIXTURES: ReadonlySet<string> = new Set(['good', 'bad', 'mutate']);

function filesBelow(folder: string): readonly string[] {
  const isPolicy = existsSync(join(folder, 'policy.yaml'));
  const entries = readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
  return entries.flatMap((name) => {
    const path = join(folder, name);
    // Follows links, so that the files of a mounted ConfigMap count.
    if (statSync(path).isDirectory()) return isPolicy && FIXTURES.has(basename(path)) ? [] : filesBelow(path);
    return READ.test(name) ? [path] : [];
  });
}
