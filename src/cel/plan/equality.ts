import { equals } from '../equality.ts';
import { traversal } from '../library/cost.ts';
import { costSize } from '../size.ts';
import { Boxed, CelError, MapValue, Optional, type Result, type Value } from '../value.ts';
import type { Plan } from './plan.ts';
import type { Step } from './step.ts';

/** `a == b` or `a != b`; both sides are evaluated even where the first is an error. */
export function equalityStep(left: Plan, right: Plan, negated: boolean): Step {
  const simple = simpleConstant(right.constant);
  if (simple !== undefined) return constantStep(left.step, simple, negated);
  return generalStep(left.step, right.step, negated);
}

function generalStep(left: Step, right: Step, negated: boolean): Step {
  return (activation) => {
    const a = left(activation);
    const b = right(activation);
    activation.cost += equalityCost(a, b, negated);
    if (a instanceof CelError) return a;
    if (b instanceof CelError) return b;
    return compareEqual(a, b, negated);
  };
}

function compareEqual(a: Value, b: Value, negated: boolean): Result {
  if (a === null || b === null) return (a === b) !== negated;
  if (a instanceof Boxed && !a.comparable(b)) return negated ? true : new CelError('no such overload');
  return equals(a, b) !== negated;
}

// A string is at most ten characters here, so that comparing with it costs 1, or nothing where one side is empty.
function constantStep(left: Step, constant: string | number | boolean | null, negated: boolean): Step {
  const cost = constant === '' ? 0 : 1;
  return (activation) => {
    const value = left(activation);
    if (typeof value === 'string') {
      if (value !== '') activation.cost += cost;
      return (value === constant) !== negated;
    }
    if (value === null || typeof value === 'boolean' || typeof value === 'number') {
      activation.cost += cost;
      return (value === constant) !== negated;
    }
    activation.cost += equalityCost(value, constant, negated);
    return value instanceof CelError ? value : compareEqual(value, constant, negated);
  };
}

function simpleConstant(value: Value | undefined): string | number | boolean | null | undefined {
  if (typeof value === 'string') return value.length <= 10 ? value : undefined;
  if (value === null || typeof value === 'boolean') return value;
  return typeof value === 'number' ? value : undefined;
}

// The library types count as one, whatever their size.
function equalityCost(a: Result, b: Result, negated: boolean): number {
  if (!negated && a instanceof Boxed && !(a instanceof MapValue) && !(a instanceof Optional)) return 1;
  return traversal(Math.min(a instanceof CelError ? 1 : costSize(a), b instanceof CelError ? 1 : costSize(b)));
}
