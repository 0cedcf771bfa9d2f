import { equals } from '../equality.ts';
import type { FunctionDeclaration, Library, Overload } from '../function.ts';
import { BOOL, list, parameter } from '../type.ts';
import type { ListValue, Value } from '../value.ts';
import { sizeOf } from './cost.ts';
import { declare, global } from './declare.ts';

const LIST = list(parameter('T'));

const holds = (items: ListValue, wanted: Value): boolean => items.some((item) => equals(item, wanted));

/** `sets.contains(<list<T>>, <list<T>>) -> <bool>`: every element of the second is in the first. */
function contains(items: ListValue, wanted: ListValue): boolean {
  return wanted.every((item) => holds(items, item));
}

/** `sets.equivalent(<list<T>>, <list<T>>) -> <bool>`: each contains the other; duplicates and order do not count. */
function equivalent(a: ListValue, b: ListValue): boolean {
  return contains(a, b) && contains(b, a);
}

/** `sets.intersects(<list<T>>, <list<T>>) -> <bool>`: some element of the first is in the second. */
function intersects(a: ListValue, b: ListValue): boolean {
  return a.some((item) => holds(b, item));
}

function declareSet(name: string, test: (a: ListValue, b: ListValue) => boolean, passes: number): FunctionDeclaration {
  const cost: Overload['cost'] = ([a, b]) => 1 + sizeOf(a) * sizeOf(b) * passes;
  return declare(`sets.${name}`, [{ ...global(`list_sets_${name}_list`, [LIST, LIST], BOOL, test), cost }]);
}

/** cel-go's `sets` extension, in every Kubernetes since 1.29. */
export const SETS: Library = {
  name: 'sets',
  functions: [
    declareSet('contains', contains, 1),
    declareSet('equivalent', equivalent, 2),
    declareSet('intersects', intersects, 1),
  ],
};
