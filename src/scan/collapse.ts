/** From what is remembered of single objects to what is said of each namespace: under owners, the silent left out. */

import { type Owned, topOwners, withOwned } from '../audit/owners.ts';
import type { JsonMap } from '../cel/value.ts';
import { objectName } from '../policy/object-name.ts';
import { hasAnything, type ObjectOutcome } from '../report/report.ts';
import { fullOutcome, type LeanOutcome } from './lean.ts';
import type { Remembered } from './memory.ts';
import type { Turns } from './turns.ts';

/** By namespace, empty for what lives in none: the outcomes with anything to say, in no order. */
export type Outcomes = ReadonlyMap<string, readonly ObjectOutcome[]>;

/** Owners are of the same namespace: each is looked at by itself, with turns in between. */
export async function collapse(all: Iterable<Remembered>, turns: Turns): Promise<Outcomes> {
  const outcomes = new Map<string, readonly ObjectOutcome[]>();
  for (const [namespace, objects] of Map.groupBy(all, (one) => one.namespace)) {
    await turns.next();
    if (objects.some(({ outcome }) => outcome !== undefined)) outcomes.set(namespace, await saidOf(objects, turns));
  }
  return outcomes;
}

/** Of the objects of one namespace. Some have ten thousand: the turn is another one's after each owner. */
async function saidOf(objects: readonly Remembered[], turns: Turns): Promise<readonly ObjectOutcome[]> {
  const said: ObjectOutcome[] = [];
  for (const [top, family] of Map.groupBy(objects.keys(), topOwners(objects.map(ownedOf)))) {
    await turns.next();
    const owner = objects[top] as Remembered;
    const owned = family.map((at) => objects[at] as Remembered).filter((one) => one !== owner && !one.retired);
    const outcome = withOwned(outcomeOf(owner), unlike(owned).map(outcomeOf));
    if (hasAnything(outcome)) said.push(outcome);
  }
  return said;
}

function ownedOf({ apiVersion, kind, namespace, name, owner }: Remembered): Owned {
  const metadata = {
    name,
    ...(namespace !== '' && { namespace }),
    ...(owner !== undefined && { ownerReferences: [owner as JsonMap] }),
  };
  return { apiVersion, kind, metadata };
}

/** Those with anything to say, of all that say the same the first by name: the Pods of one template nearly always do. */
function unlike(owned: readonly Remembered[]): readonly Remembered[] {
  const first = new Map<LeanOutcome, Remembered>();
  for (const one of owned) {
    if (one.outcome === undefined) continue;
    const known = first.get(one.outcome);
    if (known === undefined || objectName(one) < objectName(known)) first.set(one.outcome, one);
  }
  return [...first.values()];
}

function outcomeOf({ outcome, apiVersion, kind, namespace, name }: Remembered): ObjectOutcome {
  const place = namespace === '' ? {} : { namespace };
  if (outcome !== undefined) return fullOutcome(outcome, { apiVersion, kind, ...place, name });
  return { apiVersion, kind, ...place, name, findings: [], changes: [], patch: [], failures: [], notJudged: [] };
}
