import { CelError } from './value.ts';

/** The API server's limit of one expression. */
export const EXPRESSION_LIMIT = 1_000_000;

/** What evaluations have cost so far, and may cost. */
export interface Meter {
  cost: number;
  limit: number;
  /** Elements that lists were copied into, which costs do not count; the engine's own. */
  copied?: number;
}

/** The error of an evaluation that passed the limit of its meter. */
export class BudgetError extends CelError {
  constructor() {
    super('operation cancelled: actual cost limit exceeded');
  }
}

/** Unwinds an evaluation that passed its limit, past everything that absorbs errors; caught in Program.evaluate. */
export class OverBudget extends Error {}

/** Ends the evaluation where its costs have passed the limit. Loops and calls whose cost has no fixed bound ask this. */
export function checkBudget(meter: Meter): void {
  if (meter.cost > meter.limit) throw new OverBudget();
}

// A list of that many elements takes 80 MB; reading it costs more than any limit.
const COPY_LIMIT = 10_000_000;

/** Counts the elements of a list that was copied: its cost is 1, whatever its length, and lists that double grow fast. */
export function countCopy(meter: Meter, length: number): void {
  meter.copied = (meter.copied ?? 0) + length;
  if (meter.copied > COPY_LIMIT) throw new OverBudget();
}

/** True for the error of an evaluation that passed its limit, as opposed to an error of the expression. */
export function isBudgetError(result: unknown): result is BudgetError {
  return result instanceof BudgetError;
}
