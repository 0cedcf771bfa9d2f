/** The cluster of `--cluster`: found, asked what it serves, and read. Only loaded by who names one, for the client is large. */
import { readCluster } from '../audit/cluster.ts';
import { readPolicies } from '../audit/cluster-policies.ts';
import type { Given } from '../audit/manifests.ts';
import { UnreadError } from '../audit/unread-error.ts';
import { isNamed, missedGroups, wantedResources } from '../audit/wanted.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { type Connection, logIn, StatusError } from '../kube/client.ts';
import { findContext } from '../kube/context.ts';
import { type Discovery, discover } from '../kube/discovery.ts';
import { paced, tokenBucket } from '../kube/token-bucket.ts';
import type { Problem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { didYouMean } from '../policy/suggest.ts';
import type { GivenFlags } from './given.ts';
import { progressBar } from './progress.ts';

export interface OpenedCluster {
  /** The policies that are in force in it. */
  readonly policies: readonly LiveObject[];
  readonly problems: readonly Problem[];
  /** Reads what these policies judge and look up. */
  read(set: PolicySet): Promise<Given>;
}

/** Rejects with a ClusterError where the cluster cannot be asked at all, as `read` does. */
export async function openClusterInputs(flags: GivenFlags, kubeconfig: string | undefined): Promise<OpenedCluster> {
  const found = findContext({ kubeconfig, context: flags.context });
  if (!found.ok) throw new ClusterError(found.message);
  const { config, name } = found;
  const rate = flags.requestsPerSecond;
  // Twice as many at once: the first kinds of a small cluster come without any wait.
  const pace = paced(tokenBucket(2 * rate, rate));
  return told(name, config, async () => {
    await logIn(config);
    const discovery = await discover(config);
    const none = { resources: [], problems: [] };
    const policies = flags.clusterPolicies ? await readPolicies(config, discovery, pace) : none;
    const read = async (set: PolicySet): Promise<Given> => {
      const bar = progressBar('reading', 'objects');
      const { namespace: namespaces, kind } = flags;
      const wanted = wantedResources(set, discovery, kind);
      const known = { ...discovery, broken: missedGroups(set, discovery) };
      const reading = { config, name, discovery: known, wanted, namespaces, pace, progress: bar.at };
      return told(name, config, () => readCluster(reading)).finally(bar.end);
    };
    return {
      policies: policies.resources,
      problems: [...unknownKinds(flags.kind, discovery), ...policies.problems],
      read,
    };
  });
}

/** Why a cluster cannot be asked, in one line for people. */
export class ClusterError extends Error {}

async function told<T>(name: string, config: Connection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const [place, error] = thrown instanceof UnreadError ? [`${thrown.message}: `, thrown.cause] : ['', thrown];
    // A mistake of ours is told whole.
    if (error instanceof TypeError && !('code' in error)) throw error;
    // Only the host: an address may have a password in it.
    const { host } = new URL(config.getCurrentCluster()?.server ?? '');
    throw new ClusterError(`cluster ${name} (${host}): ${place}${reasonFor(error)}`, { cause: error });
  }
}

function reasonFor(error: unknown): string {
  if (error instanceof StatusError && error.statusCode === 401) return 'the API server does not know this user (401)';
  if (error instanceof StatusError) return `${error.message} (${error.statusCode})`;
  // Node tries all addresses of a name, and says of none of them what was wrong in the message.
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [error];
  const { message, name, code }: NodeJS.ErrnoException = first instanceof Error ? first : new Error(String(first));
  if (code === 'ECONNRESET') return 'the connection broke off';
  return name === 'TimeoutError' ? 'it does not answer in time' : (message.split('\n')[0] ?? '');
}

function unknownKinds(kinds: readonly string[] = [], { resources }: Discovery): readonly Problem[] {
  const listed = resources.filter(({ verbs }) => verbs.includes('list'));
  const unknown = kinds.filter((kind) => !listed.some((served) => isNamed(served, [kind])));
  return unknown.map((kind) => {
    const hint = didYouMean(
      kind.toLowerCase(),
      listed.map(({ resource }) => resource),
    );
    return { file: '--kind', message: `the cluster serves no "${kind}"`, ...(hint && { hint }) };
  });
}
