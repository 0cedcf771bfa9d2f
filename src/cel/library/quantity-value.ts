import { INT_MAX, INT_MIN } from '../number.ts';
import { Boxed, CelError, type Value } from '../value.ts';

/** How a quantity was written, which its canonical form keeps: `1500m`, `1Ki`, `1e3`. */
export type Notation = 'decimal' | 'binary' | 'exponent';

/**
 * A Kubernetes quantity: the exact number `unscaled * 10^scale`. `wide` marks the ones that the API server holds as
 * decimals of any length: they are never integers to it, whatever their value.
 */
export class Quantity extends Boxed {
  readonly typeName = 'kubernetes.Quantity';
  readonly unscaled: number | bigint;
  readonly scale: number;
  readonly wide: boolean;
  readonly notation: Notation;
  /** True for the result of `add` or `sub`: the API server cannot compare with one on the right of `==`. */
  readonly computed: boolean;

  constructor(unscaled: number | bigint, scale: number, notation: Notation, wide = false, computed = false) {
    super();
    this.unscaled = unscaled;
    this.scale = scale;
    this.notation = notation;
    this.wide = wide;
    this.computed = computed;
  }

  override equals(other: Value): boolean {
    return other instanceof Quantity && compareQuantities(this, other) === 0;
  }

  override comparable(other: Value): boolean {
    return other instanceof Quantity && !other.computed;
  }

  get sign(): number {
    return this.unscaled > 0 ? 1 : this.unscaled < 0 ? -1 : 0;
  }
}

const POWERS = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Beyond this many digits sums are refused: nobody measures so, and the exact result would fill the memory. */
const MOST_DIGITS = 10_000;

/** -1, 0 or 1, exactly. */
export function compareQuantities(a: Quantity, b: Quantity): -1 | 0 | 1 {
  if (a.scale === b.scale) return order(a.unscaled, b.unscaled);
  const left = raised(a, a.scale - b.scale);
  const right = raised(b, b.scale - a.scale);
  return left !== undefined && right !== undefined ? order(left, right) : compareExactly(a, b);
}

function order(a: number | bigint, b: number | bigint): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The unscaled number times 10^shift, where that is a safe number; as it is for a shift below 0. */
function raised(quantity: Quantity, shift: number): number | undefined {
  if (typeof quantity.unscaled !== 'number') return undefined;
  if (shift <= 0) return quantity.unscaled;
  const value = quantity.unscaled * (POWERS[shift] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}

function compareExactly(a: Quantity, b: Quantity): -1 | 0 | 1 {
  if (a.sign !== b.sign || a.sign === 0) return order(a.sign, b.sign);
  const byLength = order(digitsBeforePoint(a), digitsBeforePoint(b));
  if (byLength !== 0) return a.sign > 0 ? byLength : order(0, byLength);
  const scale = Math.min(a.scale, b.scale);
  return order(atScale(a, scale), atScale(b, scale));
}

function digitsBeforePoint({ unscaled, scale, sign }: Quantity): number {
  return String(unscaled).length - (sign < 0 ? 1 : 0) + scale;
}

function atScale(quantity: Quantity, scale: number): bigint {
  return BigInt(quantity.unscaled) * 10n ** BigInt(quantity.scale - scale);
}

/**
 * The exact sum, or the difference where `negate`. It stays narrow where the API server's int64 arithmetic holds it.
 * An error where the sum has more than 10,000 digits.
 */
export function addQuantities(a: Quantity, b: Quantity, negate: boolean): Quantity | CelError {
  const notation = a.sign === 0 ? b.notation : a.notation;
  const wide = a.wide || b.wide;
  if (!wide && b.sign === 0) return new Quantity(a.unscaled, a.scale, notation, false, true);
  if (!wide && a.sign === 0) return new Quantity(negate ? -b.unscaled : b.unscaled, b.scale, notation, false, true);
  if (Math.abs(a.scale - b.scale) > MOST_DIGITS) return new CelError('quantities are too far apart to be added');
  const scale = Math.min(a.scale, b.scale);
  const left = atScale(a, scale);
  const right = atScale(b, scale);
  const sum = negate ? left - right : left + right;
  return new Quantity(narrowed(sum), scale, notation, wide || ![left, right, sum].every(isInt64), true);
}

function isInt64(value: bigint): boolean {
  return value >= INT_MIN && value <= INT_MAX;
}

/** A bigint as a number, where that is exact. */
export function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** The integer that the API server makes of it, or undefined: for fractions, for wide ones, and beyond int64. */
export function integerOf(quantity: Quantity): number | bigint | undefined {
  if (quantity.wide || quantity.scale < 0) return undefined;
  if (quantity.scale === 0 || quantity.sign === 0) return quantity.unscaled;
  if (quantity.scale > 18) return undefined;
  const value = atScale(quantity, 0);
  return isInt64(value) ? narrowed(value) : undefined;
}

/** The nearest double as Go computes it (one rounding for the number, one for the power): it may be off by one bit. */
export function approximately({ unscaled, scale }: Quantity): number {
  const base = Number(unscaled);
  return scale === 0 ? base : base * powerOfTen(scale);
}

function powerOfTen(exponent: number): number {
  if (exponent < -323) return 0;
  if (exponent > 308) return Number.POSITIVE_INFINITY;
  const size = Math.abs(exponent);
  const high = 32 * Math.floor(size / 32);
  return exponent < 0
    ? Number(`1e-${high}`) / Number(`1e${size % 32}`)
    : Number(`1e${high}`) * Number(`1e${size % 32}`);
}

const DECIMAL_SUFFIX: ReadonlyMap<number, string> = new Map([
  [-9, 'n'],
  [-6, 'u'],
  [-3, 'm'],
  [3, 'k'],
  [6, 'M'],
  [9, 'G'],
  [12, 'T'],
  [15, 'P'],
  [18, 'E'],
]);
const BINARY_SUFFIX = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** The canonical form, as the API server writes quantities: no fraction, the largest suffix that keeps the number whole. */
export function canonical(quantity: Quantity): string {
  if (quantity.sign === 0) return '0';
  const whole = quantity.notation === 'binary' ? integralValue(quantity) : undefined;
  if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) return canonicalBinary(whole);
  const [number, exponent] = thousands(quantity);
  if (quantity.notation === 'exponent') return exponent === 0 ? `${number}` : `${number}e${exponent}`;
  return `${number}${DECIMAL_SUFFIX.get(exponent) ?? ''}`;
}

function integralValue(quantity: Quantity): bigint | undefined {
  if (quantity.scale >= 0) return atScale(quantity, 0);
  const unit = 10n ** BigInt(-quantity.scale);
  const unscaled = BigInt(quantity.unscaled);
  return unscaled % unit === 0n ? unscaled / unit : undefined;
}

function canonicalBinary(whole: bigint): string {
  let number = whole;
  let power = 0;
  while (number % 1024n === 0n) {
    number /= 1024n;
    power++;
  }
  return `${number}${BINARY_SUFFIX[power] ?? ''}`;
}

/** The shortest integer times a power of 1000. */
function thousands(quantity: Quantity): readonly [bigint, number] {
  let number = BigInt(quantity.unscaled);
  let exponent = quantity.scale;
  while (number % 10n === 0n) {
    number /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0) {
    number *= 10n;
    exponent--;
  }
  return [number, exponent];
}
