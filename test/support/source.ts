/** The project's own files, and what its TypeScript files import. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const REPOSITORY: string = join(import.meta.dirname, '..', '..');

/** Folders that are not ours, or not kept. */
const FOREIGN = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache']);

/** Paths from the root of the repository, with `/`, of all files below a folder that the filter takes; sorted. */
export function filesBelow(folder: string, takes: (path: string) => boolean = () => true): readonly string[] {
  const entries = readdirSync(join(REPOSITORY, folder), { withFileTypes: true });
  const paths = entries.flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : filesBelow(path, takes);
    return entry.isFile() && takes(path) ? [path] : [];
  });
  return paths.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

export interface Import {
  /** As written, except that a relative one is a path from the root of the repository. */
  readonly from: string;
  readonly relative: boolean;
  readonly typeOnly: boolean;
}

// One statement: `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')`; not the words in a string.
const IMPORT = /(?<!['-])\b(import|export)(\s+type\b)?(?:[\s\w*{},$]*?\bfrom)?\s*\(?\s*'([^']+)'/g;

/** Every import and re-export of a TypeScript file, dynamic ones too. */
export function importsOf(path: string): readonly Import[] {
  const code = withoutComments(textOf(path));
  return [...code.matchAll(IMPORT)].map(([, , type, from = '']) => {
    const isRelative = from.startsWith('.');
    return {
      from: isRelative ? relative(REPOSITORY, join(REPOSITORY, dirname(path), from)) : from,
      relative: isRelative,
      typeOnly: type !== undefined,
    };
  });
}

/** The code of a file without its comments, so that words in prose are not taken for code. */
export function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
