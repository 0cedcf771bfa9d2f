/** `tidegate init`: a settings file to start from, and its schema for editors. */
import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { settingsSchemaText } from '../guide/settings-schema.ts';
import { settingsTemplate } from '../guide/settings-template.ts';
import { type Problem, reasonOf } from '../policy/problem.ts';
import { RECOMMENDED } from '../policy/settings.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { refuse } from './refuse.ts';
import { repeatable } from './repeatable.ts';

interface InitFlags {
  readonly policies?: readonly string[];
  readonly schema: boolean;
  readonly force: boolean;
}

/** `init`; `exit` gets 0, or 2 where a file is there already or cannot be written. */
export function initCommand(exit: (code: number) => void): Command {
  return new Command('init')
    .argument('[file]', 'where to write it, - for standard output', 'tidegate.yaml')
    .option(
      '--policies <path>',
      'your own policies beside the built-in ones: a file or folder (repeatable)',
      repeatable,
    )
    .option('--schema', 'write a JSON Schema beside it, which editors complete and check the file by', false)
    .option('--force', 'write over files that are there', false)
    .action((file: string, flags: InitFlags) => exit(init(file, flags)));
}

function init(file: string, { policies = [], schema, force }: InitFlags): 0 | 2 {
  const { catalog, problems } = loadCatalog({ settings: RECOMMENDED, paths: policies, builtin: true });
  if (problems.length > 0) return refuse(problems);
  const set = catalog.current();
  if (file === '-') {
    process.stdout.write(settingsTemplate(set));
    return 0;
  }
  const schemaFile = join(dirname(file), `${basename(file).replace(/\.ya?ml$/, '')}.schema.json`);
  const template = settingsTemplate(set, { schema: schema ? `./${basename(schemaFile)}` : undefined });
  const files = [[file, template] as const, ...(schema ? [[schemaFile, settingsSchemaText(set)] as const] : [])];
  const unwritten = files.flatMap(([path, text]) => write(path, text, force));
  if (unwritten.length > 0) return refuse(unwritten);
  process.stdout.write(`${files.map(([path]) => `wrote ${path}\n`).join('')}${NEXT}`);
  return 0;
}

const NEXT = `
It changes nothing as it is. Next:
  tidegate policies         what is in force
  tidegate audit <path>     what it finds in your manifests
`;

function write(path: string, text: string, force: boolean): readonly Problem[] {
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
    return [];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return [{ file: path, message: reasonOf(error) }];
    return [{ file: path, message: 'is there already', hint: '--force writes over it' }];
  }
}
