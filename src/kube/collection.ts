/** A collection of the API, as a policy names it: the plural is in the path, so no discovery is needed to find it. */
import type { KubeConfig, KubernetesListObject, KubernetesObject } from '@kubernetes/client-node';
import { getJson, type JsonObject } from './client.ts';

export interface Collection {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** The plural, `serviceaccounts`. */
  readonly resource: string;
  /** Only those of this namespace; all where it is left out. */
  readonly namespace?: string;
  /** Only the object of this name: what RBAC may allow by `resourceNames`. */
  readonly name?: string;
}

/** Objects per request of a list: a page of the largest workloads stays under about 5 MB of JSON. */
const PAGE = 500;

/** The path of all objects of a collection, in its namespace or in all. Its `name` is no part of it. */
export function collectionPath({ apiVersion, resource, namespace }: Collection): string {
  const root = apiVersion.includes('/') ? '/apis' : '/api';
  const within = namespace === undefined ? [] : ['namespaces', namespace];
  return [root, ...[...apiVersion.split('/'), ...within, resource].map(encodeURIComponent)].join('/');
}

/** The path of one object. */
export function objectPath(collection: Collection & { readonly name: string }): string {
  return `${collectionPath(collection)}/${encodeURIComponent(collection.name)}`;
}

/** For `?fieldSelector=`; undefined where all objects are asked for. */
export function fieldSelectorOf({ name }: Collection): string | undefined {
  return name === undefined ? undefined : `metadata.name=${name}`;
}

/** Reads a whole collection in pages, as it was at one moment; rejects as getJson does. */
export async function listCollection(
  config: KubeConfig,
  path: string,
  fieldSelector?: string,
): Promise<KubernetesListObject<KubernetesObject>> {
  const items: KubernetesObject[] = [];
  const selection = fieldSelector === undefined ? '' : `&fieldSelector=${encodeURIComponent(fieldSelector)}`;
  let resourceVersion = '';
  let next = '';
  do {
    const query = `limit=${PAGE}${selection}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const page = await getJson(config, `${path}?${query}`);
    const metadata = (page['metadata'] ?? {}) as { readonly resourceVersion?: string; readonly continue?: string };
    resourceVersion = metadata.resourceVersion ?? '';
    next = metadata.continue ?? '';
    for (const item of itemsOf(page)) items.push(item);
  } while (next !== '');
  return { items, metadata: { resourceVersion } };
}

/** The items of a List, each with the apiVersion and kind that the API server leaves out in lists. */
function itemsOf(page: JsonObject): readonly KubernetesObject[] {
  const apiVersion = String(page['apiVersion']);
  const kind = String(page['kind']).replace(/List$/, '');
  const items = (page['items'] ?? []) as readonly KubernetesObject[];
  return items.map((item) => slim({ apiVersion, kind, ...item }));
}

/**
 * Drops managedFields, in place: often half of an object's size, and no policy is about them. Returns the same object.
 */
export function slim(object: KubernetesObject): KubernetesObject {
  if (object.metadata !== undefined) delete object.metadata.managedFields;
  return object;
}
