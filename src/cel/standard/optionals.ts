import { Duration } from '../duration.ts';
import type { Library } from '../function.ts';
import { declare, global, member } from '../library/declare.ts';
import { doubleOf, isDouble, isInt } from '../number.ts';
import { sizeOf } from '../size.ts';
import { isZeroTime, Timestamp } from '../timestamp.ts';
import { BOOL, list, optional, parameter } from '../type.ts';
import { CelError, type ListValue, Optional, type Result, StructValue, Uint, type Value } from '../value.ts';

const V = parameter('V');

/** True for the zero of a type: null, false, 0, empty strings, lists, maps and structs, no duration, the year 1. */
function isZero(value: Value): boolean {
  if (value === null || value === false) return true;
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' || isInt(value) ? Number(value) === 0 : sizeOf(value) === 0;
  if (isDouble(value)) return doubleOf(value) === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Optional) return false;
  if (value instanceof Duration) return value.nanoseconds === 0n;
  if (value instanceof Timestamp) return isZeroTime(value);
  if (value instanceof StructValue) return Object.keys(value.fields).length === 0;
  return sizeOf(value) === 0;
}

function dereference(held: Optional): Result {
  return held.value ?? (held.value === null ? null : new CelError('optional.none() dereference'));
}

function unwrap(items: ListValue): Result {
  const values: Value[] = [];
  for (const item of items) {
    if (!(item instanceof Optional)) return new CelError(`value ${String(item)} is not optional`);
    if (item.value !== undefined) values.push(item.value);
  }
  return values;
}

// The planner evaluates their arguments; called for what is no optional, which counts as present until 1.36.
type Otherwise = (value: Value) => Result;
const present: Otherwise = (value) => value;
const refused: Otherwise = () => new CelError('no such overload');
const or = (otherwise: Otherwise) =>
  declare('or', [member('optional_or_optional', [optional(V), optional(V)], optional(V), otherwise)]);
const orValue = (otherwise: Otherwise) =>
  declare('orValue', [member('optional_orValue_value', [optional(V), V], V, otherwise)]);

/** The functions of optional values; selections and macros with `?` are the parser's and the planner's. */
export const OPTIONALS: Library = {
  name: 'optionals',
  functions: [
    declare('optional.of', [global('optional_of', [V], optional(V), (value: Value) => new Optional(value))]),
    declare('optional.ofNonZeroValue', [
      global('optional_ofNonZeroValue', [V], optional(V), (value: Value) =>
        isZero(value) ? Optional.NONE : new Optional(value),
      ),
    ]),
    declare('optional.none', [global('optional_none', [], optional(V), () => Optional.NONE)]),
    declare('value', [member('optional_value', [optional(V)], V, dereference)]),
    declare('hasValue', [
      member('optional_hasValue', [optional(V)], BOOL, (held: Optional) => held.value !== undefined),
    ]),
    { ...or(present), until: '1.36' },
    { ...or(refused), since: '1.37' },
    { ...orValue(present), until: '1.36' },
    { ...orValue(refused), since: '1.37' },
    declare('optional.unwrap', [global('optional_unwrap', [list(optional(V))], list(V), unwrap)]),
    declare('unwrapOpt', [member('optional_unwrapOpt', [list(optional(V))], list(V), unwrap)]),
    declare('first', [
      member('list_first', [list(V)], optional(V), (items: ListValue) =>
        items.length === 0 ? Optional.NONE : new Optional(items[0]),
      ),
    ]),
    declare('last', [
      member('list_last', [list(V)], optional(V), (items: ListValue) =>
        items.length === 0 ? Optional.NONE : new Optional(items.at(-1)),
      ),
    ]),
  ],
};
