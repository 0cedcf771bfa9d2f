/** Judges one request by one validating policy. What it means for the request is decided elsewhere. */
import { mapEntries } from '../cel/equality.ts';
import type { Program } from '../cel/program.ts';
import { CelError, isMap, type Result, type Value } from '../cel/value.ts';
import type { CompiledPolicy, CompiledValidation } from './compiled.ts';
import { conditionsHold, report } from './conditions.ts';
import type { EvaluationFailure, Finding, NotJudged, Path } from './decision.ts';
import { SLOTS } from './environment.ts';
import { bindConditions, bindRules, describeError, type Evaluation, evaluate } from './evaluation.ts';
import { fingerprintOf } from './fingerprint.ts';
import { messageOf } from './message.ts';
import { containerAt } from './places.ts';
import { ruleAction, violationAction } from './rule-action.ts';
import type { Subject } from './subject.ts';
import { isIdle } from './triggers.ts';

/** A broken rule at one place, before it is compared with the old object and before a fix is sought. */
export interface Violation {
  readonly policy: CompiledPolicy;
  readonly validation: CompiledValidation;
  readonly action: Finding['action'];
  readonly message: string;
  /** In the object of the request. */
  readonly path: Path;
  readonly fingerprint: string;
  readonly container?: string;
  /** The policy's variables, as far as they were evaluated. */
  readonly variables?: Value | undefined;
  /** The item of a forEach, its key or index there, and its path in `object` where it is a part of it. */
  readonly item?: Value;
  readonly itemKey?: string | number;
  readonly itemPath?: Path;
}

/** What judging has found so far; the lists are appended to. */
export interface Outcome {
  /** True where violations are only counted: their messages are left empty. */
  readonly wordless?: boolean;
  /** The names of triggers that the object has; left out where every rule is to be evaluated. */
  readonly present?: ReadonlySet<string> | undefined;
  readonly violations: Violation[];
  readonly failures: EvaluationFailure[];
  readonly notJudged: NotJudged[];
}

/** Evaluates the policy's matchConditions and validations, in order, and appends what they give. */
export function validate(
  evaluation: Evaluation,
  policy: CompiledPolicy,
  subject: Subject,
  action: Finding['action'],
  outcome: Outcome,
): void {
  bindConditions(evaluation, policy, subject);
  if (!conditionsHold(evaluation, policy, action, outcome)) return;
  bindRules(evaluation, policy);
  for (const validation of policy.validations) {
    if (isIdle(validation.triggers, outcome.present)) continue;
    const asked = ruleAction(policy, validation, action);
    const rule: Rule = { evaluation, policy, subject, action: asked, validation, outcome };
    if (validation.forEach === undefined) judge(rule);
    else judgeItems(rule, evaluate(evaluation, validation.forEach));
  }
}

interface Rule {
  readonly evaluation: Evaluation;
  readonly policy: CompiledPolicy;
  readonly subject: Subject;
  readonly action: Finding['action'];
  readonly validation: CompiledValidation;
  readonly outcome: Outcome;
}

interface Item {
  readonly value: Value;
  readonly key: string | number;
  /** The list or map that the item was taken from. */
  readonly from: Value;
}

function judgeItems(rule: Rule, from: Result): void {
  const failed: CelError['kind'][] = [];
  if (Array.isArray(from)) {
    for (let key = 0; key < from.length; key++) judgeItem(rule, failed, from[key] as Value, key, from);
  } else if (!(from instanceof CelError) && isMap(from)) {
    for (const [key, value] of mapEntries(from)) judgeItem(rule, failed, value, String(key), from);
  } else {
    const error = from instanceof CelError ? from : new CelError('forEach gives neither a list nor a map');
    fail(rule, error, describeError(rule.validation.forEach as Program, error));
  }
}

/** `failed` are the kinds of errors that the rule has had. */
function judgeItem(rule: Rule, failed: CelError['kind'][], value: Value, key: string | number, from: Value): void {
  const { evaluation, validation } = rule;
  const { variables } = evaluation.activation;
  variables[SLOTS.item] = value;
  variables[SLOTS.itemKey] = key;
  const result = evaluate(evaluation, validation.program);
  if (result === true) return;
  if (result === false) {
    violate(rule, { value, key, from });
    return;
  }
  const error = errorOf(result);
  // One report per rule and kind: what fails for one item mostly fails for all.
  if (!failed.includes(error.kind)) fail(rule, error, `item ${key}: ${describeError(validation.program, error)}`);
  failed.push(error.kind);
}

function judge(rule: Rule): void {
  const { program } = rule.validation;
  const result = evaluate(rule.evaluation, program);
  if (result === true) return;
  if (result === false) {
    violate(rule, undefined);
    return;
  }
  const error = errorOf(result);
  fail(rule, error, describeError(program, error));
}

function errorOf(result: Result): CelError {
  return result instanceof CelError ? result : new CelError('the result is no bool');
}

function fail({ policy, validation, action, outcome }: Rule, error: CelError, message: string): void {
  report(outcome, { policy, rule: validation.name, action, error, message });
}

function violate(rule: Rule, item: Item | undefined): void {
  const { evaluation, policy, subject, validation, outcome } = rule;
  const action = violationAction(evaluation, policy, validation, rule.action);
  if (action instanceof CelError) fail(rule, action, describeError(validation.actionExpression as Program, action));
  if (action instanceof CelError || action === 'Off') return;
  const place = item === undefined ? [] : placeOf(evaluation, subject, item);
  const path = [...(place ?? []), ...validation.path];
  const wholePath = [...subject.prefix, ...(place === undefined ? [] : path)];
  const container = containerAt(subject.object, path);
  outcome.violations.push({
    policy,
    validation,
    action,
    message: outcome.wordless ? '' : messageOf(evaluation, validation),
    variables: evaluation.activation.variables[SLOTS.variables],
    path: wholePath,
    fingerprint: fingerprintOf(`${policy.id}/${validation.name}`, evaluation.request, wholePath),
    ...(container !== undefined && { container }),
    ...(item !== undefined && { item: item.value, itemKey: item.key }),
    ...(place !== undefined && item !== undefined && { itemPath: place }),
  });
}

/** By the identity of the item, or, for a scalar, of the list it was taken from; undefined for what an expression made. */
function placeOf(evaluation: Evaluation, { object }: Subject, item: Item): Path | undefined {
  const places = evaluation.places(object);
  const place = places(item.value);
  if (place !== undefined) return place;
  const list = places(item.from);
  return list === undefined ? undefined : [...list, item.key];
}
