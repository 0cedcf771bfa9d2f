import { compareStrings } from '../compare.ts';
import { formatDouble } from '../double-format.ts';
import { Duration, formatDuration } from '../duration.ts';
import { mapEntries } from '../equality.ts';
import { doubleOf, isDouble, isInt } from '../number.ts';
import { formatTimestamp, Timestamp } from '../timestamp.ts';
import { TypeValue, typeNameOf } from '../type-value.ts';
import { isMap, type JsonMap, type ListValue, type MapValue, Uint, type Value } from '../value.ts';
import { countWork } from '../work.ts';
import { fixedDigits, scientificDigits } from './exact-decimal.ts';
import { quote } from './quote.ts';

/** Why a value cannot be formatted. */
export class FormatProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

type Formatted = string | FormatProblem;

const DEFAULT_PRECISION = 6;

/** What each clause takes, in the words of its error; the type at fault is added. */
export const WRONG_TYPE = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  o: 'octal clause can only be used on integers',
} as const;

/** The letter of a formatting clause; `X` is `x` in upper case. */
export type Verb = keyof typeof WRONG_TYPE;

function wrongType(verb: Verb, value: Value): FormatProblem {
  return new FormatProblem(`${WRONG_TYPE[verb]}, was given ${typeNameOf(value)}`);
}

/** Formats a value by one clause, as cel-go does in its American locale. */
export function formatValue(verb: Verb, value: Value, precision: number | undefined): Formatted {
  switch (verb) {
    case 's':
      return asString(value);
    case 'd':
      return inBase(10, verb, value);
    case 'f':
      return asFixed(value, precision ?? DEFAULT_PRECISION);
    case 'e':
      return asScientific(value, precision ?? DEFAULT_PRECISION);
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : inBase(2, verb, value);
    case 'x':
      return asHex(value);
    case 'o':
      return inBase(8, verb, value);
  }
}

function inBase(base: number, verb: Verb, value: Value): Formatted {
  if (isInt(value)) return value.toString(base);
  return value instanceof Uint ? value.value.toString(base) : wrongType(verb, value);
}

function asHex(value: Value): Formatted {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : inBase(16, 'x', value);
}

const SPECIAL: ReadonlyMap<Value, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function numberOf(value: Value): number | undefined {
  return isDouble(value) ? doubleOf(value) : SPECIAL.get(value);
}

/** NaN and the infinities; undefined for finite numbers. */
function special(number: number): string | undefined {
  if (Number.isNaN(number)) return 'NaN';
  return Number.isFinite(number) ? undefined : number > 0 ? '∞' : '-∞';
}

// Go keeps in a byte how many digits must be there, and in more how many may be: '%.256f' writes 1.0 as 1.
const BYTE = 256;

/** With commas between thousands; a negative zero has no sign, a negative number that is rounded to zero has. */
function asFixed(value: Value, precision: number): Formatted {
  const number = numberOf(value);
  if (number === undefined) return wrongType('f', value);
  const word = special(number);
  if (word !== undefined) return word;
  const [whole, digits] = fixedDigits(number, precision);
  const fraction = withoutZerosBehind(digits, precision % BYTE);
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return `${number < 0 ? '-' : ''}${grouped}${fraction === '' ? '' : `.${fraction}`}`;
}

function withoutZerosBehind(digits: string, least: number): string {
  let end = digits.length;
  while (end > least && digits[end - 1] === '0') end--;
  return digits.slice(0, end);
}

const SUPERSCRIPT: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** Always six digits after the point: what cel-go takes for a precision is the width. */
function asScientific(value: Value, width: number): Formatted {
  const number = numberOf(value);
  if (number === undefined) return wrongType('e', value);
  return (special(number) ?? scientific(number)).padStart(width);
}

function scientific(number: number): string {
  const [digits, exponent] = scientificDigits(number, DEFAULT_PRECISION);
  const power = `${exponent < 0 ? '-' : ''}${String(Math.abs(exponent)).padStart(2, '0')}`;
  const raised = power.replace(/./g, (char) => SUPERSCRIPT[char] ?? char);
  return `${number < 0 ? '-' : ''}${digits[0]}.${digits.slice(1)}×10${raised}`;
}

function asString(value: Value): Formatted {
  if (typeof value === 'string') return value;
  if (isDouble(value)) return formatDouble(doubleOf(value));
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  return asElement(value) ?? wrongType('s', value);
}

/** What looks alike alone and inside a list; undefined for types that have no string form. */
function asElement(value: Value): Formatted | undefined {
  if (value === null || typeof value === 'boolean' || isInt(value)) return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Uint8Array) return decodeText(value);
  if (Array.isArray(value)) return asList(value);
  return isMap(value) ? asMap(value) : undefined;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeText(bytes: Uint8Array): Formatted {
  try {
    return UTF8.decode(bytes);
  } catch {
    return new FormatProblem('could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string');
  }
}

/** As a CEL literal: strings in quotes, doubles with six digits. */
function nested(value: Value): Formatted {
  countWork();
  if (typeof value === 'string') return quote(value);
  if (isDouble(value)) return nestedDouble(doubleOf(value));
  if (value instanceof Timestamp) return `timestamp(${quote(formatTimestamp(value))})`;
  if (value instanceof Duration) return `duration(${quote(formatDuration(value))})`;
  const text = asElement(value) ?? new FormatProblem(`no formatting function for ${typeNameOf(value)}`);
  return value instanceof Uint8Array && typeof text === 'string' ? `b${quote(text)}` : text;
}

function nestedDouble(number: number): string {
  if (!Number.isFinite(number)) return quote(formatDouble(number));
  const [whole, fraction] = fixedDigits(number, DEFAULT_PRECISION);
  return `${number < 0 || Object.is(number, -0) ? '-' : ''}${whole}.${fraction}`;
}

function asList(items: ListValue): Formatted {
  const parts: string[] = [];
  for (const item of items) {
    const part = nested(item);
    if (part instanceof FormatProblem) return part;
    parts.push(part);
  }
  return `[${parts.join(', ')}]`;
}

function asMap(map: JsonMap | MapValue): Formatted {
  const parts: [string, string][] = [];
  for (const [key, value] of mapEntries(map)) {
    if (isDouble(key)) return new FormatProblem('no formatting function for map key of type double');
    const keyText = nested(key);
    if (keyText instanceof FormatProblem) return keyText;
    const text = nested(value);
    if (text instanceof FormatProblem) return text;
    parts.push([keyText, text]);
  }
  parts.sort(([a], [b]) => compareStrings(a, b));
  return `{${parts.map(([key, text]) => `${key}:${text}`).join(', ')}}`;
}
