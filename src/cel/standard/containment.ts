import { equals, mapGet } from '../equality.ts';
import type { Library } from '../function.ts';
import { declare, global, member } from '../library/declare.ts';
import { costSize, sizeOf } from '../size.ts';
import { BOOL, BYTES, INT, list, map, parameter, STRING } from '../type.ts';
import type { JsonMap, ListValue, MapValue, Value } from '../value.ts';
import { countWork } from '../work.ts';

const A = parameter('A');
const B = parameter('B');

// A comparison of scalars takes the time of that many steps inside a value.
const COMPARISON_WORK = 1 / 20;

/** `value in list`: some element equals the value. */
function inList(value: Value, items: ListValue): boolean {
  countWork(items.length * COMPARISON_WORK);
  for (let index = 0; index < items.length; index++) {
    if (equals(items[index] as Value, value)) return true;
  }
  return false;
}

const inMap = (key: Value, entries: JsonMap | MapValue): boolean => mapGet(entries, key) !== undefined;

// Looking for characters of two units takes the time of that many steps inside a value.
const UNIT_WORK = 1 / 50;

function size(value: Value): number {
  if (typeof value === 'string') countWork(value.length * UNIT_WORK);
  return sizeOf(value) ?? 0;
}

const SIZED = [
  ['string', STRING],
  ['bytes', BYTES],
  ['list', list(A)],
  ['map', map(A, B)],
] as const;

/** `in` and `size`. */
export const CONTAINMENT: Library = {
  name: 'containment',
  functions: [
    declare('@in', [
      { ...global('in_list', [A, list(A)], BOOL, inList), cost: ([, items]) => costSize(items ?? null) },
      global('in_map', [A, map(A, B)], BOOL, inMap),
    ]),
    declare('size', [
      ...SIZED.map(([name, type]) => global(`size_${name}`, [type], INT, size)),
      ...SIZED.map(([name, type]) => member(`${name}_size`, [type], INT, size)),
    ]),
  ],
};
