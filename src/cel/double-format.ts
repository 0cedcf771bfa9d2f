/**
 * A double in the fewest digits that read back as the same number, in Go's notation: `general` has an exponent below
 * 1e-4 and from 1e6 on, `fixed` never has one. NaN and the infinities are `NaN`, `+Inf` and `-Inf`.
 */
export function formatDouble(value: number, notation: 'general' | 'fixed' = 'general'): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '0', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  if (notation === 'general' && (exponent < -4 || exponent >= GENERAL_LIMIT))
    return sign + scientific(digits, exponent);
  return sign + fixed(digits, exponent);
}

const GENERAL_LIMIT = 6;

function scientific(digits: string, exponent: number): string {
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function fixed(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0');
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
