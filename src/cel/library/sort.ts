import { compare } from '../compare.ts';
import { typeNameOf } from '../type-value.ts';
import { CelError, type Result, type Value } from '../value.ts';
import { countWork } from '../work.ts';

/** Up to this length Go sorts by insertion, which shows where elements have no order (NaN). */
const SHORT = 12;

/**
 * `<list<T>>.@sortByAssociatedKeys(<list<U>>) -> <list<T>>`, what the macro `sortBy` calls: the elements in the order of
 * their keys. The order of elements with equal keys is kept; in Kubernetes it is only in lists of up to 12 elements.
 * Errors: `list elements must be comparable`, `list elements must have the same type`.
 */
export function sortByKeys(items: Value, keys: Value): Result {
  if (!Array.isArray(items) || !Array.isArray(keys)) return new CelError('no such overload: @sortByAssociatedKeys');
  if (items.length !== keys.length) {
    return new CelError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${items.length} and ${keys.length} elements respectively`,
    );
  }
  const first: Value | undefined = keys[0];
  if (first === undefined) return items;
  if (compare(first, first) === undefined) return new CelError('list elements must be comparable');
  // Costs see one call, however long the list is.
  countWork(keys.length * Math.ceil(Math.log2(keys.length + 1)));
  const type = typeNameOf(first);
  if (keys.some((key) => typeNameOf(key) !== type)) return new CelError('list elements must have the same type');
  const less = (a: number, b: number): boolean => (compare(keys[a] as Value, keys[b] as Value) ?? 0) < 0;
  return sorted(keys.length, less).map((index) => items[index] as Value);
}

function sorted(length: number, less: (a: number, b: number) => boolean): number[] {
  const indices = Array.from({ length }, (_, index) => index);
  if (length > SHORT) return indices.sort((a, b) => (less(a, b) ? -1 : less(b, a) ? 1 : 0));
  for (let end = 1; end < length; end++) {
    for (let at = end; at > 0 && less(indices[at] as number, indices[at - 1] as number); at--) {
      [indices[at - 1], indices[at]] = [indices[at] as number, indices[at - 1] as number];
    }
  }
  return indices;
}
