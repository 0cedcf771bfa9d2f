/** Fixes that are proven: applied, judged again, and offered only where the mistake is gone and no other has come. */
import { CelError } from '../cel/value.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { KubernetesObject, Patch } from './decision.ts';
import { diff } from './diff.ts';
import { applyEdit, type Edit, produceEdit } from './edit.ts';
import { SLOTS } from './environment.ts';
import { bindConditions, bindRules, type Evaluation } from './evaluation.ts';
import { toPointer } from './pointer.ts';
import type { Subject } from './subject.ts';
import type { Violation } from './validate.ts';

/** Judges an object in the place of the request's: how often each violation (by fingerprint) and unanswered rule occurs. */
export type Judge = (object: KubernetesObject) => ReadonlyMap<string, number>;

/** An edit that would mend one violation, not yet proven. */
interface Candidate {
  readonly violation: Violation;
  readonly subject: Subject;
  readonly edit: Edit;
  /** From the request's object to the one with this edit alone. */
  readonly patch: Patch;
  readonly fixed: KubernetesObject;
}

// An object of a megabyte can hold thousands of mistakes, and each fix walks the object. Nobody reads that many.
const MAX_FIXES = 64;

// Where fixes disturb each other they are proven one by one, each by judging the object anew: no more than these, and not
// at all on an object so large that one judgement is slow.
const MAX_SINGLE_PROOFS = 8;

/**
 * The patches of those violations that have one. All fixes are applied together and the outcome is judged once, which
 * proves the object that a user gets who follows the advice; only where that fails is each fix proven by itself.
 * `before` is how often each violation and unanswered rule occurs now.
 */
export function provenFixes(
  evaluation: Evaluation,
  fixable: readonly Violation[],
  before: ReadonlyMap<string, number>,
  judge: Judge,
): ReadonlyMap<Violation, Patch> {
  const { object } = evaluation.request;
  if (object === null) return new Map();
  const candidates = candidatesOf(evaluation, object, fixable.slice(0, MAX_FIXES));
  const together = candidates.length > 1 ? applyAll(object, candidates) : undefined;
  if (together !== undefined && proves(candidates, before, judge(together))) return patchesOf(candidates);
  if (fixable.length > MAX_FIXES) return new Map();
  return patchesOf(candidates.slice(0, MAX_SINGLE_PROOFS).filter((one) => proves([one], before, judge(one.fixed))));
}

function patchesOf(candidates: readonly Candidate[]): ReadonlyMap<Violation, Patch> {
  return new Map(candidates.map(({ violation, patch }) => [violation, patch]));
}

function candidatesOf(
  evaluation: Evaluation,
  object: KubernetesObject,
  fixable: readonly Violation[],
): readonly Candidate[] {
  const candidates: Candidate[] = [];
  let bound: CompiledPolicy | undefined;
  for (const violation of fixable) {
    const { policy } = violation;
    const subject = evaluation.subjects.of(policy);
    if (subject === undefined) continue;
    if (bound !== policy) {
      bindConditions(evaluation, policy, subject);
      bindRules(evaluation, policy);
      bound = policy;
    }
    const candidate = candidateOf(evaluation, object, subject, violation);
    if (candidate !== undefined) candidates.push(candidate);
  }
  return candidates;
}

/** No fix for an expression that fails, depends on what is not known, or changes nothing. The policy is bound. */
function candidateOf(
  evaluation: Evaluation,
  object: KubernetesObject,
  subject: Subject,
  violation: Violation,
): Candidate | undefined {
  const { validation, item, itemPath } = violation;
  if (validation.fix === undefined || (item !== undefined && itemPath === undefined)) return undefined;
  const { variables } = evaluation.activation;
  variables[SLOTS.item] = item;
  variables[SLOTS.itemPath] = toPointer(itemPath ?? []);
  const edit = produceEdit(evaluation, validation.fix);
  if (edit instanceof CelError) return undefined;
  const edited = applyEdit(object, subject, edit);
  if (!edited.ok || edited.object === object) return undefined;
  const patch = diff(object, edited.object);
  return patch.length === 0 ? undefined : { violation, subject, edit, patch, fixed: edited.object };
}

function applyAll(object: KubernetesObject, candidates: readonly Candidate[]): KubernetesObject | undefined {
  let fixed = object;
  for (const { subject, edit } of candidates) {
    const edited = applyEdit(fixed, subject, edit);
    if (!edited.ok) return undefined;
    fixed = edited.object;
  }
  return fixed;
}

/** Whether all of these are gone, each as often as it is fixed, and nothing occurs more often than before. */
function proves(
  fixed: readonly Candidate[],
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): boolean {
  const allowed = new Map(before);
  for (const { violation } of fixed) {
    allowed.set(violation.fingerprint, (allowed.get(violation.fingerprint) ?? 0) - 1);
  }
  for (const [key, count] of after) {
    if (count > (allowed.get(key) ?? 0)) return false;
  }
  return true;
}
