import { CelError, Optional, type Result, type Value } from '../value.ts';
import type { Plan } from './plan.ts';
import { merged, notBool, type Step } from './step.ts';

/** `a && b && …`: false wins over everything, then unknown, then the first error. */
export function andStep(terms: readonly Step[]): Step {
  const [first, second] = terms;
  if (first && second && terms.length === 2) {
    return (activation) => {
      const left = first(activation);
      if (left === false) return false;
      const right = second(activation);
      if (left === true && typeof right === 'boolean') return right;
      return absorb(left, right, false);
    };
  }
  return chain(terms, false);
}

/** `a || b || …`: true wins over everything, then unknown, then the first error. */
export function orStep(terms: readonly Step[]): Step {
  const [first, second] = terms;
  if (first && second && terms.length === 2) {
    return (activation) => {
      const left = first(activation);
      if (left === true) return true;
      const right = second(activation);
      if (left === false && typeof right === 'boolean') return right;
      return absorb(left, right, true);
    };
  }
  return chain(terms, true);
}

function absorb(left: Result, right: Result, winner: boolean): Result {
  if (right === winner) return winner;
  const error = left === !winner ? undefined : notBool(left);
  return right === !winner ? (error ?? right) : merged(error, notBool(right));
}

function chain(terms: readonly Step[], winner: boolean): Step {
  return (activation) => {
    let error: CelError | undefined;
    for (const term of terms) {
      const value = term(activation);
      if (value === winner) return winner;
      if (value !== !winner) error = merged(error, notBool(value));
    }
    return error ?? !winner;
  };
}

/**
 * `optional.or(other)` and `optional.orValue(value)`: the other is evaluated only where there is no value. What is no
 * optional is for `otherwise`.
 */
export function orElseStep(
  { step, held: heldBy }: Plan,
  other: Step,
  unwrap: boolean,
  otherwise: (value: Value) => Result,
): Step {
  if (heldBy && unwrap) {
    return (activation) => {
      const value = heldBy(activation);
      return value === undefined ? other(activation) : value;
    };
  }
  return (activation) => {
    const held = step(activation);
    if (!(held instanceof Optional)) return held instanceof CelError ? held : otherwise(held);
    if (held.value === undefined) return other(activation);
    return unwrap ? held.value : held;
  };
}
