/** ValidatingAdmissionPolicies on one request, decision by decision as the API server's plugin makes them. */
import { CelError, type Result } from '../../cel/value.ts';
import { withoutAuthorizer } from '../authorizer.ts';
import { COST_PER_EXPRESSION, COST_PER_POLICY } from '../budget.ts';
import type { CompiledPolicy, CompiledValidation, NativeBinding } from '../compiled.ts';
import type { EvaluationFailure, Finding, KubernetesObject } from '../decision.ts';
import { type Evaluation, startEvaluation } from '../evaluation.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { usableMessage } from '../message.ts';
import type { Outcome } from '../validate.ts';
import { AnnotationCollector } from './annotations.ts';
import { bindNative, evaluateNative, type Meter, nativeConditions, nativeError, OutOfBudget } from './evaluation.ts';
import { isExempt, matchesBinding, matchesPolicy } from './match.ts';
import type { NativeDenial, NativeValidation, ValidationAction } from './outcome.ts';
import { collectParams, paramKindProblem } from './params.ts';

/**
 * Judges the request by these policies in their order. What they find is appended to `outcome` too, in the terms of all
 * policies. The evaluation must be one of its own: a Namespace is not its own namespaceObject here.
 */
export function validateNative(
  evaluation: Evaluation,
  policies: readonly CompiledPolicy[],
  outcome: Outcome,
): NativeValidation {
  const denials: NativeDenial[] = [];
  const annotations = new AnnotationCollector();
  const { request } = evaluation;
  for (const policy of isExempt(request) ? [] : policies) {
    const bound: Bound = {
      evaluation,
      policy,
      native: policy.native as NativeBinding,
      action: policy.enforcement.action as Finding['action'],
      outcome,
      denials,
      annotations,
    };
    judgeBinding(bound);
  }
  return { denials, auditAnnotations: annotations.values() };
}

/** One policy under one binding, and where its decisions go. */
interface Bound {
  readonly evaluation: Evaluation;
  readonly policy: CompiledPolicy;
  readonly native: NativeBinding;
  /** The strongest of the binding's actions. */
  readonly action: Finding['action'];
  readonly outcome: Outcome;
  readonly denials: NativeDenial[];
  readonly annotations: AnnotationCollector;
}

function judgeBinding(bound: Bound): void {
  const { evaluation, policy, native, outcome } = bound;
  const { request, context } = evaluation;
  if (!matchesPolicy(policy, request, context, outcome)) return;
  const problem = paramKindProblem(native.paramKind, context);
  if (problem !== undefined) {
    failPolicy(bound, problem);
    return;
  }
  if (!matchesBinding(policy, request, context, outcome)) return;
  const collected = collectParams(native.params, request, context);
  if (collected.kind === 'unknown') notJudged(bound, 'params', collected.message);
  // No validation is asked: the binding itself is wrong, and none of its actions makes that less.
  if (collected.kind === 'error') fail(bound, 'params', `failed to configure binding: ${collected.message}`, 0, DENY);
  if (collected.kind !== 'params') return;
  const annotationErrors: (() => void)[] = [];
  for (const params of collected.params) annotationErrors.push(...judgeParams(bound, params));
  for (const refuse of annotationErrors) refuse();
}

const DENY: readonly ValidationAction[] = ['Deny'];

/** Decides all validations with one param, and returns what its audit annotations refuse: that comes last. */
function judgeParams(bound: Bound, params: KubernetesObject | null): readonly (() => void)[] {
  const { evaluation, policy } = bound;
  bindNative(evaluation, policy, params);
  const conditions = nativeConditions(evaluation, policy);
  if ('failed' in conditions) {
    if (conditions.kind === 'unknown') notJudged(bound, 'matchConditions', conditions.failed);
    else fail(bound, 'matchConditions', conditions.failed, 0);
    return [];
  }
  if (!conditions.hold) return [];
  bindNative(evaluation, policy, params);
  const decisions = validationsOf(bound);
  if (decisions instanceof OutOfBudget) return outOfBudget(bound, decisions);
  bindNative(evaluation, policy, params);
  const annotations = annotationsOf(bound);
  if (annotations instanceof OutOfBudget) return outOfBudget(bound, annotations);
  bindNative(evaluation, policy, params);
  decide(bound, decisions);
  return annotations;
}

function outOfBudget(bound: Bound, { message }: OutOfBudget): readonly [] {
  fail(bound, 'validations', message, 0);
  return [];
}

interface Decided {
  readonly results: readonly Result[];
  /** What is left for the messages. */
  readonly meter: Meter;
}

function validationsOf({ evaluation, policy }: Bound): Decided | OutOfBudget {
  const meter = { remaining: COST_PER_POLICY };
  const results: Result[] = [];
  for (const { program } of policy.validations) {
    const result = evaluateNative(evaluation, program, meter);
    if (result instanceof OutOfBudget) return result;
    results.push(result);
  }
  return { results, meter };
}

function decide(bound: Bound, { results, meter }: Decided): void {
  const { activation, request } = bound.evaluation;
  const messages = withoutAuthorizer(activation, request, () => messagesOf(bound, results, meter));
  for (const [index, result] of results.entries()) {
    const validation = bound.policy.validations[index] as CompiledValidation;
    if (result instanceof CelError) {
      if (result.kind === 'unknown') notJudged(bound, validation.name, result.message);
      else fail(bound, validation.name, nativeError(validation.program, result), index);
    } else if (messages instanceof OutOfBudget) {
      fail(bound, validation.name, `failed messageExpression: ${messages.message}`, index);
    } else if (result !== true) {
      deny(bound, validation, messages.get(index) ?? validation.message, index);
    }
  }
}

/**
 * The messages of the validations that do not hold. The API server evaluates those of all others as well, which shows only
 * where they may cost more than is left.
 */
function messagesOf(
  { evaluation, policy }: Bound,
  results: readonly Result[],
  meter: Meter,
): ReadonlyMap<number, string> | OutOfBudget {
  const { validations, variables } = policy;
  const messages = new Map<number, string>();
  const all = meter.remaining < COST_PER_EXPRESSION * (validations.length + variables.size);
  for (const [index, { message, messageExpression }] of validations.entries()) {
    if (messageExpression === undefined || (results[index] === true && !all)) continue;
    const result = evaluateNative(evaluation, messageExpression, meter);
    if (result instanceof OutOfBudget) return result;
    messages.set(index, usableMessage(result, message));
  }
  return messages;
}

/** Collects the audit annotations; an error of one refuses the request whatever the binding's actions. */
function annotationsOf(bound: Bound): readonly (() => void)[] | OutOfBudget {
  const { evaluation, policy, native, annotations } = bound;
  const meter = { remaining: COST_PER_POLICY };
  const published: (() => void)[] = [];
  const errors: (() => void)[] = [];
  for (const { key, program } of native.auditAnnotations) {
    const result = evaluateNative(evaluation, program, meter);
    if (result instanceof OutOfBudget) return result;
    if (!(result instanceof CelError)) published.push(() => annotations.add(policy.id, key, result));
    else if (result.kind === 'unknown') errors.push(() => notJudged(bound, key, result.message));
    else errors.push(() => fail(bound, key, nativeError(program, result), 0, DENY));
  }
  for (const publish of published) publish();
  return errors;
}

function deny(
  { evaluation, policy, native, action, outcome, denials }: Bound,
  rule: CompiledValidation,
  message: string,
  expressionIndex: number,
): void {
  const { id: name } = policy;
  denials.push({
    policy: name,
    binding: native.name,
    actions: native.actions,
    message,
    ...(rule.reason !== undefined && { reason: rule.reason }),
    expressionIndex,
  });
  const fingerprint = fingerprintOf(`${name}/${rule.name}`, evaluation.request, []);
  outcome.violations.push({ policy, validation: rule, action, message, path: [], fingerprint, variables: undefined });
}

/** An error: a denial where failurePolicy is Fail. */
function fail(
  { policy, native, action, outcome, denials }: Bound,
  rule: string,
  message: string,
  expressionIndex: number,
  actions: readonly ValidationAction[] = native.actions,
): void {
  const { id, failurePolicy } = policy;
  if (failurePolicy === 'Fail') denials.push({ policy: id, binding: native.name, actions, message, expressionIndex });
  const acting: EvaluationFailure['action'] = actions === DENY ? 'Deny' : action;
  outcome.failures.push({ policy: id, rule, action: acting, failurePolicy, message });
}

/** An error of the policy, whatever its bindings: said once. */
function failPolicy({ policy, outcome, denials }: Bound, message: string): void {
  const { id, failurePolicy } = policy;
  if (denials.some((denial) => denial.policy === id && denial.binding === undefined)) return;
  if (failurePolicy === 'Fail') denials.push({ policy: id, actions: DENY, message, expressionIndex: 0 });
  outcome.failures.push({ policy: id, rule: 'params', action: 'Deny', failurePolicy, message });
}

function notJudged({ policy, outcome }: Bound, rule: string, message: string): void {
  outcome.notJudged.push({ policy: policy.id, rule, message });
}

/** An evaluation for native policies: as theirs alone, a request about a Namespace has no namespaceObject. */
export function startNative(request: Evaluation['request'], context: Evaluation['context']): Evaluation {
  const { group, kind } = request.kind;
  const isNamespace = group === '' && kind === 'Namespace';
  return startEvaluation(request, isNamespace ? { ...context, namespace: null } : context);
}
