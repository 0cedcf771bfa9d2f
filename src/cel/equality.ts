import { Boxed, isMap, type JsonMap, MapValue, mapKey, Optional, StructValue, type Value } from './value.ts';
import { countWork } from './work.ts';

/**
 * CEL equality: across numeric types by value, deep for lists and maps; false, never an error, for different types.
 * Counts as work, which ends an evaluation that compares without an end.
 */
export function equals(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (typeof a === 'object') return sameObject(a, b);
  if (b instanceof Boxed) return b.equals(a);
  if (typeof a === 'bigint') return typeof b === 'number' && Number.isInteger(b) && BigInt(b) === a;
  if (typeof b === 'bigint') return typeof a === 'number' && Number.isInteger(a) && BigInt(a) === b;
  return false;
}

function sameObject(a: Value & object, b: Value): boolean {
  countWork();
  if (a instanceof Boxed) return sameBoxed(a, b);
  if (Array.isArray(a)) return Array.isArray(b) && sameLists(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && sameBytes(a, b);
  return isMap(b) && sameMaps(a as JsonMap, b);
}

function sameBoxed(a: Boxed, b: Value): boolean {
  if (a instanceof MapValue) return isMap(b) && sameMaps(a, b);
  if (a instanceof Optional) return b instanceof Optional && sameOptionals(a.value, b.value);
  if (a instanceof StructValue)
    return b instanceof StructValue && a.typeName === b.typeName && sameMaps(a.fields, b.fields);
  return a.equals(b);
}

function sameOptionals(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equals(a, b);
}

function sameLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!equals(a[index] as Value, b[index] as Value)) return false;
  }
  return true;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function sameMaps(a: JsonMap | MapValue, b: JsonMap | MapValue): boolean {
  if (mapSize(a) !== mapSize(b)) return false;
  for (const [key, value] of mapEntries(a)) {
    const other = mapGet(b, key);
    if (other === undefined || !equals(value, other)) return false;
  }
  return true;
}

/** The number of entries of a map. */
export function mapSize(map: JsonMap | MapValue): number {
  return map instanceof MapValue ? map.entries.size : Object.keys(map).length;
}

/** The value under a key of any type, or undefined: own keys only. */
export function mapGet(map: JsonMap | MapValue, key: Value): Value | undefined {
  if (map instanceof MapValue) {
    const held = mapKey(key);
    return held === undefined ? undefined : map.entries.get(held)?.value;
  }
  return typeof key === 'string' && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The keys as they were written, in their order. */
export function mapKeys(map: JsonMap | MapValue): readonly Value[] {
  return map instanceof MapValue ? Array.from(map.entries.values(), (entry) => entry.key) : Object.keys(map);
}

/** Keys and values, in their order. */
export function mapEntries(map: JsonMap | MapValue): readonly (readonly [Value, Value])[] {
  return map instanceof MapValue
    ? Array.from(map.entries.values(), (entry) => [entry.key, entry.value] as const)
    : Object.entries(map);
}
