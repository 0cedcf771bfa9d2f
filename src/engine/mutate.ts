/** The mutating policies on one request, repeated until none of them changes anything more. */
import { CelError } from '../cel/value.ts';
import { type Applicable, applicable } from './applies.ts';
import type { CompiledMutation, PolicySet } from './compiled.ts';
import { conditionsHold, report, type Unanswered } from './conditions.ts';
import type { Change, Context, EvaluationFailure, KubernetesObject, Mutation, Patch, Request } from './decision.ts';
import { applyWholeEdit, produceEdit } from './edit.ts';
import { bindConditions, bindRules, describeError, type Evaluation, startEvaluation } from './evaluation.ts';
import { exemptionsOf } from './exempt.ts';
import { mutateNative } from './native/mutate.ts';
import { shapeBy } from './object/custom-shape.ts';
import { diff } from './object/diff.ts';
import { isJsonMap } from './object/equal.ts';
import { toPath } from './object/pointer.ts';
import { hasController, type Subject } from './subject.ts';

/** How often each policy is evaluated before those that still change something are taken to fight each other. */
const MAX_ROUNDS = 8;

/**
 * Native policies first, as the API server applies them; then all others on what came of that. Where a native policy
 * refuses the request, nothing else is done. Pure, and nothing of the arguments is changed.
 */
export function mutate(set: PolicySet, request: Request, context: Context): Mutation {
  const natives = set.matching(request).native.mutating;
  if (natives.length === 0) return mutateOurs(set, request, context, request.object);
  const { object, refusal, changes, failures, notJudged } = mutateNative(natives, request, context);
  const native = { object, ...(refusal && { refusal }) };
  if (refusal) return { ...unchanged(request.object), changes, failures, notJudged, native };
  const ours = mutateOurs(set, { ...request, object }, context, request.object);
  return {
    object: ours.object,
    patch: object === request.object ? ours.patch : diff(request.object, ours.object),
    changes: [...changes, ...ours.changes],
    failures: [...failures, ...ours.failures],
    notJudged: [...notJudged, ...ours.notJudged],
    native,
  };
}

/**
 * Applies all matching policies in the order of their ids until nothing changes, as one patch from the request's object.
 * Policies that undo each other are named as failures, and the others applied without them. Those in Audit see
 * the final object, and only say what they would change. `written` is the object as its user gave it.
 *
 * Nothing is done to objects that a controller made or that the kubelet mirrors, and on UPDATE nothing to Pods and Jobs,
 * whose templates cannot change, nor to a workload whose template stays as it was. A policy from which the object is
 * exempted does nothing.
 */
function mutateOurs(set: PolicySet, request: Request, context: Context, written: KubernetesObject | null): Mutation {
  const { mutating } = set.matching(request);
  const { object } = request;
  if (mutating.length === 0 || object === null || !isMutable(object)) return unchanged(object);
  const evaluation = startEvaluation(request, context, written);
  const unanswered: Unanswered = { failures: [], notJudged: [] };
  const exemptions = exemptionsOf(request, context);
  const found = mutating
    .flatMap((policy) => applicable(evaluation, policy, unanswered) ?? [])
    .filter((one) => mayMutate(evaluation, one) && exemptions.of(one.policy) === undefined);
  if (found.length === 0) return { ...unchanged(object), ...unanswered };
  const settled = settle(
    evaluation,
    found.filter(({ action }) => action === 'Mutate'),
  );
  const audited = found.filter(({ action }) => action === 'Audit').map((one) => stepOf(settled.evaluation, one));
  return outcomeOf(object, settled, audited, unanswered);
}

function unchanged(object: KubernetesObject | null): Mutation {
  return { object, patch: [], changes: [], failures: [], notJudged: [] };
}

const MIRROR = 'kubernetes.io/config.mirror';

function isMutable(object: KubernetesObject): boolean {
  const metadata = object['metadata'];
  const annotations = isJsonMap(metadata) ? metadata['annotations'] : undefined;
  const mirrored = isJsonMap(annotations) && Object.hasOwn(annotations, MIRROR);
  return !mirrored && !hasController(object, () => true);
}

const FIXED_TEMPLATE: ReadonlySet<string> = new Set(['Pod', 'Job']);

function mayMutate({ request, subjects }: Evaluation, { policy }: Applicable): boolean {
  if (policy.subject === 'Resource' || request.operation !== 'UPDATE') return true;
  return subjects.podChanged() && !FIXED_TEMPLATE.has(request.kind.kind);
}

/** What one evaluation of one policy did. */
interface Step extends Unanswered {
  readonly applied: Applicable;
  /** On the object after it. */
  readonly evaluation: Evaluation;
  readonly patch: Patch;
}

interface Settled {
  readonly evaluation: Evaluation;
  /** All steps that changed something, in order. */
  readonly steps: readonly Step[];
  readonly unanswered: Unanswered;
}

/** Policies take turns until each has seen the same object and left it as it is. */
function settle(start: Evaluation, policies: readonly Applicable[]): Settled {
  const steps: Step[] = [];
  const last = new Map<Applicable, Step>();
  let evaluation = start;
  let idle = 0;
  for (let turn = 0; idle < policies.length; turn++) {
    if (turn === MAX_ROUNDS * policies.length) return settleWithout(fightersIn(steps, last), start, policies);
    const step = stepOf(evaluation, policies[turn % policies.length] as Applicable);
    last.set(step.applied, step);
    idle = step.patch.length === 0 ? idle + 1 : 0;
    if (step.patch.length > 0) steps.push(step);
    evaluation = step.evaluation;
  }
  const final = [...last.values()];
  const unanswered = {
    failures: final.flatMap((step) => step.failures),
    notJudged: final.flatMap((step) => step.notJudged),
  };
  return { evaluation, steps, unanswered };
}

/** Those whose last evaluation still changed something. */
function fightersIn(steps: readonly Step[], last: ReadonlyMap<Applicable, Step>): readonly Step[] {
  return [...last.values()].filter((step) => steps.includes(step));
}

function settleWithout(fighters: readonly Step[], start: Evaluation, policies: readonly Applicable[]): Settled {
  const names = fighters.map(({ applied }) => applied.policy.id);
  const settled = settle(
    start,
    policies.filter(({ policy }) => !names.includes(policy.id)),
  );
  const failures = fighters.map((step) => conflict(step, names));
  return { ...settled, unanswered: { ...settled.unanswered, failures: [...failures, ...settled.unanswered.failures] } };
}

function conflict({ applied: { policy, action }, patch }: Step, names: readonly string[]): EvaluationFailure {
  const places = patch.map((operation) => operation.path).join(', ');
  const others = names.filter((name) => name !== policy.id);
  const against = others.length === 0 ? 'it changes its own result again' : `it fights ${others.join(', ')}`;
  const message = `after ${MAX_ROUNDS} rounds the policy still changes ${places}: ${against}. None of it was applied`;
  return {
    policy: policy.id,
    rule: policy.mutations[0]?.name ?? '',
    action,
    failurePolicy: policy.failurePolicy,
    message,
  };
}

/** One policy on the object as it is now: its mutations in order, each on the result of the one before. */
function stepOf(start: Evaluation, applied: Applicable): Step {
  const { policy, action } = applied;
  const unanswered: Unanswered = { failures: [], notJudged: [] };
  let evaluation = start;
  let subject = evaluation.subjects.of(policy) as Subject;
  bindConditions(evaluation, policy, subject);
  if (!conditionsHold(evaluation, policy, action, unanswered)) return { applied, evaluation, patch: [], ...unanswered };
  for (const mutation of policy.mutations) {
    bindConditions(evaluation, policy, subject);
    bindRules(evaluation, policy);
    const next = mutated(evaluation, applied, subject, mutation, unanswered);
    if (next === undefined) continue;
    evaluation = startEvaluation({ ...evaluation.request, object: next }, evaluation.context, evaluation.written);
    subject = evaluation.subjects.of(policy) as Subject;
  }
  const patch = diff(start.request.object, evaluation.request.object);
  return { applied, evaluation: patch.length === 0 ? start : evaluation, patch, ...unanswered };
}

/** The object after one mutation; undefined where it changes nothing or fails, which is reported. */
function mutated(
  evaluation: Evaluation,
  { policy, action }: Applicable,
  subject: Subject,
  mutation: CompiledMutation,
  unanswered: Unanswered,
): KubernetesObject | undefined {
  const object = evaluation.request.object as KubernetesObject;
  const edit = produceEdit(evaluation, mutation);
  const failed = (error: CelError, message: string): undefined =>
    report(unanswered, { policy, rule: mutation.name, action, error, message }) as undefined;
  if (edit instanceof CelError) return failed(edit, describeError(mutation.program, edit));
  const edited = applyWholeEdit(object, subject, edit, shapeBy(evaluation.context.lookup, subject.kind));
  if (!edited.ok) return failed(new CelError(edited.message), edited.message);
  return edited.object === object ? undefined : edited.object;
}

function outcomeOf(
  object: KubernetesObject,
  settled: Settled,
  audited: readonly Step[],
  unanswered: Unanswered,
): Mutation {
  const final = settled.evaluation.request.object as KubernetesObject;
  const patch = settled.steps.length === 1 ? (settled.steps[0] as Step).patch : diff(object, final);
  const unansweredBy = [unanswered, settled.unanswered, ...audited];
  return {
    object: patch.length === 0 ? object : final,
    patch,
    changes: [...changesOf(settled.steps), ...changesOf(audited)],
    failures: unansweredBy.flatMap((one) => one.failures),
    notJudged: unansweredBy.flatMap((one) => one.notJudged),
  };
}

/** Each place that a policy touched, once. */
function changesOf(steps: readonly Step[]): readonly Change[] {
  const changes = new Map<string, Change>();
  for (const { applied, patch } of steps) {
    const policy = applied.policy.id;
    for (const { path } of patch) {
      changes.set(`${policy} ${path}`, { policy, action: applied.action as Change['action'], path: toPath(path) });
    }
  }
  return [...changes.values()];
}
