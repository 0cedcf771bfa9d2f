/** What controllers make is its top owner's: whatever is found on a Pod or a ReplicaSet is told once, of their Deployment. */
import type { JsonMap } from '../cel/value.ts';
import type { EvaluationFailure, NotJudged, Path } from '../engine/decision.ts';
import { isJsonMap } from '../engine/object/equal.ts';
import { controllerOf } from '../engine/owner.ts';
import { templateKind } from '../engine/template-kinds.ts';
import { groupOf } from '../policy/api-version.ts';
import { objectName } from '../policy/object-name.ts';
import { hasAnything, type ObjectOutcome, type ReportedFinding } from '../report/report.ts';
import type { GivenObject } from './manifests.ts';

/**
 * The outcomes of `objects`, one for each, without those of owned objects: what these have beyond their top owner is added to
 * its outcome, once for all of them. An owner that is not among the objects owns nothing. Old ReplicaSets, which run nothing,
 * are left out with all that was found on them.
 */
export function underOwners(
  objects: readonly GivenObject[],
  outcomes: readonly ObjectOutcome[],
): readonly ObjectOutcome[] {
  if (objects.every(({ metadata }) => controllerOf({ metadata }) === undefined)) return outcomes;
  const top = topOwners(objects);
  const made = Map.groupBy(objects.keys(), top);
  return outcomes.flatMap((outcome, at) => {
    if (top(at) !== at) return [];
    const mine = made.get(at)?.filter((other) => other !== at && !isRetired(objects[other]?.object)) ?? [];
    return withOwned(
      outcome,
      mine.map((other) => outcomes[other] as ObjectOutcome),
    );
  });
}

/** As much of an object as tells whose it is. */
export type Owned = Pick<GivenObject, 'apiVersion' | 'kind' | 'metadata'>;

/** The number of the top owner of an object among these, by the number of the object: its own where nobody owns it. */
export function topOwners(objects: readonly Owned[]): (at: number) => number {
  const numbers = new Map(objects.map((object, at) => [keyOf(object, object.metadata['name']), at]));
  const owners = objects.map(({ metadata }) => {
    const owner = controllerOf({ metadata });
    return owner && numbers.get(keyOf({ ...owner, metadata }, owner.name));
  });
  return (at) => topOf(at, (one) => owners[one]);
}

/** Versions apart, an object is the same; of a cluster-scoped one the namespace is empty. */
function keyOf({ apiVersion, kind, metadata }: Owned, name: unknown): string {
  return `${groupOf(apiVersion)}/${kind} ${metadata['namespace'] ?? ''}/${name}`;
}

// Deployment, ReplicaSet, Pod, and operators on top. References may form a ring.
const MAX_OWNERS = 10;

function topOf(at: number, ownerOf: (at: number) => number | undefined): number {
  let top = at;
  for (let step = 0; step < MAX_OWNERS; step++) {
    const owner = ownerOf(top);
    if (owner === undefined) return top;
    top = owner;
  }
  return at;
}

/** A ReplicaSet without replicas: what is left of an earlier rollout. */
function isRetired(object: JsonMap | undefined): boolean {
  const spec = object?.['spec'];
  return object?.['kind'] === 'ReplicaSet' && isJsonMap(spec) && spec['replicas'] === 0;
}

/** The outcome of an owner with what was found on these and not on it, the same once for all of them. */
export function withOwned(owner: ObjectOutcome, owned: readonly ObjectOutcome[]): ObjectOutcome {
  const telling = owned.filter(hasAnything);
  if (telling.length === 0) return owner;
  const all = [owner, ...telling.toSorted((a, b) => (objectName(a) < objectName(b) ? -1 : 1))];
  const [findings, failures, notJudged] = [news<ReportedFinding>(), news<EvaluationFailure>(), news<NotJudged>()];
  return {
    ...owner,
    findings: all.flatMap((one) => {
      const own = findings(one.findings, (finding) => sameness(one, finding));
      return one === owner ? own : own.map((finding) => moved(finding, one, owner));
    }),
    failures: all.flatMap((one) => failures(one.failures, wordsOf)),
    notJudged: all.flatMap((one) => notJudged(one.notJudged, wordsOf)),
  };
}

/** Of one list after the other, what is in none of those before. */
function news<T>(): (entries: readonly T[], keyOf: (entry: T) => string) => readonly T[] {
  const known = new Set<string>();
  return (entries, keyOf) => {
    const keys = entries.map(keyOf);
    const own = entries.filter((_, at) => !known.has(keys[at] as string));
    for (const key of keys) known.add(key);
    return own;
  };
}

/** The same for the same mistake in a template and in the Pod that was made of it. */
function sameness({ apiVersion, kind }: ObjectOutcome, { policy, rule, container, path }: ReportedFinding): string {
  const prefix = templateKind(groupOf(apiVersion), kind)?.prefix ?? [];
  const inPod = startsWith(path, prefix) ? path.slice(prefix.length) : path;
  return JSON.stringify([policy, rule, container, inPod]);
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((step, at) => path[at] === step);
}

/** As a finding of the owner. Its place and its fix were those of another object. */
function moved(finding: ReportedFinding, owned: ObjectOutcome, owner: ObjectOutcome): ReportedFinding {
  const { line, column, fix, ...rest } = finding;
  return {
    ...rest,
    seenOn: objectName(owned),
    fingerprint: finding.fingerprint.replace(` ${objectName(owned)}`, ` ${objectName(owner)}`),
  };
}

function wordsOf({ policy, rule, message }: EvaluationFailure | NotJudged): string {
  return JSON.stringify([policy, rule, message]);
}
