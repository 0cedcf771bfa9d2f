/** Where the objects of a round come from: the watches that look-ups keep anyway, and lists in small pages for the rest. */
import type { WantedResource } from '../audit/wanted.ts';
import type { Lookup } from '../engine/decision.ts';
import type { Connection } from '../kube/client.ts';
import { collectionPath, pagesOf } from '../kube/collection.ts';
import type { RoundParts } from './round.ts';

// A page is parsed in one go, in which no request is answered: 50 Pods of 10 kB take 3 ms.
const PAGE = 50;

/**
 * Of a watched resource what the watch knows, without a request; of others page after page. Not from the API server's cache
 * (resourceVersion "0"), which answers with all objects at once, whatever the limit.
 */
export function liveObjects(kube: Connection, lookup: Lookup): RoundParts['objects'] {
  return async function* (resource: WantedResource, signal: AbortSignal) {
    const watched = lookup.list(resource.apiVersion, resource.resource, '');
    if (watched !== undefined) return yield watched;
    const options = { limit: PAGE, signal, patient: true };
    for await (const { items } of pagesOf(kube, collectionPath(resource), options)) yield items;
  };
}
