import { EXPRESSION_LIMIT, type Meter } from './budget.ts';
import type { Value } from './value.ts';

/**
 * The inputs and the meter of evaluations. One activation serves all expressions of a policy on one request: `cost` adds
 * up over them until the host resets it; an evaluation that passes `limit` ends in a budget error that nothing absorbs.
 */
export interface Activation extends Meter {
  /** By slot of the environment. */
  readonly variables: (Value | undefined)[];
}

/** An activation with the values of variables by name; names that the environment does not have are left out. */
export function activation(
  environment: { readonly slots: ReadonlyMap<string, number> },
  values: Readonly<Record<string, Value>>,
  limit = EXPRESSION_LIMIT,
): Activation {
  const variables: (Value | undefined)[] = new Array(environment.slots.size).fill(undefined);
  for (const [name, value] of Object.entries(values)) {
    const slot = environment.slots.get(name);
    if (slot !== undefined) variables[slot] = value;
  }
  return { variables, cost: 0, limit };
}
