import type { Activation } from '../activation.ts';
import { CelError, type Result } from '../value.ts';

/** One planned node: evaluates and adds its cost to the activation. */
export type Step = (activation: Activation) => Result;

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
