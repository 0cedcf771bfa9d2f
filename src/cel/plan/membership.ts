import { isDouble } from '../number.ts';
import { CelError, type ListValue, mapKey, Uint, type Value } from '../value.ts';
import { ownField } from './lookup.ts';
import { constantPlan, type Plan } from './plan.ts';
import type { Step } from './step.ts';

/**
 * `value in [constants]` as a set, which costs nothing; undefined where an element is not a scalar. An empty list holds
 * nothing, and its value is not even evaluated.
 */
export function membershipStep(value: Step, items: ListValue): Plan | undefined {
  if (items.length === 0) return constantPlan(false);
  if (!items.every(isScalar)) return undefined;
  const members = new Set(items.map(mapKey));
  return {
    step: (activation) => {
      const wanted = value(activation);
      if (typeof wanted === 'string') return members.has(wanted);
      if (wanted instanceof CelError) return wanted;
      const key = mapKey(wanted);
      return key !== undefined && members.has(key);
    },
  };
}

function isScalar(value: Value): boolean {
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value) || isDouble(value) || value instanceof Uint;
}

/** `'key' in map` where the map is a path; anything but a plain object goes the general way. */
export function keyInMapStep(container: Step, key: string, general: Step): Step {
  return (activation) => {
    const before = activation.cost;
    const holder = container(activation);
    if (typeof holder === 'object' && holder !== null && Object.getPrototypeOf(holder) === Object.prototype) {
      activation.cost++;
      return ownField(holder as Value, key) !== undefined;
    }
    activation.cost = before;
    return general(activation);
  };
}
