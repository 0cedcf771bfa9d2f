/** From what is remembered of single objects to what is said of each namespace: under owners, the silent left out. */

import type { GivenObject } from '../audit/manifests.ts';
import { underOwners } from '../audit/owners.ts';
import type { JsonMap } from '../cel/value.ts';
import { hasAnything, type ObjectOutcome } from '../report/report.ts';
import { fullOutcome } from './lean.ts';
import type { Remembered } from './memory.ts';
import type { Turns } from './turns.ts';

/** By namespace, empty for what lives in none: the outcomes with anything to say, in no order. */
export type Outcomes = ReadonlyMap<string, readonly ObjectOutcome[]>;

/** Owners are of the same namespace: each is looked at by itself, with turns in between. */
export async function collapse(all: Iterable<Remembered>, turns: Turns): Promise<Outcomes> {
  const namespaces = new Map<string, Remembered[]>();
  for (const one of all) {
    const known = namespaces.get(one.namespace);
    if (known === undefined) namespaces.set(one.namespace, [one]);
    else known.push(one);
  }
  const outcomes = new Map<string, readonly ObjectOutcome[]>();
  for (const [namespace, objects] of namespaces) {
    await turns.next();
    if (objects.every(({ outcome }) => outcome === undefined)) continue;
    const said = underOwners(objects.map(stubOf), objects.map(outcomeOf));
    outcomes.set(namespace, said.filter(hasAnything));
  }
  return outcomes;
}

/** As much of the object as tells who owns it. */
function stubOf({ apiVersion, kind, namespace, name, owner, retired }: Remembered): GivenObject {
  const metadata = {
    name,
    ...(namespace !== '' && { namespace }),
    ...(owner !== undefined && { ownerReferences: [owner as JsonMap] }),
  };
  return { object: retired ? { kind, spec: { replicas: 0 } } : { kind }, apiVersion, kind, metadata };
}

function outcomeOf({ outcome, apiVersion, kind, namespace, name }: Remembered): ObjectOutcome {
  const place = namespace === '' ? {} : { namespace };
  if (outcome !== undefined) return fullOutcome(outcome, { apiVersion, kind, ...place, name });
  return { apiVersion, kind, ...place, name, findings: [], changes: [], patch: [], failures: [], notJudged: [] };
}
