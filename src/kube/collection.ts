/** A collection of the API, as a policy names it: the plural is in the path, so no discovery is needed to find it. */
import { setTimeout } from 'node:timers/promises';
import type { KubeConfig, KubernetesListObject, KubernetesObject } from '@kubernetes/client-node';
import { getJson, type JsonObject, StatusError } from './client.ts';

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

export interface Page {
  readonly items: readonly KubernetesObject[];
  /** Of the collection as this page has it: the same for all pages, but where a token had expired between two of them. */
  readonly resourceVersion: string;
}

export interface PageOptions {
  /** Objects per page; 0 for all at once. */
  readonly limit?: number;
  readonly fieldSelector?: string | undefined;
  readonly labelSelector?: string;
  /** The media type, where the objects are wanted in another form than whole. */
  readonly accept?: string;
  /** Where reading takes longer than the API server remembers (5 minutes), it fails with 410 and does not go on with newer objects. */
  readonly consistent?: boolean;
  /** Asks once more, after a while, where the API server is busy or away for a moment. */
  readonly patient?: boolean;
  /** Waited for before each request. */
  readonly pace?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The pages of a collection, each asked for when the one before has been taken. No object comes twice; rejects as getJson
 * does. Who watches from there on does so from the resourceVersion of the first page.
 */
export async function* pagesOf(config: KubeConfig, path: string, options: PageOptions = {}): AsyncGenerator<Page> {
  const { limit = PAGE, fieldSelector, labelSelector } = options;
  const selection = Object.entries({ fieldSelector, labelSelector })
    .map(([name, selector]) => (selector === undefined ? '' : `&${name}=${encodeURIComponent(selector)}`))
    .join('');
  let next = '';
  do {
    const query = `limit=${limit}${selection}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const read = await readPage(config, `${path}?${query}`, options);
    if (typeof read === 'string') {
      next = read;
      continue;
    }
    const metadata = (read['metadata'] ?? {}) as { readonly resourceVersion?: string; readonly continue?: string };
    next = metadata.continue ?? '';
    yield { items: itemsOf(read), resourceVersion: metadata.resourceVersion ?? '' };
  } while (next !== '');
}

// A page of 500 large objects takes a slow API server, and a slow line, some seconds.
const PAGE_TIMEOUT_MS = 60_000;

const RETRIES_MS = [500, 2000, 5000];

/** The page, or the token that the API server offers in the place of an expired one: what follows is newer than what came before. */
async function readPage(config: KubeConfig, path: string, options: PageOptions): Promise<JsonObject | string> {
  const { consistent = false, patient = false, pace, signal, accept } = options;
  for (let tries = 0; ; tries++) {
    await pace?.();
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(PAGE_TIMEOUT_MS);
    try {
      return await getJson(config, path, signal ? AbortSignal.any([signal, timeout]) : timeout, accept);
    } catch (error) {
      if (error instanceof StatusError && error.statusCode === 410 && error.continue && !consistent)
        return error.continue;
      const delay = patient ? RETRIES_MS[tries] : undefined;
      if (delay === undefined || !isPassing(error)) throw error;
      await setTimeout(delay, undefined, { signal });
    }
  }
}

/** Too many requests (429), a server that starts or stops, a connection that broke. */
function isPassing(error: unknown): boolean {
  return !(error instanceof StatusError) || error.statusCode === 429 || error.statusCode >= 500;
}

/** Reads a whole collection in pages, as it was at one moment; rejects as getJson does. */
export async function listCollection(
  config: KubeConfig,
  path: string,
  fieldSelector?: string,
): Promise<KubernetesListObject<KubernetesObject>> {
  try {
    return await wholeOf(pagesOf(config, path, { fieldSelector, consistent: true }));
  } catch (error) {
    if (!(error instanceof StatusError) || error.statusCode !== 410) throw error;
    // In one piece it cannot grow too old.
    return wholeOf(pagesOf(config, path, { fieldSelector, limit: 0 }));
  }
}

async function wholeOf(pages: AsyncIterable<Page>): Promise<KubernetesListObject<KubernetesObject>> {
  const items: KubernetesObject[] = [];
  let resourceVersion = '';
  for await (const page of pages) {
    for (const item of page.items) items.push(item);
    resourceVersion = page.resourceVersion;
  }
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
