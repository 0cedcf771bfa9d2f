/** Reads the Events of denials, those of all replicas: the API server picks them out. */
import type { Connection } from '../kube/client.ts';
import { collectionPath, pagesOf } from '../kube/collection.ts';
import type { Denial } from '../report/live.ts';
import { type Counted, type DenialEvent, withDenials } from './denials.ts';

export interface DenialReader {
  /** Rejects as getJson does, and then knows what it knew. */
  read(signal: AbortSignal): Promise<void>;
  /** The latest first. */
  denials(): readonly Denial[];
}

const PATH = collectionPath({ apiVersion: 'events.k8s.io/v1', resource: 'events' });
const SELECTOR = 'reportingController=tidegate.dev/tidegate,reason=PolicyDenied';
const PAGE = 250;
// A flood of refusals is no reason to read on and on: replicas write no more than 18,000 in the hour that Events live.
const MAX_PAGES = 8;

/** Knows nothing before it has read. */
export function denialReader(kube: Connection): DenialReader {
  let known: readonly Counted[] = [];
  return {
    read: async (signal) => {
      let pages = 0;
      for await (const { items } of pagesOf(kube, PATH, { limit: PAGE, fieldSelector: SELECTOR, signal })) {
        known = withDenials(known, items as readonly unknown[] as readonly DenialEvent[]);
        pages++;
        if (pages === MAX_PAGES) return;
      }
    },
    denials: () => known.map(({ denial }) => denial),
  };
}
