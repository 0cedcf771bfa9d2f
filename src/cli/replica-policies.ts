/** What a replica does about policies of the cluster beside judging by them: it reviews them, and the elected one says how they are. */
import { reviewResource } from '../admission/resource-review.ts';
import type { Config } from '../config/config.ts';
import type { ReplicaConfig } from '../config/replica.ts';
import { serverSideApply } from '../kube/apply.ts';
import type { Connection } from '../kube/client.ts';
import { objectPath } from '../kube/collection.ts';
import { type StatusWriter, statusWriter } from '../leader/policy-status.ts';
import { formatProblem } from '../policy/problem.ts';
import type { AppDependencies } from '../server/app.ts';
import type { LiveCatalog } from '../sources/live-catalog.ts';
import { resourceChecks } from '../sources/live-check.ts';
import { EXCEPTIONS, POLICIES } from '../sources/live-resource.ts';
import type { Log } from '../telemetry/log.ts';

/** For POST /policies. */
export function resourceReviewer(
  catalog: LiveCatalog,
  { settings, settingsPlace }: Pick<Config, 'settings' | 'settingsPlace'>,
  { namespace }: Pick<ReplicaConfig, 'namespace'>,
): NonNullable<AppDependencies['reviewResource']> {
  const checks = resourceChecks(catalog, { settings, settingsPlace });
  return (request) => reviewResource(request, checks, namespace);
}

/** Writes nothing before it is started. */
export function openStatusWriter(kube: Connection, catalog: LiveCatalog, log: Log): StatusWriter {
  return statusWriter({
    catalog,
    apply: (object, status) => {
      const { apiVersion, kind } = object;
      const { name, namespace, uid } = object.metadata;
      const place = namespace === undefined ? {} : { namespace };
      const path = objectPath({ ...(kind === 'Policy' ? POLICIES : EXCEPTIONS), ...place, name });
      const applied = { apiVersion, kind, metadata: { name, ...place, uid }, status };
      const signal = AbortSignal.timeout(APPLY_MS);
      return serverSideApply(kube, path, applied, {
        fieldManager: MANAGER,
        force: true,
        subresource: 'status',
        signal,
      });
    },
    report: (reason) => log.warn({ reason }, 'cannot write the status of a policy'),
  });
}

const APPLY_MS = 10_000;
// Not that of the scan, whose `findings` would go with each apply of ours.
const MANAGER = 'tidegate';

/** Tells the log of each Policy that is broken, in each of its versions once: by every replica, be it elected or not. */
export function logBroken(catalog: LiveCatalog, log: Log): void {
  const told = new Map<string, number>();
  catalog.onChange(() => {
    for (const { uid, name, generation, ready, inForce, problems } of catalog.states()) {
      if (ready) told.delete(uid);
      if (ready || told.get(uid) === generation) continue;
      told.set(uid, generation);
      log.error({ policy: name, inForce, problems: problems.map(formatProblem) }, 'a policy is broken');
    }
  });
}
