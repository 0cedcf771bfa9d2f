/** The members that compare: those of Quantity are those of Semver. */
import type { FunctionDeclaration } from '../function.ts';
import { BOOL, INT, type Type } from '../type.ts';
import { declare, member } from './declare.ts';

/**
 * Of an ordered type of Kubernetes, whose overloads' ids begin with `name`:
 *
 * - `<T>.compareTo(<T>) -> <int>`: -1, 0 or 1
 * - `<T>.isGreaterThan(<T>) -> <bool>`
 * - `<T>.isLessThan(<T>) -> <bool>`
 */
export function comparisons<T>(
  name: string,
  type: Type,
  compare: (a: T, b: T) => number,
): readonly FunctionDeclaration[] {
  const both = [type, type];
  return [
    declare('compareTo', [member(`${name}_compare_to`, both, INT, compare)]),
    declare('isGreaterThan', [member(`${name}_is_greater_than`, both, BOOL, (a: T, b: T) => compare(a, b) > 0)]),
    declare('isLessThan', [member(`${name}_is_less_than`, both, BOOL, (a: T, b: T) => compare(a, b) < 0)]),
  ];
}
