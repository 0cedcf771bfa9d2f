import { EXPRESSION_LIMIT } from './budget.ts';
import type { Activation, Environment } from './environment.ts';
import type { Value } from './value.ts';

/** An activation with the values of variables by name; names that the environment does not have are left out. */
export function activation(
  environment: Environment,
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
