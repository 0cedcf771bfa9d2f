/** What a command judges: files, folders and standard input, or a cluster; and by which policies. */
import { type Command, InvalidArgumentError } from 'commander';
import { type Given, type Input, readManifests } from '../audit/manifests.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Problem } from '../policy/problem.ts';
import {
  type Judging,
  type JudgingFlags,
  judgingCommand,
  loadJudging,
  nothingIn,
  openInputs,
  readConfig,
} from './judging.ts';
import { progressBar } from './progress.ts';
import { refuse } from './refuse.ts';
import { repeatable } from './repeatable.ts';

/** The flags of `givenCommand`, as commander gives them. */
export interface GivenFlags extends JudgingFlags {
  readonly cluster?: true;
  readonly context?: string;
  readonly namespace?: readonly string[];
  readonly kind?: readonly string[];
  /** `--no-cluster-policies` makes it false. */
  readonly clusterPolicies: boolean;
  readonly requestsPerSecond: number;
}

// kubectl asks 50 times a second, controllers 20.
const GENTLE = 20;

/** A judging command that takes `--cluster` in the place of paths. */
export function givenCommand(name: string): Command {
  return judgingCommand(name, '[path...]')
    .option('--cluster', 'judge what is in a cluster; it is only read')
    .option('--kubeconfig <file>', 'kubeconfig (default: $KUBECONFIG, ~/.kube/config, or the pod it runs in)')
    .option('--context <name>', 'context of the kubeconfig (default: the current one)')
    .option('--namespace <name>', 'only this namespace of the cluster (repeatable)', namespaceOf)
    .option('--kind <kind>', 'only objects of this kind: deploy, deployments.apps (repeatable)', repeatable)
    .option('--no-cluster-policies', 'without the policies that are in force in the cluster')
    .option('--requests-per-second <number>', 'how fast the cluster is asked', aboveZero, GENTLE);
}

/** Each once: what is read twice would be counted twice. */
function namespaceOf(name: string, names: readonly string[] = []): readonly string[] {
  // Of an empty variable in a script all namespaces would come.
  if (!/^[a-z\d]([-a-z\d]*[a-z\d])?$/.test(name)) throw new InvalidArgumentError('It is the name of a namespace.');
  return names.includes(name) ? names : [...names, name];
}

function aboveZero(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It is a number above 0.');
}

/** What was opened. */
export interface OpenedGiven {
  readonly judging: Judging;
  /** Read whole: files, or what the selected policies judge and look up in the cluster. */
  readonly given: Given;
  /** What is wrong with policies, paths and flags. Those of the objects are in `given`. */
  readonly problems: readonly Problem[];
  /** The policies by other flags, those of the same cluster beside them; says nothing of them twice; undefined as `openGiven` is. */
  rejudge(flags: JudgingFlags): Judging | undefined;
}

/** The policies by which to find what there is to read in a cluster; the selected ones where it is left out. */
type Reading = (judging: Judging) => PolicySet;

/**
 * Reads the policies, and the objects of the paths or of the cluster. Undefined, with the reasons on standard error, where
 * there is nothing to begin with: bad flags or settings, no such context, no answer of the cluster. The exit code is then 2.
 */
export async function openGiven(
  paths: readonly string[],
  flags: GivenFlags,
  reading: Reading = ({ selected }) => selected,
): Promise<OpenedGiven | undefined> {
  const wrong = wrongUse(paths, flags);
  if (wrong !== undefined) return void process.stderr.write(`${wrong}\n`);
  return flags.cluster ? openCluster(flags, reading) : openPaths(paths, flags);
}

function wrongUse(paths: readonly string[], flags: GivenFlags): string | undefined {
  if (flags.cluster) return paths.length > 0 ? 'paths or --cluster: one of them, not both' : undefined;
  const of = (['kubeconfig', 'context', 'namespace', 'kind'] as const).find((flag) => flags[flag] !== undefined);
  if (of !== undefined) return `--${of} is about a cluster, and needs --cluster`;
  if (paths.length > 0) return undefined;
  return 'nothing to judge: name files or folders, - for standard input, or --cluster';
}

async function openPaths(paths: readonly string[], flags: GivenFlags): Promise<OpenedGiven | undefined> {
  const judging = loadJudging(flags);
  if (!judging) return undefined;
  const { inputs, problems } = await openInputs(paths);
  const given = readManifests(counted(inputs));
  if (problems.length + given.manifests.length + given.problems.length === 0) problems.push(nothingIn(paths));
  return {
    judging,
    given,
    problems: [...judging.problems, ...problems],
    rejudge: (others) => loadJudging(others, undefined, 'silent'),
  };
}

function* counted(inputs: Iterable<Input>): Generator<Input> {
  const bar = progressBar('reading', 'files');
  let read = 0;
  for (const input of inputs) {
    yield input;
    bar.at(++read);
  }
  bar.end();
}

async function openCluster(flags: GivenFlags, reading: Reading): Promise<OpenedGiven | undefined> {
  const config = readConfig(flags);
  if (!config) return undefined;
  const { openClusterInputs, ClusterError } = await import('./cluster-inputs.ts');
  try {
    const cluster = await openClusterInputs(flags, config.kubeconfig);
    const judging = loadJudging(flags, cluster.policies);
    if (!judging) return undefined;
    const given = await cluster.read(reading(judging));
    return {
      judging,
      given,
      problems: [...judging.problems, ...cluster.problems],
      rejudge: (others) => loadJudging(others, cluster.policies, 'silent'),
    };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    return void refuse([{ file: '--cluster', message: error.message }]);
  }
}
