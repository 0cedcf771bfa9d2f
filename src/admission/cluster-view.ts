/** What admission needs to know of the cluster beside the request; watches fill it in, or nothing does. */
import type { Context, KubernetesObject, Lookup, Request } from '../engine/decision.ts';
import type { PolicyException } from '../policy/exception.ts';
import type { AccessReviewSource } from './access-review.ts';
import type { Secrets } from './secrets.ts';

export interface ClusterView {
  /** The Namespace of that name, or undefined where it is not known. */
  namespace(name: string): KubernetesObject | undefined;
  readonly lookup: Lookup;
  /** As `1.36`; undefined where it is not known. */
  kubernetesVersion(): string | undefined;
  /** PolicyExceptions in force, be they expired or not. */
  exceptions?(): readonly PolicyException[];
  /** Left out where there is no authorizer to ask. */
  readonly accessReviews?: AccessReviewSource;
  /** Left out where none may be read: `lookup` does not know them. */
  readonly secrets?: Secrets;
}

/** A webhook without a cluster behind it: every question about other objects is answered by "not known". */
export const noCluster: ClusterView = {
  namespace: () => undefined,
  lookup: { get: () => undefined, list: () => undefined },
  kubernetesVersion: () => undefined,
};

/**
 * The context of one request. `namespace` is null for cluster-scoped requests; a Namespace is cluster-scoped though the
 * API server writes its name into `request.namespace`.
 */
export function contextOf(request: Request, cluster: ClusterView): Context {
  const { namespace, resource } = request;
  const clusterScoped = !namespace || (resource.group === '' && resource.resource === 'namespaces');
  const kubernetesVersion = cluster.kubernetesVersion();
  const exceptions = cluster.exceptions?.() ?? [];
  return {
    namespace: clusterScoped ? null : cluster.namespace(namespace),
    lookup: cluster.lookup,
    now: Date.now(),
    ...(exceptions.length > 0 && { exceptions }),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
  };
}
