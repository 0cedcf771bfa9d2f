/** `tidegate policies`: what is in force with the settings at hand. */
import { Command, Option } from 'commander';
import { loadConfig } from '../config/config.ts';
import { policyLines, policyTable } from '../guide/policy-table.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { refuse } from './refuse.ts';
import { repeatable } from './repeatable.ts';
import { screenOf } from './terminal.ts';

interface PoliciesFlags {
  readonly output: 'table' | 'json';
  readonly color: boolean;
}

/** `policies`; `exit` gets 0, or 2 where a policy or the settings could not be read. */
export function policiesCommand(exit: (code: number) => void): Command {
  return new Command('policies')
    .option('--policies <path>', 'more policies: a file or folder (repeatable)', repeatable)
    .option('--no-builtin', 'without the policies that come with Tidegate')
    .option('--settings <file>', 'settings (default: tidegate.yaml, if there is one)')
    .option('--profile <name>', 'baseline, recommended or strict')
    .addOption(new Option('--output <format>', 'format of the list').choices(['table', 'json']).default('table'))
    .option('--no-color', 'no colours, even on a terminal')
    .action((flags: PoliciesFlags & Readonly<Record<string, unknown>>) => exit(list(flags)));
}

function list(flags: PoliciesFlags & Readonly<Record<string, unknown>>): 0 | 2 {
  const loaded = loadConfig({ flags, env: process.env, cwd: process.cwd() });
  if (!loaded.ok) return refuse(loaded.problems);
  const { settings, settingsPlace, policies } = loaded.config;
  const { catalog, problems } = loadCatalog({ settings, settingsPlace, ...policies });
  const set = catalog.current();
  const lines = policyLines(set);
  const screen = screenOf(process.stdout, process.env, flags.color);
  const json = flags.output === 'json';
  process.stdout.write(json ? `${JSON.stringify(lines, null, 2)}\n` : policyTable(lines, set.profile, screen));
  return problems.length > 0 ? refuse(problems) : 0;
}
