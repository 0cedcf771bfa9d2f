import { double } from '../number.ts';
import type { Value } from '../value.ts';

const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/;
const INFINITE = /^([+-]?)(?:inf|infinity)$/i;

/** Reads a double as Go does (`1e3`, `.5`, `inf`, `NaN`, `0x1p4`, `1_000`); undefined for anything else and where it overflows. */
export function parseDouble(text: string): Value | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const plain = text.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, '');
  const value = HEXADECIMAL.test(plain) ? hexadecimal(plain) : DECIMAL.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? double(value) : undefined;
}

function hexadecimal(text: string): number {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = HEXADECIMAL.exec(text) ?? [];
  if (whole + fraction === '') return Number.NaN;
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}
