/** Equality of JSON trees, with the short cut that most of a changed object is still the very same object. */
import type { JsonMap, Value } from '../../cel/value.ts';

/** True for a JSON object; lists, null and scalars are none. */
export function isJsonMap(value: Value | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is a JSON object, else an empty one. */
export function mapOf(value: Value | undefined): JsonMap {
  return isJsonMap(value) ? value : {};
}

/**
 * Whether two JSON values are the same: objects by members in any order, lists by items in order, numbers by value.
 * Recursive: callers take their input from requests, whose depth is limited where they come in (about 250).
 */
export function jsonEqual(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && listEqual(a, b);
  return !Array.isArray(b) && mapEqual(a as JsonMap, b as JsonMap);
}

function listEqual(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!jsonEqual(a[index], b[index])) return false;
  }
  return true;
}

function mapEqual(a: JsonMap, b: JsonMap): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !jsonEqual(a[key], b[key])) return false;
  }
  return true;
}

/** Sets a member of an object that the caller has made itself; `__proto__` is a member like any other. */
export function setMember(map: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
  } else {
    map[key] = value;
  }
}
