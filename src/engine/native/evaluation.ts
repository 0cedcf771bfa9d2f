import type { Program } from '../../cel/program.ts';
/**
 * Evaluates expressions of native policies with the costs, the variables and the words of the API server
 * (k8s.io/apiserver/pkg/admission/plugin/cel, …/webhook/matchconditions).
 */
import { CelError, type Result } from '../../cel/value.ts';
import { COST_OF_CONDITIONS, COST_PER_EXPRESSION } from '../budget.ts';
import type { CompiledPolicy } from '../compiled.ts';
import type { KubernetesObject } from '../decision.ts';
import { NATIVE_VARIABLES_SLOT, SLOTS } from '../environment.ts';
import type { Evaluation } from '../evaluation.ts';
import { Variables } from '../variables.ts';

/** What a group of expressions may still cost together. */
export interface Meter {
  remaining: number;
}

/** The end of a group whose costs have passed the limit: nothing of what it found counts. */
export class OutOfBudget {
  readonly message = 'validation failed due to running out of cost budget, no further validation rules will be run';
}

/** Gives the expressions to come the object as it is now, the params of this invocation, and fresh variables. */
export function bindNative(evaluation: Evaluation, policy: CompiledPolicy, params: KubernetesObject | null): void {
  const { activation, request } = evaluation;
  const { variables } = activation;
  variables[SLOTS.object] = request.object;
  variables[SLOTS.oldObject] = request.oldObject;
  variables[SLOTS.params] = params;
  variables[NATIVE_VARIABLES_SLOT] = new Variables(policy.variables, activation, Number.POSITIVE_INFINITY);
}

/** One expression within its own limit; its cost, with that of the variables it asked for first, counts for the group. */
export function evaluateNative({ activation }: Evaluation, program: Program, meter: Meter): Result | OutOfBudget {
  activation.cost = 0;
  activation.limit = COST_PER_EXPRESSION;
  const result = program.evaluate(activation);
  meter.remaining -= activation.cost;
  return meter.remaining < 0 ? new OutOfBudget() : result;
}

/** An error of an expression, as the API server words it. */
export function nativeError(program: Program, { message }: CelError): string {
  return `expression '${program.source}' resulted in error: ${message}`;
}

export type Conditions =
  | { readonly hold: boolean }
  /** Whether it refuses anything is failurePolicy's to say; `unknown` is for neither. */
  | { readonly failed: string; readonly kind: CelError['kind'] };

/**
 * The matchConditions, all of them evaluated: any false skips the policy, whatever the others say; else errors fail it
 * together. They see no Namespace: `namespaceObject` is null.
 */
export function nativeConditions(evaluation: Evaluation, policy: CompiledPolicy): Conditions {
  const { variables } = evaluation.activation;
  const namespace = variables[SLOTS.namespaceObject];
  variables[SLOTS.namespaceObject] = null;
  const conditions = evaluateConditions(evaluation, policy);
  variables[SLOTS.namespaceObject] = namespace;
  return conditions;
}

function evaluateConditions(evaluation: Evaluation, { matchConditions }: CompiledPolicy): Conditions {
  const meter = { remaining: COST_OF_CONDITIONS };
  const errors: string[] = [];
  let isFalse = false;
  let unknown: CelError | undefined;
  for (const { program } of matchConditions) {
    const result = evaluateNative(evaluation, program, meter);
    if (result instanceof OutOfBudget) return { failed: result.message, kind: 'error' };
    if (result === false) isFalse = true;
    if (!(result instanceof CelError)) continue;
    if (result.kind === 'unknown') unknown = result;
    else errors.push(nativeError(program, result));
  }
  if (isFalse) return { hold: false };
  if (unknown) return { failed: unknown.message, kind: 'unknown' };
  return errors.length === 0 ? { hold: true } : { failed: aggregate(errors), kind: 'error' };
}

/** Several errors as one, each text once. */
function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)];
  return distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`;
}
