/** The objects of a cluster that are policies: ours, and those of Kubernetes itself with their bindings. */
import { type Connection, firstLine, StatusError } from '../kube/client.ts';
import { collectionPath, pagesOf } from '../kube/collection.ts';
import type { Discovery, ServedResource } from '../kube/discovery.ts';
import { groupOf } from '../policy/api-version.ts';
import type { Problem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { kindName, listed } from './permissions.ts';
import { UnreadError } from './unread-error.ts';

const KINDS: ReadonlySet<string> = new Set([
  'tidegate.dev policies',
  'admissionregistration.k8s.io validatingadmissionpolicies',
  'admissionregistration.k8s.io validatingadmissionpolicybindings',
  'admissionregistration.k8s.io mutatingadmissionpolicies',
  'admissionregistration.k8s.io mutatingadmissionpolicybindings',
]);

/** Reads them, as far as the cluster serves them; rejects as readCluster does. What may not be read is a problem. */
export async function readPolicies(
  config: Connection,
  { resources }: Discovery,
  pace?: () => Promise<void>,
): Promise<{ readonly resources: readonly LiveObject[]; readonly problems: readonly Problem[] }> {
  const served = new Map<string, ServedResource>();
  for (const resource of resources) {
    const key = `${groupOf(resource.apiVersion)} ${resource.resource}`;
    // The preferred version comes first.
    if (KINDS.has(key) && !served.has(key)) served.set(key, resource);
  }
  const found: object[] = [];
  const problems: Problem[] = [];
  const forbidden: ServedResource[] = [];
  for (const resource of served.values()) {
    try {
      for await (const { items } of pagesOf(config, collectionPath(resource), { pace, patient: true })) {
        found.push(...items);
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw new UnreadError(kindName(resource), { cause: error });
      if (error.statusCode === 401) throw error;
      if (error.statusCode === 403) forbidden.push(resource);
      else
        problems.push({
          file: kindName(resource),
          message: `cannot be read, so these policies are not judged: ${firstLine(error)}`,
        });
    }
  }
  if (forbidden.length > 0) problems.push(mayNotRead(forbidden));
  return { resources: found as readonly LiveObject[], problems };
}

function mayNotRead(kinds: readonly ServedResource[]): Problem {
  return {
    file: 'policies of the cluster',
    message: `they are not judged as far as this user may not list them: ${listed(kinds.map(kindName))}`,
    hint: 'grant list on them, or leave them out with --no-cluster-policies',
  };
}
