/** MutatingAdmissionPolicies on one request, in the order and with the reinvocation of the API server's plugin. */
import { CelError } from '../../cel/value.ts';
import { COST_PER_POLICY } from '../budget.ts';
import type { CompiledMutation, CompiledPolicy, NativeBinding } from '../compiled.ts';
import type {
  Change,
  Context,
  EvaluationFailure,
  GroupVersionKind,
  KubernetesObject,
  NotJudged,
  Request,
} from '../decision.ts';
import { applyEdit, type Edit, type Edited, editOf } from '../edit.ts';
import type { Evaluation } from '../evaluation.ts';
import { shapeBy } from '../object/custom-shape.ts';
import { diff } from '../object/diff.ts';
import { toPath } from '../object/pointer.ts';
import { isBuiltInGroup, withoutEmptied } from '../object/typed-object.ts';
import { isCustomGroup } from './equivalent-resources.ts';
import { bindNative, evaluateNative, nativeConditions, nativeError, OutOfBudget } from './evaluation.ts';
import { isExempt, matchesBinding, matchesPolicy } from './match.ts';
import type { NativeMutation, NativeRefusal } from './outcome.ts';
import { collectParams, paramKindProblem } from './params.ts';
import { startNative } from './validate.ts';

/** What the plugin did, and the same in the terms of all mutating policies. */
export interface NativeMutated extends NativeMutation {
  readonly changes: readonly Change[];
  readonly failures: readonly EvaluationFailure[];
  readonly notJudged: readonly NotJudged[];
}

/**
 * Applies each policy once for each of its params, in order. If any was applied, all are asked again on what came of
 * it, and those with reinvocationPolicy IfNeeded applied again. An error under failurePolicy Fail refuses the request.
 */
export function mutateNative(policies: readonly CompiledPolicy[], request: Request, context: Context): NativeMutated {
  const first = newPass(request);
  if (!isExempt(request)) runPass(first, policies, context, undefined);
  if (!first.applied || first.errors.length > 0) return outcomeOf(request, [first]);
  const second = newPass({ ...request, object: first.object });
  runPass(second, policies, context, first.reinvocable);
  return outcomeOf(request, [first, second]);
}

/** One round over all policies; the lists grow, the object is replaced. */
interface Pass {
  readonly request: Request;
  object: KubernetesObject | null;
  /** Whether any mutation was applied, even one that changed nothing. */
  applied: boolean;
  /** Keys of invocations that are to be repeated where something was applied. */
  readonly reinvocable: Set<string>;
  /** Those that failurePolicy lets refuse the request: configurations before evaluations. */
  readonly errors: NativeRefusal[];
  readonly changes: Change[];
  readonly failures: EvaluationFailure[];
  readonly notJudged: NotJudged[];
}

function newPass(request: Request): Pass {
  const lists = { errors: [], changes: [], failures: [], notJudged: [] };
  return { request, object: request.object, applied: false, reinvocable: new Set(), ...lists };
}

function outcomeOf(request: Request, passes: readonly Pass[]): NativeMutated {
  const { object, errors } = passes.at(-1) as Pass;
  const [refusal] = errors;
  return {
    object: refusal ? request.object : object,
    changes: distinct(passes.flatMap((pass) => pass.changes)),
    failures: distinct(passes.flatMap((pass) => pass.failures)),
    notJudged: distinct(passes.flatMap((pass) => pass.notJudged)),
    ...(refusal && { refusal }),
  };
}

/** What both rounds say is said once. */
function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

interface Invocation {
  readonly policy: CompiledPolicy;
  readonly params: KubernetesObject | null;
  /** Policy, binding and param. */
  readonly key: string;
}

/** `only`: in the second round, the invocations that may mutate; the conditions of all are evaluated. */
function runPass(
  pass: Pass,
  policies: readonly CompiledPolicy[],
  context: Context,
  only: ReadonlySet<string> | undefined,
): void {
  const invocations = policies.flatMap((policy) => invocationsOf(pass, policy, context));
  for (const invocation of invocations) invoke(pass, invocation, context, only);
}

/** Settled for the whole round before anything is mutated. */
function invocationsOf(pass: Pass, policy: CompiledPolicy, context: Context): readonly Invocation[] {
  const native = policy.native as NativeBinding;
  if (!matchesPolicy(policy, pass.request, context, pass)) return [];
  const problem = paramKindProblem(native.paramKind, context);
  if (problem !== undefined) failPolicy(pass, policy, problem);
  if (problem !== undefined || !matchesBinding(policy, pass.request, context, pass)) return [];
  const collected = collectParams(native.params, pass.request, context);
  if (collected.kind === 'params') {
    return collected.params.map((params) => ({
      policy,
      params: params && asMutationsSee(params, native),
      key: keyOf(policy, native, params),
    }));
  }
  if (collected.kind === 'unknown') notJudged(pass, policy, 'params', collected.message);
  else fail(pass, policy, 'params', `failed to configure binding: ${collected.message}`, 'Forbidden');
  return [];
}

/** The plugin keeps built-in objects without the type that they were asked for by. */
function asMutationsSee(params: KubernetesObject, { paramKind }: NativeBinding): KubernetesObject {
  const [group = ''] = paramKind?.apiVersion.split('/') ?? [];
  if (isCustomGroup(group)) return params;
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = params;
  return rest;
}

function keyOf({ id }: CompiledPolicy, { name }: NativeBinding, params: KubernetesObject | null): string {
  const metadata = params?.['metadata'] as { readonly namespace?: string; readonly name?: string } | undefined;
  return JSON.stringify([id, name, metadata?.namespace, metadata?.name]);
}

function invoke(
  pass: Pass,
  { policy, params, key }: Invocation,
  context: Context,
  only: ReadonlySet<string> | undefined,
): void {
  const before = pass.object;
  const evaluation = evaluationOn(pass, context, policy, params);
  const conditions = nativeConditions(evaluation, policy);
  if ('failed' in conditions) {
    if (conditions.kind === 'unknown') notJudged(pass, policy, 'matchConditions', conditions.failed);
    else fail(pass, policy, 'matchConditions', conditions.failed, 'Invalid');
    return;
  }
  if (!conditions.hold || (only && !only.has(key))) return;
  for (const mutation of policy.mutations) {
    if (pass.object !== null) apply(pass, mutation, policy, evaluationOn(pass, context, policy, params));
  }
  if (policy.native?.reinvoked) pass.reinvocable.add(key);
  if (before !== null && pass.object !== before) pass.changes.push(...changesOf(policy, before, pass.object));
}

function evaluationOn(
  { request, object }: Pass,
  context: Context,
  policy: CompiledPolicy,
  params: KubernetesObject | null,
): Evaluation {
  const evaluation = startNative({ ...request, object }, context);
  bindNative(evaluation, policy, params && isTyped(policy) ? withoutType(params) : params);
  return evaluation;
}

/** Whether the API server holds the params as Go structs: here, unlike where it validates, those have no kind. */
function isTyped({ native }: CompiledPolicy): boolean {
  const [group, version] = (native?.params?.apiVersion ?? '').split('/');
  return isBuiltInGroup(version === undefined ? '' : (group as string));
}

function withoutType({ apiVersion, kind, ...params }: KubernetesObject): KubernetesObject {
  return params;
}

function apply(pass: Pass, mutation: CompiledMutation, policy: CompiledPolicy, evaluation: Evaluation): void {
  const edit = editBy(mutation, evaluation);
  if (edit instanceof CelError) {
    if (edit.kind === 'unknown') notJudged(pass, policy, mutation.name, edit.message);
    else fail(pass, policy, mutation.name, edit.message, 'Invalid');
    return;
  }
  const subject = evaluation.subjects.of(policy);
  if (subject === undefined) throw new Error('a native policy sees every object as it is');
  if (edit.type === 'ApplyConfiguration' && isWithoutSchema(subject.kind)) {
    fail(pass, policy, mutation.name, WITHOUT_SCHEMA, 'Invalid');
    return;
  }
  const shape = shapeBy(evaluation.context.lookup, subject.kind);
  const edited = applyEdit(pass.object as KubernetesObject, subject, edit, shape);
  if (edited.ok) {
    pass.object = isBuiltInGroup(subject.kind.group) ? withoutEmptied(pass.object, edited.object) : edited.object;
    pass.applied = true;
  } else fail(pass, policy, mutation.name, inNativeWords(edit, edited), 'Invalid');
}

const WITHOUT_SCHEMA =
  'error applying patch: failed to convert patch object to typed object: no corresponding type for autoscaling/v1, Kind=Scale';

/** The API server has no schema for a Scale, so it merges nothing into one: only JSON patches change it. */
function isWithoutSchema({ group, kind }: GroupVersionKind): boolean {
  return group === 'autoscaling' && kind === 'Scale';
}

function inNativeWords({ type }: Edit, { message, atomic, original }: Extract<Edited, { readonly ok: false }>): string {
  if (type === 'JSONPatch') return `JSON Patch: ${original ?? message}`;
  if (atomic === undefined) return `error applying patch: ${message}`;
  const place = toPath(atomic).map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return `error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: ${place.join('')}`;
}

function editBy({ type, program }: CompiledMutation, evaluation: Evaluation): Edit | CelError {
  const result = evaluateNative(evaluation, program, { remaining: COST_PER_POLICY });
  if (result instanceof OutOfBudget) return new CelError(result.message);
  if (!(result instanceof CelError)) return editOf(type, result);
  return result.kind === 'unknown' ? result : new CelError(nativeError(program, result));
}

function fail(
  { errors, failures }: Pass,
  { id, failurePolicy, native }: CompiledPolicy,
  rule: string,
  message: string,
  reason: string,
): void {
  failures.push({ policy: id, rule, action: 'Mutate', failurePolicy, message });
  if (failurePolicy === 'Ignore') return;
  const sentence = `policy '${id}' with binding '${native?.name}' denied request: ${message}`;
  errors.push({ code: 403, reason, message: sentence });
}

/** An error of the policy, whatever its bindings. */
function failPolicy({ errors, failures }: Pass, { id, failurePolicy }: CompiledPolicy, message: string): void {
  failures.push({ policy: id, rule: 'params', action: 'Mutate', failurePolicy, message });
  if (failurePolicy === 'Ignore') return;
  errors.push({ code: 403, reason: 'Forbidden', message: `policy "${id}" denied request: ${message}` });
}

function notJudged(pass: Pass, { id }: CompiledPolicy, rule: string, message: string): void {
  pass.notJudged.push({ policy: id, rule, message });
}

function changesOf(
  { id }: CompiledPolicy,
  before: KubernetesObject,
  after: KubernetesObject | null,
): readonly Change[] {
  return diff(before, after).map(({ path }) => ({ policy: id, action: 'Mutate', path: toPath(path) }));
}
