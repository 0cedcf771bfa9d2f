import { OverBudget } from './budget.ts';

// About 50 ms; the costs of the API server stay far below, since a value from a request has fewer parts.
const LIMIT = 5_000_000;
let done = 0;

/** Starts the count of an evaluation. */
export function startWork(): void {
  done = 0;
}

/**
 * Counts steps inside a value, for functions that walk a whole tree: values may share their parts, so that a small list
 * can be a tree without an end, and costs do not always see it. Throws OverBudget, which ends the evaluation.
 */
export function countWork(steps = 1): void {
  done += steps;
  if (done > LIMIT) throw new OverBudget();
}
