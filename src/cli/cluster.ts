/** The cluster behind a server that works without one, too. */
import { type ClusterView, noCluster } from '../admission/cluster-view.ts';
import type { Config } from '../config/config.ts';
import type { LookupTarget, PolicySet } from '../engine/compiled.ts';
import { canAct } from '../engine/policy-set.ts';
import type { Settings } from '../policy/settings.ts';
import type { Log } from '../telemetry/log.ts';
import type { WatchReading } from '../telemetry/readings.ts';

type OpenedCluster =
  | {
      readonly ok: true;
      readonly view: ClusterView;
      readonly watches: () => readonly WatchReading[];
      readonly stop: () => void;
    }
  | { readonly ok: false; readonly message: string };

// A cluster that does not answer must not keep the webhook from judging what needs no look-up.
const CLUSTER_WAIT_MS = 5000;

/** The cluster of the configuration, or none; waits a moment until it is known. */
export async function openCluster({ kubeconfig, settings }: Config, set: PolicySet, log: Log): Promise<OpenedCluster> {
  const inPod = process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  if (kubeconfig === undefined && !inPod)
    return { ok: true, view: noCluster, watches: () => [], stop: () => undefined };
  // The Kubernetes client is the largest of our libraries: only who has a cluster loads it.
  const [{ clusterConfig }, { openView }] = await Promise.all([
    import('../kube/client.ts'),
    import('./cluster-view.ts'),
  ]);
  const found = clusterConfig(kubeconfig);
  if (!found.ok) return found;
  const { view, watch } = openView(found.config, settings, set.lookups, log);
  const late = new Promise((resolve) => setTimeout(resolve, CLUSTER_WAIT_MS).unref());
  await Promise.race([watch.attempted(), late]);
  warnOfSecrets(settings, set, log);
  return { ok: true, view, watches: () => watch.states(), stop: () => watch.stop() };
}

/** The administrator hears which policies would need Secrets where none may be read. */
export function warnOfSecrets({ readSecrets }: Settings, set: PolicySet, log: Log): void {
  if (readSecrets !== false) return;
  const asking = set.policies.filter(canAct).filter(({ lookups }) => lookups.some(isOfSecrets));
  const policies = asking.map(({ id }) => id);
  const what = 'the settings do not allow to read Secrets (readSecrets): rules that need one are not judged';
  if (policies.length > 0) log.warn({ policies }, what);
}

function isOfSecrets({ apiVersion, resource }: LookupTarget): boolean {
  return apiVersion === 'v1' && resource === 'secrets';
}
