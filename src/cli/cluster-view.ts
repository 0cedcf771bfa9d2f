/** What admission asks a cluster, put together: watches, the authorizer, and Secrets where they may be read. */
import type { ClusterView } from '../admission/cluster-view.ts';
import { secretsFrom } from '../admission/secrets.ts';
import type { LookupTarget } from '../engine/compiled.ts';
import { accessReviews } from '../kube/access-review.ts';
import type { Connection } from '../kube/client.ts';
import type { WatchProblem } from '../kube/informer.ts';
import { secretReader } from '../kube/secret.ts';
import { type ClusterWatch, watchCluster } from '../kube/view.ts';
import type { Settings } from '../policy/settings.ts';
import type { Log } from '../telemetry/log.ts';

export interface OpenView {
  readonly view: ClusterView;
  readonly watch: ClusterWatch;
}

/** Begins to watch what the policies look up. What cannot be watched is told once, and tried again. */
export function openView(
  config: Connection,
  { readSecrets }: Settings,
  lookups: readonly LookupTarget[],
  log: Log,
): OpenView {
  const watch = watchCluster(config, lookups, cannotWatch(log));
  const view = { ...watch, accessReviews: accessReviews(config) };
  if (readSecrets === false) return { view, watch };
  const secrets = secretsFrom(secretReader(config), {
    namespaces: readSecrets,
    report: ({ namespace, message }) => log.warn({ namespace, reason: message }, 'cannot read Secrets'),
  });
  return { view: { ...view, secrets }, watch };
}

/** Tells the log of a watch that failed. */
export function cannotWatch(log: Log): (problem: WatchProblem) => void {
  return ({ apiVersion, resource, message }) => log.warn({ apiVersion, resource, reason: message }, 'cannot watch');
}
