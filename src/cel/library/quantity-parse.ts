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
    return new Quantity(signed(parts, BigInt(parts.digits || '0')), scale, notation);
  }
  return parts.numeric ? wideQuantity(parts, BigInt(parts.digits || '0'), scale, notation) : WRONG_NUMBER;
}

function binaryQuantity(parts: Parts, power: number): Quantity | string {
  const narrow = parts.fraction === 0 && parts.length <= 14 - 3 * power;
  const unscaled = BigInt(parts.digits || '0') << BigInt(10 * power);
  if (narrow) return new Quantity(signed(parts, unscaled), 0, 'binary');
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

function signed(parts: Parts, unscaled: bigint): number | bigint {
  return narrowed(parts.negative ? -unscaled : unscaled);
}

/** Undefined where the text has not the form of a quantity. */
function split(text: string): Parts | undefined {
  if (text === '') return undefined;
  const start = text.startsWith('-') || text.startsWith('+') ? 1 : 0;
  const number = skip(text, start, isZero);
  const point = skip(text, number, isDigit);
  const end = text[point] === '.' ? skip(text, point + 1, isDigit) : point;
  const letters = skip(text, end, isSuffixLetter);
  const sign = text[letters] === '-' || text[letters] === '+' ? letters + 1 : letters;
  if (skip(text, sign, isDigit) !== text.length) return undefined;
  const fraction = text.slice(point + 1, end);
  return {
    negative: text.startsWith('-'),
    digits: text.slice(number, point) + fraction,
    fraction: fraction.length,
    length: Math.max(1, point - number) + fraction.length,
    numeric: number > start || point > number || fraction !== '' || start === text.length,
    suffix: text.slice(end),
  };
}

function skip(text: string, from: number, test: (code: number) => boolean): number {
  let at = from;
  while (at < text.length && test(text.charCodeAt(at))) at++;
  return at;
}

const isZero = (code: number): boolean => code === 48;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isSuffixLetter = (code: number): boolean => 'eEinumkKMGTP'.includes(String.fromCharCode(code));
