/** The cluster behind a server that works without one, too. */
import { type ClusterView, noCluster } from '../admission/cluster-view.ts';
import type { Config } from '../config/config.ts';
import type { LookupTarget, PolicySet } from '../engine/compiled.ts';
import { canAct } from '../engine/policy-set.ts';
import type { Settings } from '../policy/settings.ts';
import type { Log } from '../telemetry/log.ts';
import type { Readings } from '../telemetry/readings.ts';
import type { Recorder } from '../telemetry/recorder.ts';
import type { Events } from './events.ts';

type OpenedCluster =
  | {
      readonly ok: true;
      readonly view: ClusterView;
      readonly parts: Events['parts'];
      readonly readings: Readings;
      readonly stop: () => Promise<void>;
    }
  | { readonly ok: false; readonly message: string };

// A cluster that does not answer must not keep the webhook from judging what needs no look-up.
const CLUSTER_WAIT_MS = 5000;

/** The cluster of the configuration, or none; waits a moment until it is known. */
export async function openCluster(
  { kubeconfig, settings }: Config,
  set: PolicySet,
  log: Log,
  recorder: Recorder,
): Promise<OpenedCluster> {
  const inPod = process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  if (kubeconfig === undefined && !inPod)
    return { ok: true, view: noCluster, parts: {}, readings: {}, stop: async () => undefined };
  // The Kubernetes client is the largest of our libraries: only who has a cluster loads it.
  const [{ clusterConfig }, { openView }, { openEvents }] = await Promise.all([
    import('../kube/client.ts'),
    import('./cluster-view.ts'),
    import('./events.ts'),
  ]);
  const found = clusterConfig(kubeconfig);
  if (!found.ok) return found;
  const { view, watch } = openView(found.config, settings, set.lookups, log);
  const late = new Promise((resolve) => setTimeout(resolve, CLUSTER_WAIT_MS).unref());
  await Promise.race([watch.attempted(), late]);
  warnOfSecrets(settings, set, log);
  // Events are signed: who has no name writes none.
  const pod = process.env['TIDEGATE_POD'];
  const events = pod ? openEvents(found.config, pod, settings, recorder) : undefined;
  const stop = async (): Promise<void> => {
    watch.stop();
    await events?.stop();
  };
  const readings = { watches: () => watch.states(), ...events?.readings };
  return { ok: true, view, parts: events?.parts ?? {}, readings, stop };
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
