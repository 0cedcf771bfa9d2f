import { formatDouble } from '../double-format.ts';
import { mapGet } from '../equality.ts';
import { bigOf, doubleOf, isDouble, isInt } from '../number.ts';
import { typeNameOf } from '../type-value.ts';
import {
  CelError,
  isMap,
  type JsonMap,
  LazyStruct,
  type ListValue,
  type Result,
  StructValue,
  Uint,
  type Value,
} from '../value.ts';

const PLAIN = Object.prototype;

/** True for names that no plain object inherits, so that a plain read finds own keys only. */
export function isSafeName(name: string): boolean {
  return !(name in PLAIN);
}

/** True for an object of JSON, whose own keys are its fields. */
export function isPlainObject(value: Result | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === PLAIN;
}

/**
 * The value under a safe name where `holder` is a plain object that has it; undefined in every other case, which the
 * slower functions below then tell apart.
 */
export function ownField(holder: Value | undefined, name: string): Value | undefined {
  return isPlainObject(holder) ? holder[name] : undefined;
}

/** `holder.name` or `holder[key]`; an error where there is nothing. */
export function lookUp(holder: Value, key: Value): Result {
  if (holder instanceof StructValue && typeof key === 'string') return structField(holder, key);
  const found = find(holder, key);
  if (found !== undefined) return found;
  return new CelError(Array.isArray(holder) ? `index out of bounds: ${keyText(key)}` : `no such key: ${keyText(key)}`);
}

/** The same, with undefined where there is nothing: for `has()` and optional selection. Errors are for keys of a wrong type. */
export function find(holder: Value, key: Value): Result | undefined {
  if (!isQualifier(key)) return new CelError(`invalid qualifier type: ${typeNameOf(key)}`);
  if (Array.isArray(holder)) return element(holder, key);
  if (holder instanceof LazyStruct) return typeof key === 'string' ? holder.field(key) : undefined;
  if (holder instanceof StructValue)
    return typeof key === 'string' && isSet(holder, key) ? holder.fields[key] : undefined;
  return isMap(holder) ? mapGet(holder, key) : undefined;
}

/** True for values that can select: strings, bools and numbers. */
export function isQualifier(key: Value): boolean {
  return (
    typeof key === 'string' ||
    typeof key === 'boolean' ||
    typeof key === 'number' ||
    typeof key === 'bigint' ||
    isDouble(key) ||
    key instanceof Uint
  );
}

function element(items: ListValue, key: Value): Result | undefined {
  const index = indexOf(key);
  if (typeof index !== 'number') return index;
  return index >= 0 && index < items.length ? items[index] : undefined;
}

function indexOf(key: Value): number | CelError {
  if (isInt(key)) return Number(key);
  if (key instanceof Uint) return Number(key.value);
  if (!isDouble(key)) return new CelError(`unsupported index type '${typeNameOf(key)}' in list`);
  const index = doubleOf(key);
  return Number.isInteger(index) ? index : new CelError(`unsupported index value ${formatDouble(index)} in list`);
}

function keyText(key: Value): string {
  if (isInt(key)) return String(bigOf(key));
  if (isDouble(key)) return formatDouble(doubleOf(key));
  return key instanceof Uint ? String(key.value) : String(key);
}

const PATCH_TEXTS: readonly string[] = ['op', 'path', 'from'];

// A patch always has its texts; an object literal has any field, as null.
function structField(holder: StructValue, name: string): Result {
  if (Object.hasOwn(holder.fields, name)) return holder.fields[name] as Value;
  return holder.typeName === 'JSONPatch' && PATCH_TEXTS.includes(name) ? '' : null;
}

function isSet(holder: StructValue, name: string): boolean {
  if (!Object.hasOwn(holder.fields, name)) return false;
  return holder.typeName !== 'JSONPatch' || holder.fields[name] !== '';
}
