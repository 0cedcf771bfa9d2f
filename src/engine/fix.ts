/** Fixes that are proven: applied, judged again, and offered only where the mistake is gone and no other has come. */
import { CelError } from '../cel/value.ts';
import { COST_PER_POLICY } from './budget.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { KubernetesObject, Patch } from './decision.ts';
import { applyWholeEdit, type Edit, produceEdit } from './edit.ts';
import { SLOTS } from './environment.ts';
import { bindConditions, type Evaluation } from './evaluation.ts';
import { showsContent } from './library/secret.ts';
import { diff } from './object/diff.ts';
import { toPointer } from './object/pointer.ts';
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
}

// An object of a megabyte can hold thousands of mistakes, and each fix walks the object. Nobody reads that many.
const MAX_FIXES = 64;

// A judgement costs as much as the decision itself: one for all fixes together, one without those that mended nothing, one
// for what got in another's way. On an object so large that one judgement is slow, there is only the first. Who has the time
// (`Context.proofs`) finds out which fix it is that breaks something else.
const MAX_PROOFS = 3;

/**
 * The patches of those violations that have one. All fixes are applied together and the outcome is judged once, which
 * proves the object that a user gets who follows the advice. Where that fails, those that mended nothing are left out,
 * and what may have been disturbed is proven apart. `before` is how often each violation and unanswered rule occurs now.
 */
export function provenFixes(
  evaluation: Evaluation,
  fixable: readonly Violation[],
  before: ReadonlyMap<string, number>,
  judge: Judge,
): ReadonlyMap<Violation, Patch> {
  const { object } = evaluation.request;
  if (object === null || evaluation.context.proofs === 0) return new Map();
  const proven: Candidate[] = [];
  const open = [candidatesOf(evaluation, object, fixable.slice(0, MAX_FIXES))];
  const proofs = evaluation.context.proofs ?? (fixable.length > MAX_FIXES ? 1 : MAX_PROOFS);
  for (let proof = 0; proof < proofs && open.length > 0; proof++) {
    const batch = open.shift() ?? [];
    const failed = failedOf(object, batch, before, judge);
    if (failed === undefined) proven.push(...batch);
    else open.push(...batchesWithout(batch, failed));
  }
  return new Map(proven.map(({ violation, patch }) => [violation, patch]));
}

/**
 * Undefined where the object with all of these edits proves them; else those known to have failed: their edit could not
 * be applied, or what it should mend is still there. None where they broke something else, which tells nothing about which.
 */
function failedOf(
  object: KubernetesObject,
  batch: readonly Candidate[],
  before: ReadonlyMap<string, number>,
  judge: Judge,
): ReadonlySet<Candidate> | undefined {
  let fixed = object;
  for (const candidate of batch) {
    const edited = applyWholeEdit(fixed, candidate.subject, candidate.edit);
    if (!edited.ok) return new Set([candidate]);
    fixed = edited.object;
  }
  if (fixed === object) return undefined;
  const after = judge(fixed);
  const allowed = allowedAfter(batch, before);
  const isWorse = (key: string): boolean => (after.get(key) ?? 0) > (allowed.get(key) ?? 0);
  if (![...after.keys()].some(isWorse)) return undefined;
  return new Set(batch.filter(({ violation }) => isWorse(violation.fingerprint)));
}

/** How often each violation and unanswered rule may occur, once all of these are gone. */
function allowedAfter(batch: readonly Candidate[], before: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const allowed = new Map(before);
  for (const { violation } of batch) {
    allowed.set(violation.fingerprint, (allowed.get(violation.fingerprint) ?? 0) - 1);
  }
  return allowed;
}

/** What to prove instead: those that did not fail, then those that failed and may have been disturbed. Else, each half. */
function batchesWithout(
  batch: readonly Candidate[],
  failed: ReadonlySet<Candidate>,
): readonly (readonly Candidate[])[] {
  if (batch.length === 1) return [];
  const half = batch.length >> 1;
  if (failed.size === 0) return [batch.slice(0, half), batch.slice(half)];
  const others = (one: Candidate): readonly Candidate[] => batch.filter((other) => other !== one);
  const disturbed = [...failed].filter((one) => others(one).some((other) => collide(one.patch, other.patch)));
  return nonEmpty([batch.filter((one) => !failed.has(one)), disturbed]);
}
function nonEmpty(batches: readonly (readonly Candidate[])[]): readonly (readonly Candidate[])[] {
  return batches.filter((batch) => batch.length > 0);
}

/** Whether they touch the same field, or one touches what the other's lies in. */
function collide(a: Patch, b: Patch): boolean {
  return a.some(({ path }) => b.some((other) => within(path, other.path) || within(other.path, path)));
}

function within(path: string, other: string): boolean {
  return path === other || path.startsWith(`${other}/`);
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
      // What the policy has computed while it judged need not be computed again.
      evaluation.activation.variables[SLOTS.variables] = violation.variables;
      evaluation.budget = COST_PER_POLICY;
      bound = policy;
    }
    const candidate = candidateOf(evaluation, object, subject, violation);
    if (candidate !== undefined) candidates.push(candidate);
  }
  return candidates;
}

/**
 * No fix for an expression that fails, depends on what is not known, or changes nothing, and none that would carry the
 * content of a Secret into a message or a report. The policy is bound.
 */
function candidateOf(
  evaluation: Evaluation,
  object: KubernetesObject,
  subject: Subject,
  violation: Violation,
): Candidate | undefined {
  const { validation, item, itemKey, itemPath } = violation;
  if (validation.fix === undefined || (item !== undefined && itemPath === undefined)) return undefined;
  const { variables } = evaluation.activation;
  variables[SLOTS.item] = item;
  variables[SLOTS.itemKey] = itemKey;
  variables[SLOTS.itemPath] = toPointer(itemPath ?? []);
  const edit = produceEdit(evaluation, validation.fix);
  if (edit instanceof CelError) return undefined;
  const edited = applyWholeEdit(object, subject, edit);
  if (!edited.ok || edited.object === object) return undefined;
  const patch = diff(object, edited.object);
  if (patch.length === 0 || (subject.kind.kind === 'Secret' && showsContent(object, patch))) return undefined;
  return { violation, subject, edit, patch };
}
