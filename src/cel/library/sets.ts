import { equals } from '../equality.ts';
import type { FunctionDeclaration, Library, Overload } from '../function.ts';
import { BOOL, list, parameter } from '../type.ts';
import { CelError, type ListValue, type Result, type Value } from '../value.ts';
import { sizeOf } from './cost.ts';
import { declare, global } from './declare.ts';

const LIST = list(parameter('T'));

/** More comparisons cost more than Kubernetes lets an expression spend, so that nobody sees their result. */
const MOST_COMPARISONS = 1_000_000;

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

type SetTest = (a: ListValue, b: ListValue) => boolean;

function bounded(test: SetTest): (a: ListValue, b: ListValue) => Result {
  return (a, b) =>
    a.length * b.length > MOST_COMPARISONS ? new CelError('lists are too long to be compared') : test(a, b);
}

function declareSet(name: string, test: SetTest, passes: number): FunctionDeclaration {
  const cost: Overload['cost'] = ([a, b]) => 1 + sizeOf(a) * sizeOf(b) * passes;
  return declare(`sets.${name}`, [{ ...global(`list_sets_${name}_list`, [LIST, LIST], BOOL, bounded(test)), cost }]);
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
