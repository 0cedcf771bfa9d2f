/** Who answers for a Service: the ready endpoints of its EndpointSlices. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { JsonObject } from './client.ts';
import { type Collection, collectionPath, listCollection } from './collection.ts';

export interface ServicePlace {
  readonly namespace: string;
  readonly name: string;
}

const SERVICE_LABEL = 'kubernetes.io/service-name';

/** The slices of a namespace, those of other Services among them. */
export function slicesIn(namespace: string): Collection {
  return { apiVersion: 'discovery.k8s.io/v1', resource: 'endpointslices', namespace };
}

/** Reads the slices anew; rejects as getJson does. */
export async function readSlices(config: KubeConfig, namespace: string): Promise<readonly JsonObject[]> {
  const { items } = await listCollection(config, collectionPath(slicesIn(namespace)));
  return items as readonly unknown[] as readonly JsonObject[];
}

/** Names of the Pods that are ready for it, each once; an endpoint without a Pod counts by its address. */
export function readyPods(slices: readonly JsonObject[], service: ServicePlace): readonly string[] {
  const own = slices.filter((slice) => isOf(slice, service));
  const endpoints = own.flatMap((slice) => (slice['endpoints'] ?? []) as unknown as readonly Endpoint[]);
  // Not known counts as ready, as it does for who sends traffic there.
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false);
  return [...new Set(ready.map(({ targetRef, addresses }) => targetRef?.name ?? addresses.join()))];
}

interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean };
  readonly targetRef?: { readonly name?: string };
}

function isOf(slice: JsonObject, { namespace, name }: ServicePlace): boolean {
  const metadata = slice['metadata'] as unknown as {
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  return metadata.namespace === namespace && metadata.labels?.[SERVICE_LABEL] === name;
}
