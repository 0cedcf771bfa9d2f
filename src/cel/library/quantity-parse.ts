import { INT_MAX } from '../number.ts';
import { type Notation, narrowed, Quantity } from './quantity-value.ts';

const WRONG_FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_NUMBER = 'unable to parse numeric part of quantity';
const WRONG_SUFFIX = "unable to parse quantity's suffix";

/** The smallest unit: what is finer is rounded up, away from zero. */
const FINEST = -9;
/** As many digits as an int64 surely holds: longer numbers are wide. */
const NARROW_DIGITS = 18;
/** A number of any length may have a power of ten up to this; the API server would compute for minutes beyond. */
const MOST_ZEROS = 10_000;

const DECIMAL: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
/** The power of 1024. */
const BINARY: ReadonlyMap<string, number> = new Map([
  ['Ki', 1],
  ['Mi', 2],
  ['Gi', 3],
  ['Ti', 4],
  ['Pi', 5],
  ['Ei', 6],
]);

interface Parts {
  readonly negative: boolean;
  /** The digits before and after the point, without leading zeros. */
  readonly digits: string;
  /** How many of them stand after the point. */
  readonly fraction: number;
  /** How many there are, a missing number before the point counting as `0`. */
  readonly length: number;
  /** False where there is not even a zero. */
  readonly numeric: boolean;
  readonly suffix: string;
}

/**
 * Parses a quantity as `resource.ParseQuantity` does, with all it lets through (`.5`, `5.`, `+1`, a lone sign, which is
 * 0). Returns the quantity, or the message of the error.
 */
export function parseQuantity(text: string): Quantity | string {
  const parts = split(text);
  if (parts === undefined) return WRONG_FORM;
  const binary = BINARY.get(parts.suffix);
  if (binary !== undefined) return binaryQuantity(parts, binary);
  const decimal = DECIMAL.get(parts.suffix);
  if (decimal !== undefined) return decimalQuantity(parts, decimal, 'decimal');
  const exponent = exponentOf(parts.suffix);
  return exponent === undefined ? WRONG_SUFFIX : decimalQuantity(parts, exponent, 'exponent');
}

function exponentOf(suffix: string): number | undefined {
  if (!/^[eE][+-]?[0-9]+$/.test(suffix)) return undefined;
  const exponent = BigInt(suffix.slice(1).replace('+', ''));
  if (exponent > INT_MAX || exponent < -INT_MAX - 1n) return undefined;
  return Number(BigInt.asIntN(32, exponent));
}

function decimalQuantity(parts: Parts, exponent: number, notation: Notation): Quantity | string {
  const scale = (exponent - parts.fraction) | 0;
  if (parts.length <= NARROW_DIGITS && scale >= FINEST) {
    return new Quantity(whole(parts), scale, notation);
  }
  return parts.numeric ? wideQuantity(parts, BigInt(parts.digits || '0'), scale, notation) : WRONG_NUMBER;
}

function binaryQuantity(parts: Parts, power: number): Quantity | string {
  const narrow = parts.fraction === 0 && parts.length <= 14 - 3 * power;
  // So few digits give a safe number, whatever the suffix.
  if (narrow) return new Quantity(Number(whole(parts)) * 1024 ** power, 0, 'binary');
  const unscaled = BigInt(parts.digits || '0') << BigInt(10 * power);
  if (!parts.numeric) return WRONG_NUMBER;
  const unit = 10n ** BigInt(parts.fraction);
  if (unscaled > INT_MAX * unit) return new Quantity(signed(parts, INT_MAX), 0, 'binary', true);
  const notation = unscaled < unit && unscaled > 0n ? 'decimal' : 'binary';
  return wideQuantity(parts, unscaled, -parts.fraction, notation);
}

/** The API server brings wide numbers to nanos, which `asApproximateFloat` shows in its last bit. */
function wideQuantity(parts: Parts, unscaled: bigint, scale: number, notation: Notation): Quantity {
  if (unscaled === 0n || scale > MOST_ZEROS) return new Quantity(signed(parts, unscaled), scale, notation, true);
  return new Quantity(signed(parts, toNano(unscaled, scale)), FINEST, notation, true);
}

function toNano(unscaled: bigint, scale: number): bigint {
  if (scale >= FINEST) return unscaled * 10n ** BigInt(scale - FINEST);
  const dropped = FINEST - scale;
  if (dropped > String(unscaled).length) return 1n;
  const unit = 10n ** BigInt(dropped);
  return (unscaled + unit - 1n) / unit;
}

const SAFE_DIGITS = 15;

/** The digits as a number with its sign. */
function whole(parts: Parts): number | bigint {
  if (parts.digits.length > SAFE_DIGITS) return signed(parts, BigInt(parts.digits));
  const number = Number(parts.digits);
  return parts.negative && number !== 0 ? -number : number;
}

function signed(parts: Parts, unscaled: bigint): number | bigint {
  return narrowed(parts.negative ? -unscaled : unscaled);
}

/** Undefined where the text has not the form of a quantity. */
function split(text: string): Parts | undefined {
  if (text === '') return undefined;
  const negative = text.charCodeAt(0) === MINUS;
  const start = negative || text.charCodeAt(0) === PLUS ? 1 : 0;
  const number = skipZeros(text, start);
  const point = skipDigits(text, number);
  const end = text.charCodeAt(point) === POINT ? skipDigits(text, point + 1) : point;
  const fraction = end > point ? end - point - 1 : 0;
  if (end < text.length && !isSuffix(text, end)) return undefined;
  return {
    negative,
    digits: fraction === 0 ? text.slice(number, point) : text.slice(number, point) + text.slice(point + 1, end),
    fraction,
    length: Math.max(1, point - number) + fraction,
    numeric: point > start || fraction > 0 || start === text.length,
    suffix: text.slice(end),
  };
}

const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;

function skipZeros(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === ZERO) at++;
  return at;
}

function skipDigits(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= ZERO + 9) at++;
  return at;
}

const SUFFIX = /[eEinumkKMGTP]*[-+]?[0-9]*$/y;

function isSuffix(text: string, from: number): boolean {
  SUFFIX.lastIndex = from;
  return SUFFIX.test(text);
}
