/** The cluster as admission sees it: namespaces, and the collections that policies look things up in. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { JsonObject } from './client.ts';
import type { Collection } from './collection.ts';
import { type Informer, type InformerState, informer, type WatchProblem } from './informer.ts';
import { clusterVersion } from './version.ts';

export interface ClusterWatch {
  /** The Namespace, or undefined where it is not known (a watch may be a moment behind, so "absent" is not an answer). */
  namespace(name: string): JsonObject | undefined;
  readonly lookup: {
    /** The object, null where there is none, undefined where that is not known: not watched, not synced, forbidden. */
    get(apiVersion: string, resource: string, namespace: string, name: string): JsonObject | null | undefined;
    /** The objects of a namespace (of all, where it is empty), undefined where they are not known. */
    list(apiVersion: string, resource: string, namespace: string): readonly JsonObject[] | undefined;
  };
  /** As `1.36`, undefined where it is not known; asked anew with every connection. */
  kubernetesVersion(): string | undefined;
  /** Resolves when the namespaces have been listed once. */
  readonly namespacesKnown: Promise<void>;
  /** Settles when every collection watched so far has been listed once, or was refused, and the version asked for. */
  attempted(): Promise<void>;
  /** Watches exactly these from now on (and namespaces, always): for a changed policy set. */
  watch(collections: readonly Collection[]): void;
  /** Of each watched collection, for those who look after the product. */
  states(): readonly (Collection & InformerState)[];
  stop(): void;
}

const NAMESPACES: Collection = { apiVersion: 'v1', resource: 'namespaces' };

/**
 * Watches namespaces and the given collections. Secrets are never watched, whatever a policy asks for: their lookups stay
 * unknown here. `report` hears of each failure once; the watches mend themselves.
 */
export function watchCluster(
  config: KubeConfig,
  collections: readonly Collection[],
  report: (problem: WatchProblem) => void = () => undefined,
): ClusterWatch {
  const informers = new Map<string, Informer & Collection>();
  const version = clusterVersion(config);
  let versionAsked: Promise<void> | undefined;
  const askVersion = (): void => {
    versionAsked = version.refresh();
  };
  const watch = (wanted: readonly Collection[]): void => {
    const readable = new Map([NAMESPACES, ...wanted].filter(isReadable).map((each) => [keyOf(each), each]));
    for (const [key, running] of informers) {
      if (readable.has(key)) continue;
      running.stop();
      informers.delete(key);
    }
    for (const [key, collection] of readable) {
      if (informers.has(key)) continue;
      // Namespaces are always watched: their connection stands for the cluster's.
      const connecting = key === keyOf(NAMESPACES) ? askVersion : undefined;
      informers.set(key, { ...collection, ...informer(config, collection, report, connecting) });
    }
  };
  watch(collections);
  const known = Promise.withResolvers<void>();
  const namespaces = informers.get(keyOf(NAMESPACES));
  namespaces?.onChange(() => known.resolve());
  const find = (apiVersion: string, resource: string): Informer | undefined =>
    informers.get(keyOf({ apiVersion, resource }));

  return {
    namespace: (name) => informers.get(keyOf(NAMESPACES))?.get('', name) ?? undefined,
    lookup: {
      get: (apiVersion, resource, namespace, name) => find(apiVersion, resource)?.get(namespace, name),
      list: (apiVersion, resource, namespace) => find(apiVersion, resource)?.list(namespace),
    },
    kubernetesVersion: version.current,
    namespacesKnown: known.promise,
    attempted: async () => {
      await Promise.all([...informers.values()].map((each) => each.attempted));
      await versionAsked;
    },
    watch,
    states: () =>
      Array.from(informers.values(), ({ apiVersion, resource, state }) => ({ apiVersion, resource, ...state() })),
    stop: () => {
      for (const running of informers.values()) running.stop();
      informers.clear();
    },
  };
}

function keyOf({ apiVersion, resource }: Collection): string {
  return `${apiVersion} ${resource}`;
}

const API_VERSION = /^([a-z0-9][a-z0-9.-]*\/)?[a-z][a-z0-9-]*$/;
const RESOURCE = /^[a-z][a-z0-9-]*$/;

/** Nothing called secrets, and no name that could lead there by another path. */
function isReadable({ apiVersion, resource }: Collection): boolean {
  return API_VERSION.test(apiVersion) && RESOURCE.test(resource) && resource !== 'secrets';
}
