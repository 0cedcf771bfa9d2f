import { equals, mapGet } from '../equality.ts';
import type { Library } from '../function.ts';
import { declare, global, member } from '../library/declare.ts';
import { costSize, sizeOf } from '../size.ts';
import { BOOL, BYTES, INT, list, map, parameter, STRING } from '../type.ts';
import type { JsonMap, ListValue, MapValue, Value } from '../value.ts';

const A = parameter('A');
const B = parameter('B');

/** `value in list`: some element equals the value. */
function inList(value: Value, items: ListValue): boolean {
  for (let index = 0; index < items.length; index++) {
    if (equals(items[index] as Value, value)) return true;
  }
  return false;
}

const inMap = (key: Value, entries: JsonMap | MapValue): boolean => mapGet(entries, key) !== undefined;

const size = (value: Value): number => sizeOf(value) ?? 0;

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
