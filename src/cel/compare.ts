import { Duration } from './duration.ts';
import { Timestamp } from './timestamp.ts';
import { Double, Uint, type Value } from './value.ts';

/**
 * The order of two values: negative, zero or positive; NaN where either is NaN; undefined where the types have no order.
 * Numbers compare across their types; strings by code points and bytes as unsigned.
 */
export function compare(a: Value, b: Value): number | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? compareStrings(a, b) : undefined;
  const left = numeric(a);
  if (left !== undefined) {
    const right = numeric(b);
    return right === undefined ? undefined : compareNumbers(left, right);
  }
  if (typeof a === 'boolean') return typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? compareBytes(a, b) : undefined;
  if (a instanceof Timestamp) return b instanceof Timestamp ? compareNumbers(a.nanoseconds, b.nanoseconds) : undefined;
  if (a instanceof Duration) return b instanceof Duration ? compareNumbers(a.nanoseconds, b.nanoseconds) : undefined;
  return undefined;
}

/** The order of strings by code points. */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

// Surrogates stand for code points above all others, though U+E000 to U+FFFF are higher units.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function numeric(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return value instanceof Double || value instanceof Uint ? value.value : undefined;
}

function compareNumbers(left: number | bigint, right: number | bigint): number {
  // An int and a double meet as doubles, as in cel-go.
  const mixed = typeof left !== typeof right;
  const a = mixed && isFractional(right) ? Number(left) : left;
  const b = mixed && isFractional(left) ? Number(right) : right;
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
}

// A number beside a bigint is a double where it could not be an int.
function isFractional(value: number | bigint): boolean {
  return typeof value === 'number' && !Number.isSafeInteger(value);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
