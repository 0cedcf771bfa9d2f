import { formatDouble } from '../double-format.ts';
import { type Duration, formatDuration, parseDuration } from '../duration.ts';
import type { FunctionDeclaration, Library } from '../function.ts';
import { traversal } from '../library/cost.ts';
import { declare, global } from '../library/declare.ts';
import {
  bigOf,
  double,
  doubleOf,
  INT_MAX,
  INT_MIN,
  int,
  integerOverflow,
  UINT_MAX,
  uint,
  unsignedOverflow,
} from '../number.ts';
import { costSize } from '../size.ts';
import { formatTimestamp, parseTimestamp, type Timestamp, timestamp, unixSeconds } from '../timestamp.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  parameter,
  STRING,
  TIMESTAMP,
  type Type,
  typeOf,
  UINT,
} from '../type.ts';
import { conversionError, TypeValue, typeNameOf } from '../type-value.ts';
import { CelError, type Double, type Result, type Uint, type Value } from '../value.ts';
import { countWork } from '../work.ts';
import { parseDouble } from './parse-double.ts';

type Int = number | bigint;

const same = (value: Value): Value => value;
const firstCost = ([value]: readonly Value[]): number => traversal(costSize(value ?? null));

function toInt(value: number | Double): Result {
  const number = Math.trunc(doubleOf(value));
  if (!(number > Number(INT_MIN) && number < Number(INT_MAX))) return integerOverflow();
  return int(BigInt(number)) ?? integerOverflow();
}

function toUint(value: number | Double): Result {
  const number = doubleOf(value);
  // Minus a half is below zero, although it would be cut to zero.
  if (!(number >= 0 && number < Number(UINT_MAX))) return unsignedOverflow();
  return uint(BigInt(Math.trunc(number))) ?? unsignedOverflow();
}

function parseInteger(text: string, to: 'int' | 'uint'): Result {
  if (!(to === 'int' ? /^[+-]?[0-9]+$/ : /^[0-9]+$/).test(text)) return conversionError(text, to);
  const value = BigInt(text.replace(/^\+/, ''));
  return (to === 'int' ? int(value) : uint(value)) ?? conversionError(text, to);
}

function parseBool(text: string): Result {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return conversionError(text, 'bool');
}

function decode(bytes: Uint8Array): Result {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new CelError('invalid UTF-8 in bytes, cannot convert to string');
  }
}

const textTo =
  (parse: (text: string) => Value | undefined, type: string) =>
  (text: string): Result =>
    parse(text) ?? conversionError(text, type);

const toTimestamp = textTo(parseTimestamp, 'google.protobuf.Timestamp');
const toDuration = textTo(parseDuration, 'google.protobuf.Duration');
// Costs see one step; a unit takes the time of that many steps inside a value.
const UNIT_WORK = 1 / 20;

function encode(text: string): Uint8Array {
  countWork(text.length * UNIT_WORK);
  return new TextEncoder().encode(text);
}

const notDuration = (value: Value): CelError => conversionError(value, 'google.protobuf.Duration');
const secondsToTimestamp = (seconds: Int): Result =>
  timestamp(bigOf(seconds) * 1_000_000_000n) ?? new CelError('timestamp overflow');

function conversion(
  name: string,
  to: Type,
  rows: readonly (readonly [string, Type, (value: never) => Result])[],
): FunctionDeclaration {
  return declare(
    name,
    rows.map(([id, from, call]) => {
      const overload = global(id, [from], to, call);
      return id === 'string_to_bytes' || id === 'bytes_to_string' ? { ...overload, cost: firstCost } : overload;
    }),
  );
}

// Literal arguments of these two are checked with the expression.
function checked(declaration: FunctionDeclaration, call: (value: Value) => Result | undefined): FunctionDeclaration {
  const checkLiterals = ([value]: readonly (Value | undefined)[]) =>
    value !== undefined && call(value) instanceof CelError ? `invalid ${declaration.name} argument` : undefined;
  return { ...declaration, overloads: declaration.overloads.map((overload) => ({ ...overload, checkLiterals })) };
}

const A = parameter('A');

/** `bool`, `bytes`, `double`, `duration`, `dyn`, `int`, `string`, `timestamp`, `type`, `uint`. */
export const CONVERSION: Library = {
  name: 'conversion',
  functions: [
    conversion('bool', BOOL, [
      ['bool_to_bool', BOOL, same],
      ['string_to_bool', STRING, parseBool],
    ]),
    conversion('bytes', BYTES, [
      ['bytes_to_bytes', BYTES, same],
      ['string_to_bytes', STRING, encode],
    ]),
    conversion('double', DOUBLE, [
      ['double_to_double', DOUBLE, same],
      ['int64_to_double', INT, (value: Int) => double(Number(value))],
      ['string_to_double', STRING, (text: string) => parseDouble(text) ?? conversionError(text, 'double')],
      ['uint64_to_double', UINT, (value: Uint) => double(Number(value.value))],
    ]),
    checked(
      conversion('duration', DURATION, [
        ['duration_to_duration', DURATION, same],
        ['string_to_duration', STRING, toDuration],
      ]),
      (value) => (typeof value === 'string' ? toDuration(value) : notDuration(value)),
    ),
    // Declared until then, and an error for every int.
    {
      ...checked(conversion('duration', DURATION, [['int64_to_duration', INT, notDuration]]), notDuration),
      until: '1.36',
    },
    conversion('int', INT, [
      ['int64_to_int64', INT, same],
      ['double_to_int64', DOUBLE, toInt],
      ['duration_to_int64', DURATION, (value: Duration) => int(value.nanoseconds) ?? integerOverflow()],
      ['string_to_int64', STRING, (text: string) => parseInteger(text, 'int')],
      ['timestamp_to_int64', TIMESTAMP, (value: Timestamp) => int(unixSeconds(value)) ?? integerOverflow()],
      ['uint64_to_int64', UINT, (value: Uint) => int(value.value) ?? integerOverflow()],
    ]),
    conversion('string', STRING, [
      ['string_to_string', STRING, same],
      ['bool_to_string', BOOL, String],
      ['bytes_to_string', BYTES, decode],
      ['double_to_string', DOUBLE, (value: number | Double) => formatDouble(doubleOf(value))],
      ['duration_to_string', DURATION, formatDuration],
      ['int64_to_string', INT, (value: Int) => String(bigOf(value))],
      ['timestamp_to_string', TIMESTAMP, formatTimestamp],
      ['uint64_to_string', UINT, (value: Uint) => String(value.value)],
    ]),
    checked(
      conversion('timestamp', TIMESTAMP, [
        ['timestamp_to_timestamp', TIMESTAMP, same],
        ['int64_to_timestamp', INT, secondsToTimestamp],
        ['string_to_timestamp', STRING, toTimestamp],
      ]),
      (value) => {
        if (typeof value === 'string') return toTimestamp(value);
        const seconds = typeof value === 'number' || typeof value === 'bigint';
        return seconds ? secondsToTimestamp(value) : conversionError(value, 'google.protobuf.Timestamp');
      },
    ),
    conversion('uint', UINT, [
      ['uint64_to_uint64', UINT, same],
      ['double_to_uint64', DOUBLE, toUint],
      ['int64_to_uint64', INT, (value: Int) => uint(bigOf(value)) ?? unsignedOverflow()],
      ['string_to_uint64', STRING, (text: string) => parseInteger(text, 'uint')],
    ]),
    declare('dyn', [global('to_dyn', [A], DYN, same)]),
    declare('type', [global('type', [A], typeOf(A), (value: Value) => new TypeValue(typeNameOf(value)))]),
  ],
};
