import { compare } from '../compare.ts';
import { Duration, duration } from '../duration.ts';
import { equals } from '../equality.ts';
import type { FunctionDeclaration, Library, Overload } from '../function.ts';
import { double, doubleOf, int, integerOverflow, isDouble, isInt, uint, unsignedOverflow } from '../number.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  list,
  parameter,
  STRING,
  TIMESTAMP,
  type Type,
  UINT,
} from '../type.ts';
import { typeNameOf } from '../type-value.ts';
import { CelError, Double, type ListValue, type Result, Uint, type Value } from '../value.ts';
import { countWork } from '../work.ts';
import { comparesAll, makesList, readsTree, sizeOf } from './cost.ts';
import { declare, global, member } from './declare.ts';
import { distinctValues } from './distinct.ts';
import { sortByKeys } from './sort.ts';

type Int = number | bigint;

/** The longest list that `lists.range` makes, from cel-go. */
const LONGEST_RANGE = 1_000_000;

const noSuchOverload = (): CelError => new CelError('no such overload');
const isComparable = (value: Value): boolean => compare(value, value) !== undefined;

/**
 * `<list<T>>.isSorted() -> <bool>`, T being int, uint, double, bool, duration, timestamp, string or bytes: whether no
 * element is less than the one before it. Errors: `no such overload` for elements without an order.
 */
function isSorted(items: ListValue): Result {
  for (const [index, item] of items.entries()) {
    if (!isComparable(item)) return noSuchOverload();
    if (index > 0 && (compare(items[index - 1] as Value, item) ?? 0) > 0) return false;
  }
  return true;
}

/**
 * `<list<T>>.min() -> <T>` and `<list<T>>.max() -> <T>`, T as for `isSorted`: the first of the least or greatest.
 * Errors: `min called on empty list`, `no such overload`.
 */
function extreme(name: 'min' | 'max'): (items: ListValue) => Result {
  const direction = name === 'min' ? 1 : -1;
  return (items) => {
    let found = items[0];
    for (const item of items) {
      if (!isComparable(item)) return noSuchOverload();
      if ((compare(found as Value, item) ?? 0) * direction > 0) found = item;
    }
    return found ?? (items.length === 0 ? new CelError(`${name} called on empty list`) : noSuchOverload());
  };
}

type Addition = (sum: Value, item: Value) => Result;

const addInts: Addition = (sum, item) => {
  if (!isInt(sum) || !isInt(item)) return noSuchOverload();
  const quick = typeof sum === 'number' && typeof item === 'number' ? sum + item : Number.NaN;
  return Number.isSafeInteger(quick) ? quick : (int(BigInt(sum) + BigInt(item)) ?? integerOverflow());
};
const addUints: Addition = (sum, item) =>
  sum instanceof Uint && item instanceof Uint ? (uint(sum.value + item.value) ?? unsignedOverflow()) : noSuchOverload();
const addDoubles: Addition = (sum, item) =>
  isDouble(sum) && isDouble(item) ? double(doubleOf(sum) + doubleOf(item)) : noSuchOverload();
const addDurations: Addition = (sum, item) => {
  if (!(sum instanceof Duration && item instanceof Duration)) return noSuchOverload();
  return duration(sum.nanoseconds + item.nanoseconds) ?? integerOverflow();
};

/**
 * `<list<T>>.sum() -> <T>`, T being int, uint, double or duration: 0 for the empty list.
 * Errors: `integer overflow`, `no such overload` for elements of another type.
 */
function sum(zero: Value, add: Addition): (items: ListValue) => Result {
  return (items) => {
    let total: Result = zero;
    for (const item of items) {
      total = add(total, item);
      if (total instanceof CelError) return total;
    }
    return total;
  };
}

/** `<list<A>>.indexOf(<A>) -> <int>`: the index of the first element that is equal, -1 without one. */
function indexOf(items: ListValue, wanted: Value): Result {
  return items.findIndex((item) => equals(item, wanted));
}

/** `<list<A>>.lastIndexOf(<A>) -> <int>`: the index of the last element that is equal, -1 without one. */
function lastIndexOf(items: ListValue, wanted: Value): Result {
  return items.findLastIndex((item) => equals(item, wanted));
}

/** `<dyn>.includes(<dyn>) -> <bool>`: whether a list holds the argument; anything else, whether it is the argument. 1.37. */
function includes(target: Value, wanted: Value): Result {
  return Array.isArray(target) ? target.some((item: Value) => equals(item, wanted)) : equals(target, wanted);
}

/**
 * `<list<T>>.slice(<int>, <int>) -> <list<T>>`: from a start, before an end.
 * Errors: `cannot slice(S, E), negative indexes not supported`, `…, start index must be less than or equal to end
 * index`, `…, list is length N`.
 */
function slice(items: ListValue, start: Int, end: Int): Result {
  const wrong = (why: string): CelError => new CelError(`cannot slice(${start}, ${end}), ${why}`);
  if (start < 0 || end < 0) return wrong('negative indexes not supported');
  if (start > end) return wrong('start index must be less than or equal to end index');
  return end > items.length ? wrong(`list is length ${items.length}`) : items.slice(Number(start), Number(end));
}

/**
 * `<list<list<T>>>.flatten() -> <list<T>>`, `<list<dyn>>.flatten(<int>) -> <list<dyn>>`: lists inside are replaced by
 * their elements, to a depth of 1 or N. Errors: `level must be non-negative`.
 */
function flatten(items: Value, depth: Value = 1): Result {
  if (!Array.isArray(items) || !isInt(depth)) return unflattable(items, depth);
  return depth < 0 ? new CelError('level must be non-negative') : flattened(items, Number(depth), []);
}

function flattened(items: ListValue, depth: number, into: Value[]): Value[] {
  for (const item of items) {
    countWork();
    if (Array.isArray(item) && depth > 0) flattened(item, depth - 1, into);
    else into.push(item);
  }
  return into;
}

function flattenOnce(items: Value): Result {
  return Array.isArray(items) ? flatten(items) : unflattable(items);
}

function unflattable(items: Value, depth?: Value): CelError {
  return new CelError(
    `no such overload: ${typeNameOf(items)}.flatten(${depth === undefined ? '' : typeNameOf(depth)})`,
  );
}

/** `<list<T>>.distinct() -> <list<T>>`: the first of equal elements, in their order. */
function distinct(items: ListValue): Result {
  return distinctValues(items);
}

/** `<list<T>>.reverse() -> <list<T>>`. */
function reverse(items: ListValue): Result {
  return items.toReversed();
}

/**
 * `<list<T>>.sort() -> <list<T>>`, T as for `isSorted`.
 * Errors: `list elements must be comparable`, `list elements must have the same type`.
 */
function sort(items: Value): Result {
  return Array.isArray(items) ? sortByKeys(items, items) : new CelError('no such overload: sort');
}

/**
 * `lists.range(<int>) -> <list<int>>`: 0 to N-1. Errors: `lists.range: size must be non-negative, got N`,
 * `lists.range: size N exceeds maximum allowed (1000000)`.
 */
function range(count: Int): Result {
  if (count < 0) return new CelError(`lists.range: size must be non-negative, got ${count}`);
  if (count > LONGEST_RANGE) {
    return new CelError(`lists.range: size ${count} exceeds maximum allowed (${LONGEST_RANGE})`);
  }
  return firstInts(Number(count));
}

/** `lists.range` of 1.36: nothing for a negative size, and any size. One more than 1.37 allows is over every budget. */
function anyRange(count: Int): Result {
  return firstInts(Math.min(Math.max(Number(count), 0), LONGEST_RANGE + 1));
}

function firstInts(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

const ORDERED: Readonly<Record<string, Type>> = {
  int: INT,
  uint: UINT,
  double: DOUBLE,
  bool: BOOL,
  duration: DURATION,
  timestamp: TIMESTAMP,
  string: STRING,
  bytes: BYTES,
};

/** One overload for each type with an order, as the API server declares them. */
function perOrderedType(make: (name: string, type: Type) => Overload): Overload[] {
  return Object.entries(ORDERED).map(([name, type]) => make(name, type));
}

const SUMS: readonly Overload[] = [
  member('list_int_sum_int', [list(INT)], INT, sum(0, addInts)),
  member('list_uint_sum_uint', [list(UINT)], UINT, sum(new Uint(0n), addUints)),
  member('list_double_sum_double', [list(DOUBLE)], DOUBLE, sum(new Double(0), addDoubles)),
  member('list_duration_sum_duration', [list(DURATION)], DURATION, sum(new Duration(0n), addDurations)),
];

const T = parameter('T');
const A = parameter('A');
const LIST = list(T);

type Cost = Overload['cost'];

const makesResult: Cost = (_args, result) => makesList(sizeOf(result));
const rangeCost: Cost = ([count], result) => makesList(result === undefined ? 1 : Math.max(Number(count), 0));
/** A negative depth is an error, but costs as much as a depth of 1. */
const flattens: Cost = ([items, depth = 1]) => makesList(sizeOf(items), isInt(depth) && depth >= 0 ? Number(depth) : 1);
const comparesFirst: Cost = ([items]) => comparesAll(items);
const comparesKeys: Cost = ([, keys]) => comparesAll(keys);

const costing = (overload: Overload, cost: Cost): Overload => (cost === undefined ? overload : { ...overload, cost });
const unguarded = (overload: Overload): Overload => ({ ...overload, unguarded: true });

const KUBERNETES: readonly FunctionDeclaration[] = [
  declare(
    'isSorted',
    perOrderedType((name, type) => member(`list_${name}_is_sorted_bool`, [list(type)], BOOL, isSorted)),
    readsTree,
  ),
  declare('sum', SUMS, readsTree),
  declare(
    'min',
    perOrderedType((name, type) => member(`list_${name}_min_${name}`, [list(type)], type, extreme('min'))),
    readsTree,
  ),
  declare(
    'max',
    perOrderedType((name, type) => member(`list_${name}_max_${name}`, [list(type)], type, extreme('max'))),
    readsTree,
  ),
  declare('indexOf', [member('list_a_index_of_int', [list(A), A], INT, indexOf)], readsTree),
  declare('lastIndexOf', [member('list_a_last_index_of_int', [list(A), A], INT, lastIndexOf)], readsTree),
  { ...declare('includes', [member('list_includes_dyn_dyn', [DYN, DYN], BOOL, includes)], readsTree), since: '1.37' },
];

const CEL_GO: readonly FunctionDeclaration[] = [
  declare('slice', [costing(member('list_slice', [LIST, INT, INT], LIST, slice), makesResult)]),
  declare('flatten', [
    unguarded(costing(member('list_flatten', [list(LIST)], LIST, flattenOnce), flattens)),
    unguarded(costing(member('list_flatten_int', [list(DYN), INT], list(DYN), flatten), flattens)),
  ]),
  declare('distinct', [costing(member('list_distinct', [LIST], LIST, distinct), comparesFirst)]),
  declare('reverse', [costing(member('list_reverse', [LIST], LIST, reverse), makesResult)]),
  declare(
    'sort',
    perOrderedType((name, type) =>
      unguarded(costing(member(`list_${name}_sort`, [list(type)], list(type), sort), comparesFirst)),
    ),
  ),
  declare(
    '@sortByAssociatedKeys',
    perOrderedType((name, type) =>
      unguarded(
        costing(member(`list_${name}_sortByAssociatedKeys`, [LIST, list(type)], LIST, sortByKeys), comparesKeys),
      ),
    ),
  ),
  { ...declare('lists.range', [costing(global('lists_range', [INT], list(INT), range), makesResult)]), since: '1.37' },
  { ...declare('lists.range', [costing(global('lists_range', [INT], list(INT), anyRange), rangeCost)]), until: '1.36' },
];

/** Kubernetes' `lists` library, in every version, and cel-go's, version 3, since 1.34. */
export const LISTS: Library = { name: 'lists', functions: [...KUBERNETES, ...CEL_GO] };
