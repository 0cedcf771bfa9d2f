/** What commands that judge files have in common: which policies, which files, and what to say where either cannot be had. */
import { Command } from 'commander';
import { decodeText, findFiles, notText, readFiles } from '../audit/files.ts';
import type { Input } from '../audit/manifests.ts';
import { type Config, loadConfig } from '../config/config.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { policySet } from '../engine/policy-set.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { refuse, unknownPolicy } from './refuse.ts';
import { repeatable } from './repeatable.ts';

/** The flags of `judgingCommand`, as commander gives them. */
export interface JudgingFlags extends Readonly<Record<string, unknown>> {
  /** Only these policies; all where it is left out. */
  readonly policy?: readonly string[];
  /** `--no-color` makes it false. */
  readonly color: boolean;
}

/** A command over files, folders and standard input, with the options that say by which policies they are judged. */
export function judgingCommand(name: string, paths: '<path...>' | '[path...]' = '<path...>'): Command {
  return new Command(name)
    .argument(paths, 'files, folders, or - for standard input')
    .option('--policies <path>', 'more policies: a file or folder (repeatable)', repeatable)
    .option('--no-builtin', 'without the policies that come with Tidegate')
    .option('--settings <file>', 'settings (default: tidegate.yaml, if there is one)')
    .option('--profile <name>', 'baseline, recommended or strict')
    .option('--policy <id>', 'only this policy (repeatable)', repeatable)
    .option('--no-color', 'no colours, even on a terminal');
}

/** The policies that the flags ask for. */
export interface Judging {
  readonly set: PolicySet;
  /** The set without the policies that `--policy` leaves out; the same set without that flag. */
  readonly selected: PolicySet;
  /** What is wrong with policies, exceptions and `--policy`. */
  readonly problems: readonly Problem[];
  readonly exceptions: readonly ExceptionSource[];
}

/** Settings and flags; undefined, with the reasons on standard error, where they are no good. */
export function readConfig(flags: JudgingFlags): Config | undefined {
  const read = loadConfig({ flags, env: process.env, cwd: process.cwd() });
  if (read.ok) return read.config;
  refuse(read.problems);
  return undefined;
}

/**
 * Reads settings and policies, with those of a cluster (`resources`) beside them; undefined as readConfig is.
 */
export function loadJudging(
  flags: JudgingFlags,
  resources?: readonly LiveObject[],
  notes: 'told' | 'silent' = 'told',
): Judging | undefined {
  const config = readConfig(flags);
  if (!config) return undefined;
  const { settings, settingsPlace, policies } = config;
  const { catalog, problems, idle } = loadCatalog({ settings, settingsPlace, ...policies, resources });
  // Beside what is found in the objects: a policy that is not bound is no mistake.
  if (notes === 'told') process.stderr.write(idle.map((note) => `note: ${formatProblem(note)}\n`).join(''));
  const set = catalog.current();
  const { selected, unknown } = only(set, flags.policy);
  return { set, selected, problems: [...problems, ...unknown], exceptions: catalog.exceptions() };
}

/** The set without the policies that were not asked for, and a problem for each that does not exist. */
function only(
  set: PolicySet,
  ids: readonly string[] | undefined,
): { readonly selected: PolicySet; readonly unknown: readonly Problem[] } {
  if (ids === undefined) return { selected: set, unknown: [] };
  const { profile, excludedNamespaces } = set;
  const chosen = set.policies.filter((policy) => ids.includes(policy.id));
  const unknown = ids
    .filter((id) => !set.policies.some((policy) => policy.id === id))
    .map((id) => unknownPolicy('--policy', id, set.policies));
  return { selected: policySet(chosen, { profile, excludedNamespaces: [...excludedNamespaces] }), unknown };
}

const STDIN = 'stdin';

/** What the paths of a command line lead to: standard input first, then files one at a time, as they are asked for. */
export async function openInputs(
  paths: readonly string[],
): Promise<{ readonly inputs: Iterable<Input>; readonly problems: Problem[] }> {
  const { files, problems: found } = findFiles(paths.filter((path) => path !== '-'));
  const problems = [...found];
  const stdin = paths.includes('-') ? await readStdin(problems) : [];
  return { inputs: both(stdin, readFiles(files, problems)), problems };
}

function* both(first: Iterable<Input>, second: Iterable<Input>): Generator<Input> {
  yield* first;
  yield* second;
}

async function readStdin(problems: Problem[]): Promise<readonly Input[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  const text = decodeText(Buffer.concat(chunks));
  if (text !== undefined) return [{ file: STDIN, text }];
  problems.push(notText(STDIN));
  return [];
}

/** An empty input is nearly always a pipeline that has failed before us: it must not pass for a clean one. */
export function nothingIn(paths: readonly string[]): Problem {
  const file = paths.map((path) => (path === '-' ? STDIN : path)).join(' ');
  return { file, message: 'there is no Kubernetes object to judge' };
}
