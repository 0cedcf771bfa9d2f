/** What controllers make is its top owner's: whatever is found on a Pod or a ReplicaSet is told once, of their Deployment. */
import type { JsonMap } from '../cel/value.ts';
import type { Path } from '../engine/decision.ts';
import { isJsonMap } from '../engine/object/equal.ts';
import { controllerOf } from '../engine/owner.ts';
import { templateKind } from '../engine/template-kinds.ts';
import { groupOf } from '../policy/api-version.ts';
import { objectName } from '../policy/object-name.ts';
import type { ObjectOutcome, ReportedFinding } from '../report/report.ts';
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
    return mine
      .map((other) => outcomes[other] as ObjectOutcome)
      .toSorted((a, b) => (objectName(a) < objectName(b) ? -1 : 1))
      .reduce(withOwned, outcome);
  });
}

/** The number of the top owner of an object among these, by the number of the object: its own where nobody owns it. */
export function topOwners(objects: readonly GivenObject[]): (at: number) => number {
  const owned = objects.map(({ metadata }) => controllerOf({ metadata }));
  const numbers = new Map(objects.map((object, at) => [keyOf(object, object.metadata['name']), at]));
  const ownerOf = (at: number): number | undefined => {
    const [object, owner] = [objects[at], owned[at]];
    return object && owner && numbers.get(keyOf({ ...owner, metadata: object.metadata }, owner.name));
  };
  return (at) => topOf(at, ownerOf);
}

/** Versions apart, an object is the same; of a cluster-scoped one the namespace is empty. */
function keyOf({ apiVersion, kind, metadata }: Omit<GivenObject, 'object'>, name: unknown): string {
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

function withOwned(owner: ObjectOutcome, owned: ObjectOutcome): ObjectOutcome {
  if (owned.findings.length + owned.failures.length + owned.notJudged.length === 0) return owner;
  const known = new Set(owner.findings.map((finding) => sameness(owner, finding)));
  const isNew = (finding: ReportedFinding): boolean => !known.has(sameness(owned, finding));
  return {
    ...owner,
    findings: [...owner.findings, ...owned.findings.filter(isNew).map((finding) => moved(finding, owned, owner))],
    failures: [...owner.failures, ...owned.failures.filter(isUnlike(owner.failures))],
    notJudged: [...owner.notJudged, ...owned.notJudged.filter(isUnlike(owner.notJudged))],
  };
}

/** The same for the same mistake in a template and in the Pod that was made of it. */
function sameness(
  { apiVersion, kind }: ObjectOutcome,
  { policy, rule, container, path, seenOn }: ReportedFinding,
): string {
  const prefix = seenOn === undefined ? (templateKind(groupOf(apiVersion), kind)?.prefix ?? []) : [];
  const inPod = startsWith(path, prefix) ? path.slice(prefix.length) : path;
  return JSON.stringify([policy, rule, container, inPod]);
}

function startsWith(path: Path, prefix: Path): boolean {
  return prefix.every((step, at) => path[at] === step);
}

/** As a finding of the owner. Its place and its fix were those of another object. */
function moved(finding: ReportedFinding, owned: ObjectOutcome, owner: ObjectOutcome): ReportedFinding {
  const { line, column, fix, seenOn = objectName(owned), ...rest } = finding;
  return {
    ...rest,
    seenOn,
    fingerprint: finding.fingerprint.replace(` ${objectName(owned)}`, ` ${objectName(owner)}`),
  };
}

interface Unanswered {
  readonly policy: string;
  readonly rule: string;
  readonly message: string;
}

function isUnlike(known: readonly Unanswered[]): (one: Unanswered) => boolean {
  const texts = new Set(known.map(({ policy, rule, message }) => JSON.stringify([policy, rule, message])));
  return ({ policy, rule, message }) => !texts.has(JSON.stringify([policy, rule, message]));
}
