import { equals } from '../equality.ts';
import { CelError, type ListValue, mapKey, type Value } from '../value.ts';

/**
 * So many lists, maps or other values without a key of their own are compared one by one; more cost more than Kubernetes
 * lets an expression spend, so that nobody sees the result.
 */
const MOST_COMPARED = 1_000;

/** The first of equal values, in their order: scalars by their keys, in linear time. */
export function distinctValues(items: ListValue): ListValue | CelError {
  const keys = new Set<unknown>();
  const compared: Value[] = [];
  const kept: Value[] = [];
  for (const item of items) {
    const key = mapKey(item);
    if (key === undefined) {
      if (compared.some((known) => equals(known, item))) continue;
      if (compared.push(item) > MOST_COMPARED) return new CelError('list is too long to be compared');
    } else if (!Number.isNaN(key)) {
      if (keys.has(key)) continue;
      keys.add(key);
    }
    kept.push(item);
  }
  return kept;
}
