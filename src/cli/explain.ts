/** `tidegate explain <policy>`: its page, in the terminal. */
import { Command } from 'commander';
import { loadConfig } from '../config/config.ts';
import { policyPage } from '../guide/policy-page.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { policyReadme } from '../sources/readme.ts';
import { refuse, unknownPolicy } from './refuse.ts';
import { repeatable } from './repeatable.ts';
import { screenOf } from './terminal.ts';

interface ExplainFlags {
  readonly color: boolean;
}

/** `explain`; `exit` gets 0, or 2 where there is no such policy. */
export function explainCommand(exit: (code: number) => void): Command {
  return new Command('explain')
    .argument('<policy>', 'its id, as findings and denials name it')
    .option('--policies <path>', 'more policies: a file or folder (repeatable)', repeatable)
    .option('--settings <file>', 'settings (default: tidegate.yaml, if there is one)')
    .option('--profile <name>', 'baseline, recommended or strict')
    .option('--no-color', 'no colours, even on a terminal')
    .action((id: string, flags: ExplainFlags & Readonly<Record<string, unknown>>) => exit(explain(id, flags)));
}

function explain(id: string, flags: ExplainFlags & Readonly<Record<string, unknown>>): 0 | 2 {
  const loaded = loadConfig({ flags, env: process.env, cwd: process.cwd() });
  if (!loaded.ok) return refuse(loaded.problems);
  const { settings, settingsPlace, policies } = loaded.config;
  const { catalog, problems } = loadCatalog({ settings, settingsPlace, ...policies });
  const known = catalog.current().policies;
  const policy = known.find((one) => one.id === id);
  if (policy === undefined) return refuse([...problems, unknownPolicy('tidegate explain', id, known)]);
  process.stdout.write(policyPage(policy, policyReadme(policy), screenOf(process.stdout, process.env, flags.color)));
  return 0;
}
