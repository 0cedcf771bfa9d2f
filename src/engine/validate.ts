import type { Program } from '../cel/program.ts';
/** Judges one request by one validating policy. What it means for the request is decided elsewhere. */
import { CelError, isMap, MapValue, type Result, type Value } from '../cel/value.ts';
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

function judgeItems(rule: Rule, result: Result): void {
  const { evaluation, validation } = rule;
  const items = result instanceof CelError ? result : itemsOf(result);
  if (items instanceof CelError) {
    fail(rule, items, describeError(validation.forEach as Program, items));
    return;
  }
  const failed = new Set<CelError['kind']>();
  for (const item of items) {
    evaluation.activation.variables[SLOTS.item] = item.value;
    evaluation.activation.variables[SLOTS.itemKey] = item.key;
    const result = evaluate(evaluation, validation.program);
    if (result === true) continue;
    if (result === false) {
      violate(rule, item);
      continue;
    }
    const error = errorOf(result);
    // One report per rule and kind: what fails for one item mostly fails for all.
    if (!failed.has(error.kind)) fail(rule, error, `item ${item.key}: ${describeError(validation.program, error)}`);
    failed.add(error.kind);
  }
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

/** The items of a list, or the values of a map: neither is a mistake of the policy, or an object of another shape. */
function itemsOf(from: Value): readonly Item[] | CelError {
  if (Array.isArray(from)) return from.map((value, key) => ({ value, key, from }));
  if (from instanceof MapValue) {
    return Array.from(from.entries.values(), ({ key, value }) => ({ value, key: String(key), from }));
  }
  if (isMap(from)) return Object.entries(from).map(([key, value]) => ({ value, key, from }));
  return new CelError('forEach gives neither a list nor a map');
}
