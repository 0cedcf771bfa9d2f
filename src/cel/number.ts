import { CelError, Double, Uint, type Value } from './value.ts';

/** Bounds of the integer types. */
export const INT_MIN = -(2n ** 63n);
export const INT_MAX = 2n ** 63n - 1n;
export const UINT_MAX = 2n ** 64n - 1n;

// The first numbers outside int64, as doubles; both are exact.
const INT_END = 2 ** 63;
const INT_START = -(2 ** 63);

/** The int of a bigint in canonical form, or undefined outside int64. */
export function int(value: bigint): number | bigint | undefined {
  if (value < INT_MIN || value > INT_MAX) return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The uint of a bigint, or undefined outside uint64. */
export function uint(value: bigint): Uint | undefined {
  return value < 0n || value > UINT_MAX ? undefined : new Uint(value);
}

/** The double of a number in canonical form. */
export function double(value: number): number | Double {
  return Number.isInteger(value) ? new Double(value) : value;
}

/** True for a value of type int: an integral number inside int64, or a bigint. */
export function isInt(value: Value): value is number | bigint {
  if (typeof value === 'bigint') return true;
  return typeof value === 'number' && Number.isInteger(value) && value < INT_END && value >= INT_START;
}

/** True for a value of type double. */
export function isDouble(value: Value): value is number | Double {
  return value instanceof Double || (typeof value === 'number' && !isInt(value));
}

/** The number of a double value. */
export function doubleOf(value: number | Double): number {
  return typeof value === 'number' ? value : value.value;
}

/** The bigint of an int value. */
export function bigOf(value: number | bigint): bigint {
  return typeof value === 'bigint' ? value : BigInt(value);
}

/** Errors of int and uint arithmetic, as cel-go words them. */
export const integerOverflow = (): CelError => new CelError('integer overflow');
export const unsignedOverflow = (): CelError => new CelError('unsigned integer overflow');
export const divisionByZero = (): CelError => new CelError('division by zero');
export const modulusByZero = (): CelError => new CelError('modulus by zero');
