const FRACTION_BITS = 52n;
const EXPONENT_BIAS = 1075n;

/** |value| as `mantissa * 2^exponent`, exactly; the value must be finite. */
function binaryParts(value: number): readonly [bigint, bigint] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = bits >> FRACTION_BITS;
  const fraction = bits & ((1n << FRACTION_BITS) - 1n);
  return exponent === 0n
    ? [fraction, 1n - EXPONENT_BIAS]
    : [fraction | (1n << FRACTION_BITS), exponent - EXPONENT_BIAS];
}

/** |value| * 10^power as the nearest integer, the even one of two equally near: how Go rounds decimals. */
function scaled(value: number, power: number): bigint {
  const [mantissa, exponent] = binaryParts(value);
  const numerator = mantissa * (power > 0 ? 10n ** BigInt(power) : 1n) * (exponent > 0n ? 2n ** exponent : 1n);
  const denominator = (power < 0 ? 10n ** BigInt(-power) : 1n) * (exponent < 0n ? 2n ** -exponent : 1n);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

/** The digits of |value| before and after the point, `precision` of them after it, rounded half to even. */
export function fixedDigits(value: number, precision: number): readonly [string, string] {
  const digits = String(scaled(value, precision)).padStart(precision + 1, '0');
  return [digits.slice(0, digits.length - precision), digits.slice(digits.length - precision)];
}

/** The digits of |value|, one before the point, and its power of ten; rounded half to even. */
export function scientificDigits(value: number, precision: number): readonly [string, number] {
  if (value === 0) return ['0'.repeat(precision + 1), 0];
  const exponent = Number(Math.abs(value).toExponential().split('e')[1]);
  const digits = String(scaled(value, precision - exponent));
  // Rounding up to the next power of ten has made it one digit longer.
  return digits.length > precision + 1 ? [digits.slice(0, -1), exponent + 1] : [digits, exponent];
}
