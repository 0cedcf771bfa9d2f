import type { StructDeclaration } from '../declarations.ts';
import { duration } from '../duration.ts';
import { mapEntries } from '../equality.ts';
import { bigOf, double, doubleOf, integerOverflow, isDouble, isInt } from '../number.ts';
import { timestamp } from '../timestamp.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  list,
  map,
  NULL,
  STRING,
  struct,
  TIMESTAMP,
  type Type,
  UINT,
} from '../type.ts';
import { CelError, Double, isMap, type JsonMap, MapValue, type Result, Uint, type Value } from '../value.ts';

type Fields = ReadonlyMap<string, Value>;

function declaration(
  name: string,
  fields: Readonly<Record<string, Type>>,
  type: Type,
  make: (fields: Fields) => Result,
): StructDeclaration {
  return { type: struct(name, fields), result: { type, make } };
}

function wrapper(
  name: string,
  type: Type,
  zero: Value,
  adjust: (value: Value) => Result = (value) => value,
): StructDeclaration {
  // Wrappers may be compared with null, which no type of ours says but `dyn`.
  return declaration(name, { value: type }, DYN, (fields) => adjust(fields.get('value') ?? zero));
}

const INT32 = 2n ** 31n;

const int32 = (value: Value): Result =>
  isInt(value) && bigOf(value) >= -INT32 && bigOf(value) < INT32 ? value : new CelError('integer overflow');

const uint32 = (value: Value): Result =>
  value instanceof Uint && value.value < 2n * INT32 ? value : new CelError('unsigned integer overflow');

const float = (value: Value): Result => (isDouble(value) ? double(Math.fround(doubleOf(value))) : value);

function nanoseconds(fields: Fields): bigint {
  const part = (name: string): bigint => bigOf((fields.get(name) ?? 0) as number | bigint);
  return part('seconds') * 1_000_000_000n + part('nanos');
}

const VALUE_FIELDS = {
  null_value: NULL,
  number_value: DOUBLE,
  string_value: STRING,
  bool_value: BOOL,
  struct_value: map(STRING, DYN),
  list_value: list(DYN),
};

// JSON knows one kind of number: an int becomes a double.
function json(value: Value): Value {
  if (isInt(value)) return double(Number(value));
  if (value instanceof Uint) return new Double(Number(value.value));
  if (Array.isArray(value)) return value.map(json);
  if (!isMap(value)) return value;
  return new MapValue(
    new Map(mapEntries(value as JsonMap).map(([key, item]) => [String(key), { key, value: json(item) }])),
  );
}

const oneOf = (fields: Fields): Value => {
  const [first] = fields.values();
  return first === undefined ? null : json(first);
};

const EMPTY_MAP = new MapValue(new Map());

const DECLARATIONS: readonly StructDeclaration[] = [
  wrapper('google.protobuf.BoolValue', BOOL, false),
  wrapper('google.protobuf.BytesValue', BYTES, new Uint8Array()),
  wrapper('google.protobuf.DoubleValue', DOUBLE, new Double(0)),
  wrapper('google.protobuf.FloatValue', DOUBLE, new Double(0), float),
  wrapper('google.protobuf.Int32Value', INT, 0, int32),
  wrapper('google.protobuf.Int64Value', INT, 0),
  wrapper('google.protobuf.StringValue', STRING, ''),
  wrapper('google.protobuf.UInt32Value', UINT, new Uint(0n), uint32),
  wrapper('google.protobuf.UInt64Value', UINT, new Uint(0n)),
  declaration('google.protobuf.Value', VALUE_FIELDS, DYN, oneOf),
  declaration('google.protobuf.Struct', { fields: map(STRING, DYN) }, map(STRING, DYN), (fields) =>
    json(fields.get('fields') ?? EMPTY_MAP),
  ),
  declaration('google.protobuf.ListValue', { values: list(DYN) }, list(DYN), (fields) =>
    json(fields.get('values') ?? []),
  ),
  declaration(
    'google.protobuf.Duration',
    { seconds: INT, nanos: INT },
    DURATION,
    (fields) => duration(nanoseconds(fields)) ?? integerOverflow(),
  ),
  declaration(
    'google.protobuf.Timestamp',
    { seconds: INT, nanos: INT },
    TIMESTAMP,
    (fields) => timestamp(nanoseconds(fields)) ?? new CelError('timestamp overflow'),
  ),
];

const BY_NAME = new Map(DECLARATIONS.map((known) => [known.type.kind === 'struct' ? known.type.name : '', known]));

/** The well-known messages that the API server lets an expression write as a literal: wrappers, JSON and times. */
export function wellKnownStruct(name: string): StructDeclaration | undefined {
  return BY_NAME.get(name);
}
