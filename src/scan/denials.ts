/** Who was refused lately, by any of the replicas: read from the Events that they have written. */

import { objectName } from '../policy/object-name.ts';
import type { Denial } from '../report/live.ts';

/** An Event of events.k8s.io/v1, as far as it is read. */
export interface DenialEvent {
  readonly metadata: { readonly uid: string; readonly creationTimestamp?: string };
  readonly regarding?: { readonly kind?: string; readonly namespace?: string; readonly name?: string };
  readonly note?: string;
  readonly eventTime?: string | null;
  readonly series?: { readonly count: number; readonly lastObservedTime?: string };
}

/** How many are kept. An API server forgets Events after an hour; we do when there are more of them. */
export const MAX_DENIALS = 200;

/** `events` as denials, added to those known: the same refusal of the same object once, the latest first. */
export function withDenials(known: readonly Counted[], events: readonly DenialEvent[]): readonly Counted[] {
  const merged = new Map(known.map((one) => [one.denial.message + one.denial.object, one]));
  for (const event of events) {
    const denial = denialOf(event);
    const key = denial.message + denial.object;
    const before = merged.get(key)?.counts ?? new Map<string, number>();
    const counts = new Map([...before, [event.metadata.uid, denial.count]]);
    const count = [...counts.values()].reduce((sum, one) => sum + one, 0);
    const time = Math.max(denial.time, merged.get(key)?.denial.time ?? 0);
    merged.set(key, { denial: { ...denial, time, count }, counts });
  }
  return [...merged.values()].toSorted((a, b) => b.denial.time - a.denial.time).slice(0, MAX_DENIALS);
}

/** A denial, and how often each of its Events says that it was: their counts are totals, not news. */
export interface Counted {
  readonly denial: Denial;
  readonly counts: ReadonlyMap<string, number>;
}

function denialOf({ metadata, regarding = {}, note = '', eventTime, series }: DenialEvent): Denial {
  const { kind = '', namespace = '', name = '' } = regarding;
  return {
    time: Date.parse(series?.lastObservedTime ?? eventTime ?? metadata.creationTimestamp ?? '') || 0,
    namespace,
    object: objectName({ kind, namespace, name }),
    policies: policiesIn(note),
    message: note,
    count: series?.count ?? 1,
  };
}

/** `first: what is wrong; second: …`: the ids before the colons. A message may have semicolons of its own. */
function policiesIn(note: string): readonly string[] {
  const ids = [...note.matchAll(/(?:^|; )([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?): /g)].map(([, id]) => id as string);
  return [...new Set(ids)].sort();
}
