/** `tidegate export`: our policies in, native ones on standard output, and what stays behind on standard error. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Config, loadConfig } from '../config/config.ts';
import type { CompiledPolicy } from '../engine/compiled.ts';
import { type Export, exportPolicies } from '../export/export.ts';
import { jsonOf, yamlOf } from '../export/text.ts';
import { builtinPolicies } from '../sources/builtin.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { refuse, unknownPolicy } from './refuse.ts';
import { repeatable } from './repeatable.ts';

export interface ExportFlags {
  readonly output: 'yaml' | 'json';
  readonly policy?: readonly string[];
  readonly kubernetesVersion?: string;
}

/** Where a command prints, a whole text at once. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const HELP = `
Without a path: the policies that come with Tidegate. Exit code: 0 every rule went, 1 a rule stays behind (standard
error says which and why), 2 something could not be read.

Examples:
  tidegate export > native.yaml
  tidegate export policies/ --policy require-team-label | kubectl apply -f -`;

/** `export`; `exit` gets the exit code once everything is printed. */
export function exportCommand(streams: Streams, exit: (code: number) => void): Command {
  return new Command('export')
    .argument('[path...]', 'policies: files or folders')
    .option('--settings <file>', 'settings (default: tidegate.yaml, if there is one)')
    .option('--profile <name>', 'baseline, recommended or strict')
    .option('--policy <id>', 'only this policy (repeatable)', repeatable)
    .option('--kubernetes-version <version>', 'the version that kubernetesVersion stands for, such as 1.36', version)
    .addOption(new Option('--output <format>', 'format of the documents').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', HELP)
    .action((paths: readonly string[], flags: ExportFlags & Readonly<Record<string, unknown>>) => {
      const policies = paths.length > 0 ? { policies: paths } : {};
      const config = loadConfig({ flags: { ...flags, ...policies }, env: process.env, cwd: process.cwd() });
      exit(config.ok ? exportAll(config.config, paths, flags, streams) : refuse(config.problems, streams.err));
    });
}

function version(given: string): string {
  if (/^1\.\d+$/.test(given)) return given;
  throw new InvalidArgumentError('It is written as 1.36.');
}

function exportAll(config: Config, paths: readonly string[], flags: ExportFlags, streams: Streams): 0 | 1 | 2 {
  const { settings, settingsPlace } = config;
  const { catalog, problems } = loadCatalog({ settings, settingsPlace, ...config.policies });
  const all = catalog.current().policies;
  const given = paths.length > 0 ? all.filter(isNotBuiltin()) : all;
  const chosen = flags.policy ? given.filter(({ id }) => flags.policy?.includes(id)) : given;
  const unknown = (flags.policy ?? []).filter((id) => !given.some((policy) => policy.id === id));
  const unread = [...problems, ...unknown.map((id) => unknownPolicy('--policy', id, given))];
  if (unread.length > 0) return refuse(unread, streams.err);
  const { excludedNamespaces } = settings;
  const exported = exportPolicies(chosen, { excludedNamespaces, kubernetesVersion: flags.kubernetesVersion });
  streams.out(flags.output === 'json' ? jsonOf(exported.documents) : yamlOf(exported.documents));
  streams.err(summaryOf(exported, chosen.length));
  return exported.obstacles.length > 0 ? 1 : 0;
}

function isNotBuiltin(): (policy: CompiledPolicy) => boolean {
  const files = new Set(builtinPolicies().files.map(({ file }) => file));
  return ({ file }) => !files.has(file);
}

function summaryOf({ documents, policies, obstacles, notes }: Export, count: number): string {
  const left = obstacles.map(({ policy, rule, message }) => `stays behind: ${policy}/${rule} ${message}`);
  const said = notes.map(({ policies: ids, message }) => `note: ${message} (${ids.join(', ')})`);
  const natives = documents.filter(({ kind }) => !kind.endsWith('Binding')).length;
  const total = `${policies.length} of ${count} policies went into ${natives} native ${natives === 1 ? 'policy' : 'policies'}`;
  return [...left, ...said, total].map((line) => `${line}\n`).join('');
}
