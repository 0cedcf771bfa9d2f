import { type Duration, duration } from '../duration.ts';
import type { FunctionDeclaration, Library } from '../function.ts';
import { traversal } from '../library/cost.ts';
import { declare, global } from '../library/declare.ts';
import {
  bigOf,
  divisionByZero,
  double,
  doubleOf,
  int,
  integerOverflow,
  modulusByZero,
  uint,
  unsignedOverflow,
} from '../number.ts';
import { costSize } from '../size.ts';
import { Timestamp, timestamp } from '../timestamp.ts';
import { BYTES, DOUBLE, DURATION, INT, list, parameter, STRING, TIMESTAMP, type Type, UINT } from '../type.ts';
import { CelError, type Double, type ListValue, type Result, type Uint, type Value } from '../value.ts';

type Int = number | bigint;
type Operation<T> = (a: T, b: T) => T;

/** `int + int`; an error outside int64. */
export function addInts(a: Int, b: Int): Result {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return int(bigOf(a) + bigOf(b)) ?? integerOverflow();
}

// Exact where the result is a safe integer: then no operand or intermediate value was rounded.
function ints(fast: Operation<number>, exact: Operation<bigint>) {
  return (a: Int, b: Int): Result => {
    if (typeof a === 'number' && typeof b === 'number') {
      const result = fast(a, b);
      if (Number.isSafeInteger(result)) return result === 0 ? 0 : result;
    }
    return int(exact(bigOf(a), bigOf(b))) ?? integerOverflow();
  };
}

function divided(zero: () => CelError, fast: Operation<number>, exact: Operation<bigint>) {
  const divide = ints(fast, exact);
  return (a: Int, b: Int): Result => {
    if (b === 0) return zero();
    // The API server refuses the modulus as well as the quotient, which has no int.
    if (b === -1 && bigOf(a) === -(2n ** 63n)) return integerOverflow();
    return divide(a, b);
  };
}

const uints =
  (exact: Operation<bigint>) =>
  (a: Uint, b: Uint): Result =>
    uint(exact(a.value, b.value)) ?? unsignedOverflow();

const dividedUints =
  (zero: () => CelError, exact: Operation<bigint>) =>
  (a: Uint, b: Uint): Result =>
    b.value === 0n ? zero() : uints(exact)(a, b);

const doubles =
  (operation: Operation<number>) =>
  (a: number | Double, b: number | Double): Result =>
    double(operation(doubleOf(a), doubleOf(b)));

const offsetOf = (value: Timestamp | Duration): number => (value instanceof Timestamp ? value.offset : 0);

const times =
  (combine: Operation<bigint>) =>
  (a: Timestamp | Duration, b: Timestamp | Duration): Result =>
    timestamp(combine(a.nanoseconds, b.nanoseconds), offsetOf(a) || offsetOf(b)) ?? new CelError('timestamp overflow');

const durations =
  (combine: Operation<bigint>) =>
  (a: Timestamp | Duration, b: Timestamp | Duration): Result =>
    duration(combine(a.nanoseconds, b.nanoseconds)) ?? integerOverflow();

const joinedCost = (args: readonly Value[]): number => traversal(costSize(args[0] ?? null) + costSize(args[1] ?? null));

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

const same = (name: string, type: Type, call: (...args: never[]) => Result) => global(name, [type, type], type, call);

const LIST = list(parameter('A'));

const ADD = declare('_+_', [
  { ...same('add_bytes', BYTES, joinBytes), cost: joinedCost },
  same(
    'add_double',
    DOUBLE,
    doubles((a, b) => a + b),
  ),
  same(
    'add_duration_duration',
    DURATION,
    durations((a, b) => a + b),
  ),
  global(
    'add_duration_timestamp',
    [DURATION, TIMESTAMP],
    TIMESTAMP,
    times((a, b) => a + b),
  ),
  global(
    'add_timestamp_duration',
    [TIMESTAMP, DURATION],
    TIMESTAMP,
    times((a, b) => a + b),
  ),
  same('add_int64', INT, addInts),
  same('add_list', LIST, (a: ListValue, b: ListValue) => [...a, ...b]),
  { ...same('add_string', STRING, (a: string, b: string) => a + b), cost: joinedCost },
  same(
    'add_uint64',
    UINT,
    uints((a, b) => a + b),
  ),
]);

const SUBTRACT = declare('_-_', [
  same(
    'subtract_double',
    DOUBLE,
    doubles((a, b) => a - b),
  ),
  same(
    'subtract_duration_duration',
    DURATION,
    durations((a, b) => a - b),
  ),
  same(
    'subtract_int64',
    INT,
    ints(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  ),
  global(
    'subtract_timestamp_duration',
    [TIMESTAMP, DURATION],
    TIMESTAMP,
    times((a, b) => a - b),
  ),
  global(
    'subtract_timestamp_timestamp',
    [TIMESTAMP, TIMESTAMP],
    DURATION,
    durations((a, b) => a - b),
  ),
  same(
    'subtract_uint64',
    UINT,
    uints((a, b) => a - b),
  ),
]);

const MULTIPLY = declare('_*_', [
  same(
    'multiply_double',
    DOUBLE,
    doubles((a, b) => a * b),
  ),
  same(
    'multiply_int64',
    INT,
    ints(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  ),
  same(
    'multiply_uint64',
    UINT,
    uints((a, b) => a * b),
  ),
]);

const DIVIDE = declare('_/_', [
  same(
    'divide_double',
    DOUBLE,
    doubles((a, b) => a / b),
  ),
  same(
    'divide_int64',
    INT,
    divided(
      divisionByZero,
      (a, b) => Math.trunc(a / b),
      (a, b) => a / b,
    ),
  ),
  same(
    'divide_uint64',
    UINT,
    dividedUints(divisionByZero, (a, b) => a / b),
  ),
]);

const MODULO = declare('_%_', [
  same(
    'modulo_int64',
    INT,
    divided(
      modulusByZero,
      (a, b) => a % b,
      (a, b) => a % b,
    ),
  ),
  same(
    'modulo_uint64',
    UINT,
    dividedUints(modulusByZero, (a, b) => a % b),
  ),
]);

const NEGATE: FunctionDeclaration = declare('-_', [
  global('negate_double', [DOUBLE], DOUBLE, (a: number | Double) => double(-doubleOf(a))),
  global('negate_int64', [INT], INT, (a: Int) => int(-bigOf(a)) ?? integerOverflow()),
]);

/** `+`, `-`, `*`, `/`, `%`: exact, with an error where the result leaves the type. */
export const ARITHMETIC: Library = { name: 'arithmetic', functions: [ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, NEGATE] };
