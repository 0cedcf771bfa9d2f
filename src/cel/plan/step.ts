import type { Activation } from '../environment.ts';
import { CelError, type Result, type Value } from '../value.ts';
import type { Attribute } from './attribute.ts';

/** One planned node: evaluates and adds its cost to the activation. */
export type Step = (activation: Activation) => Result;

/** What a node is planned to: a step, and what its parent may know about it. */
export interface Plan {
  readonly step: Step;
  /** The value of a node that needs no evaluation, which costs nothing. */
  readonly constant?: Value;
  /** A path that selections and indexing make longer instead of evaluating it. */
  readonly attribute?: Attribute;
}

/** The plan of a value that is known. */
export function constantPlan(value: Value): Plan {
  return { step: () => value, constant: value };
}

/** The error, pointing to the node that met it first. */
export function located(error: CelError, at: number): CelError {
  if (error.at < 0) error.at = at;
  return error;
}

/** The error of two terms that both failed: an unknown wins, else the first. */
export function merged(first: CelError | undefined, second: CelError): CelError {
  return first === undefined || (second.kind === 'unknown' && first.kind !== 'unknown') ? second : first;
}

/** What a condition that is not a bool amounts to. */
export function notBool(result: Result): CelError {
  return result instanceof CelError ? result : new CelError('no such overload');
}
