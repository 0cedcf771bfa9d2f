/** `tidegate audit`: paths and flags in, report out, exit code. */
import { Command, Option } from 'commander';
import { audit } from '../audit/audit.ts';
import { decodeText, findFiles, notText, readFiles } from '../audit/files.ts';
import { type Input, type Manifests, readManifests } from '../audit/manifests.ts';
import { type Config, loadConfig } from '../config/config.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { policySet } from '../engine/policy-set.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import { didYouMean } from '../policy/suggest.ts';
import { FORMATS } from '../report/formats.ts';
import type { Report } from '../report/report.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { repeatable } from './repeatable.ts';
import { screenOf } from './terminal.ts';

export interface AuditFlags {
  readonly output: string;
  readonly failOn: FailOn;
  /** `--no-color` makes it false. */
  readonly color: boolean;
  /** Only these policies; all where it is left out. */
  readonly policy?: readonly string[];
}

export type FailOn = 'deny' | 'warn' | 'audit';

const HELP = `
Exit code: 0 nothing found, 1 findings at or above --fail-on, 2 something could not be read or judged.

Examples:
  tidegate audit deploy/
  helm template ./chart | tidegate audit -
  kustomize build . | tidegate audit - --fail-on warn --output json`;

/** `audit`; `exit` gets the exit code once the report is written. */
export function auditCommand(exit: (code: number) => void): Command {
  return new Command('audit')
    .argument('<path...>', 'files, folders, or - for standard input')
    .option('--policies <path>', 'more policies: a file or folder (repeatable)', repeatable)
    .option('--no-builtin', 'without the policies that come with Tidegate')
    .option('--settings <file>', 'settings (default: tidegate.yaml, if there is one)')
    .option('--profile <name>', 'baseline, recommended or strict')
    .option('--policy <id>', 'only this policy (repeatable)', repeatable)
    .addOption(new Option('--output <format>', 'format of the report').choices(Object.keys(FORMATS)).default('table'))
    .addOption(new Option('--fail-on <level>', 'least finding that fails').choices(Object.keys(LEVELS)).default('deny'))
    .option('--no-color', 'no colours, even on a terminal')
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], flags: AuditFlags & Readonly<Record<string, unknown>>) => {
      const config = loadConfig({ flags, env: process.env, cwd: process.cwd() });
      exit(config.ok ? await auditPaths(paths, flags, config.config) : refuse(config.problems));
    });
}

/** A list by repetition: one that takes all words after it would swallow the paths to audit. */
function refuse(problems: readonly Problem[]): number {
  process.stderr.write(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
  return 2;
}

async function auditPaths(paths: readonly string[], flags: AuditFlags, config: Config): Promise<number> {
  const loaded = loadCatalog({ settings: config.settings, settingsPlace: config.settingsPlace, ...config.policies });
  // Beside the report, which is about the objects: a policy that is not bound is no mistake.
  process.stderr.write(loaded.idle.map((note) => `note: ${formatProblem(note)}\n`).join(''));
  const { set, unknown } = only(loaded.catalog.current(), flags.policy);
  const { files, problems } = findFiles(paths.filter((path) => path !== '-'));
  const unread = [...problems];
  const stdin = paths.includes('-') ? await readStdin(unread) : [];
  const manifests = readManifests([...stdin, ...readFiles(files, unread)]);
  if (unread.length === 0) unread.push(...nothingIn(manifests, paths));
  const report = audit(manifests, set, {
    problems: [...loaded.problems, ...unknown, ...unread],
    exceptions: loaded.catalog.exceptions(),
    now: Date.now(),
  });
  const render = FORMATS[flags.output];
  process.stdout.write(render?.(report, screenOf(process.stdout, process.env, flags.color)) ?? '');
  return exitCode(report, flags.failOn);
}

/** An empty input is nearly always a pipeline that has failed before us: it must not pass for a clean one. */
function nothingIn({ manifests, problems }: Manifests, paths: readonly string[]): readonly Problem[] {
  if (manifests.length + problems.length > 0) return [];
  return [
    {
      file: paths.map((path) => (path === '-' ? STDIN : path)).join(' '),
      message: 'there is no Kubernetes object to judge',
    },
  ];
}

/** The set without the policies that were not asked for, and a problem for each that does not exist. */
function only(set: PolicySet, ids: readonly string[] | undefined): { set: PolicySet; unknown: readonly Problem[] } {
  if (ids === undefined) return { set, unknown: [] };
  const known = set.policies.map((policy) => policy.id);
  const selected = set.policies.filter((policy) => ids.includes(policy.id));
  const unknown = ids.filter((id) => !known.includes(id)).map((id) => unknownPolicy(id, known));
  return {
    set: policySet(selected, { profile: set.profile, excludedNamespaces: [...set.excludedNamespaces] }),
    unknown,
  };
}

function unknownPolicy(id: string, known: readonly string[]): Problem {
  const hint = didYouMean(id, known);
  return { file: '--policy', message: `no policy is called "${id}"`, ...(hint && { hint }) };
}

const STDIN = 'stdin';

async function readStdin(problems: Problem[]): Promise<readonly Input[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  const text = decodeText(Buffer.concat(chunks));
  if (text !== undefined) return [{ file: STDIN, text }];
  problems.push(notText(STDIN));
  return [];
}

const LEVELS: Readonly<Record<FailOn, readonly (keyof Report['counts'])[]>> = {
  deny: ['deny'],
  warn: ['deny', 'warn'],
  audit: ['deny', 'warn', 'audit'],
};

/** What could not be judged weighs more than what was found: the report is not complete. */
export function exitCode({ counts }: Report, failOn: FailOn): 0 | 1 | 2 {
  if (counts.problems + counts.failures > 0) return 2;
  return LEVELS[failOn].some((level) => counts[level] > 0) ? 1 : 0;
}
