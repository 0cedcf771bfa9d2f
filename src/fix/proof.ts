/** Whether files are better after an edit than before it. */
import type { Finding } from '../engine/decision.ts';
import type { Scene, SceneObject } from './scene.ts';

/** A wish as far as its proof goes: the finding that it mends; none for what the webhook would set. */
export interface Proven {
  /** The number of the object in the scene. */
  readonly object: number;
  readonly finding?: Finding;
}

/** What speaks against an edit. */
export interface Objection<T extends Proven> {
  readonly wish: T;
  readonly message: string;
  /** It may be any of the wishes that does it. */
  readonly isShared?: true;
}

/**
 * What speaks against the wishes that made `after` of `before`: a finding that is still there, or one that refuses or
 * warns and was not there before. Where an object that nobody touched is worse, no wish can be told from another.
 */
export function objections<T extends Proven>(
  before: Scene,
  after: Scene,
  wishes: readonly T[],
): readonly Objection<T>[] {
  if (after.objects.length !== before.objects.length)
    return wishes.map((wish) => ({ wish, message: 'the file would not hold the same objects' }));
  const worse = new Map(
    after.objects.flatMap((object, at) => worseThan(before.objects[at] as SceneObject, object, at)),
  );
  const out: Objection<T>[] = [];
  for (const wish of wishes) {
    const news = worse.get(wish.object);
    if (news !== undefined) out.push({ wish, message: `it would bring another finding: ${news}` });
    else if (wish.finding && isStill(before, after, wish.object, wish.finding.fingerprint))
      out.push({ wish, message: 'the finding would still be there' });
  }
  const [elsewhere] = worse.values();
  if (out.length > 0 || elsewhere === undefined) return out;
  return wishes.map((wish) => ({
    wish,
    message: `it would bring a finding to another object: ${elsewhere}`,
    isShared: true,
  }));
}

function worseThan(before: SceneObject, after: SceneObject, at: number): readonly (readonly [number, string])[] {
  const known = tally(before);
  for (const [key, { count, name }] of tally(after)) if (count > (known.get(key)?.count ?? 0)) return [[at, name]];
  return [];
}

interface Tallied {
  readonly count: number;
  readonly name: string;
}

/** How often each finding that refuses or warns, and each rule without an answer, occurs. */
function tally({ outcome: { findings, failures, notJudged } }: SceneObject): Map<string, Tallied> {
  const all = [
    ...findings.filter(acts).map(({ fingerprint, policy }) => ({ key: fingerprint, name: policy })),
    ...[...failures, ...notJudged].map(({ policy, rule }) => ({ key: `${policy} ${rule}`, name: policy })),
  ];
  const tallied = new Map<string, Tallied>();
  for (const { key, name } of all) tallied.set(key, { count: (tallied.get(key)?.count ?? 0) + 1, name });
  return tallied;
}

function acts({ action, excepted }: Finding): boolean {
  return action !== 'Audit' && excepted === undefined;
}

function isStill(before: Scene, after: Scene, object: number, fingerprint: string): boolean {
  return countOf(after, object, fingerprint) >= countOf(before, object, fingerprint);
}

/** How many findings of an object have this fingerprint. */
export function countOf({ objects }: Scene, object: number, fingerprint: string): number {
  return objects[object]?.outcome.findings.filter((one) => one.fingerprint === fingerprint).length ?? 0;
}
