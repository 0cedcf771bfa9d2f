import { parseDuration } from '../../src/cel/duration.ts';
import { double, int, uint } from '../../src/cel/number.ts';
import { parseTimestamp } from '../../src/cel/timestamp.ts';
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
  opaque,
  parameter,
  STRING,
  TIMESTAMP,
  type Type,
  typeOf,
  UINT,
} from '../../src/cel/type.ts';
import { TypeValue } from '../../src/cel/type-value.ts';
import { MapValue, mapKey, type Value } from '../../src/cel/value.ts';

/** A value of the conformance tests, as protobuf writes it in JSON. */
export type SpecValue = Readonly<Record<string, unknown>>;

/** A type of the conformance tests. */
export type SpecType = Readonly<Record<string, unknown>>;

const DOUBLES: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity };

/** The value that a conformance test writes; undefined for messages and enums, which are not values here. */
export function readValue(spec: SpecValue): Value | undefined {
  const [[kind, content] = ['', undefined]] = Object.entries(spec);
  switch (kind) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
      return content as Value;
    case 'int64Value':
      return int(BigInt(content as string));
    case 'uint64Value':
      return uint(BigInt(content as string));
    case 'doubleValue':
      return double(typeof content === 'number' ? content : (DOUBLES[content as string] ?? Number(content)));
    case 'bytesValue':
      return Uint8Array.from(Buffer.from(content as string, 'base64'));
    case 'typeValue':
      return new TypeValue(content as string);
    case 'listValue':
      return readList((content as { values?: SpecValue[] }).values ?? []);
    case 'mapValue':
      return readMap((content as { entries?: { key: SpecValue; value: SpecValue }[] }).entries ?? []);
    case 'objectValue':
      return readObject(content as { '@type': string; value?: unknown });
    default:
      return undefined;
  }
}

function readList(items: readonly SpecValue[]): Value | undefined {
  const values = items.map(readValue);
  return values.includes(undefined) ? undefined : (values as Value[]);
}

function readMap(entries: readonly { key: SpecValue; value: SpecValue }[]): Value | undefined {
  const read = new Map<NonNullable<ReturnType<typeof mapKey>>, { key: Value; value: Value }>();
  for (const entry of entries) {
    const key = readValue(entry.key);
    const value = readValue(entry.value);
    const held = key === undefined ? undefined : mapKey(key);
    if (key === undefined || value === undefined || held === undefined) return undefined;
    read.set(held, { key, value });
  }
  return new MapValue(read);
}

type WellKnown = (value: unknown) => Value | undefined;

const integer: WellKnown = (value) => int(BigInt(value as string));
const unsigned: WellKnown = (value) => uint(BigInt(value as string));
const asItIs: WellKnown = (value) => value as Value;

// The messages that are values here, by the ends of their names.
const MESSAGES: Readonly<Record<string, WellKnown>> = {
  Duration: (value) => parseDuration((value as string | undefined) ?? '0s'),
  Timestamp: (value) => parseTimestamp((value as string | undefined) ?? ''),
  Int32Value: integer,
  Int64Value: integer,
  UInt32Value: unsigned,
  UInt64Value: unsigned,
  FloatValue: readJson,
  DoubleValue: readJson,
  BoolValue: asItIs,
  StringValue: asItIs,
  BytesValue: (value) => Uint8Array.from(Buffer.from(value as string, 'base64')),
  Value: readJson,
  Struct: readJson,
  ListValue: readJson,
};

// All numbers of protobuf's JSON are doubles.
function readJson(value: unknown): Value {
  if (typeof value === 'number') return double(value);
  if (Array.isArray(value)) return value.map(readJson);
  if (typeof value !== 'object' || value === null) return value as Value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, readJson(part)]));
}

function readObject(object: { '@type': string; value?: unknown }): Value | undefined {
  const name = object['@type'].split('google.protobuf.')[1] ?? '';
  return MESSAGES[name]?.(object.value);
}

const PRIMITIVES: Readonly<Record<string, Type>> = { BOOL, BYTES, DOUBLE, INT64: INT, STRING, UINT64: UINT };
const WELL_KNOWN: Readonly<Record<string, Type>> = { DURATION, TIMESTAMP, ANY: DYN };

/** The type that a conformance test writes; undefined for messages, which are not types here. */
export function readType(spec: SpecType): Type | undefined {
  const [[kind, content] = ['', undefined]] = Object.entries(spec);
  switch (kind) {
    case 'primitive':
      return PRIMITIVES[content as string];
    case 'wellKnown':
      return WELL_KNOWN[content as string];
    case 'messageType': {
      const name = (content as string).split('google.protobuf.')[1] ?? '';
      return Object.hasOwn(MESSAGES, name) ? DYN : undefined;
    }
    case 'null':
      return NULL;
    case 'dyn':
    case 'wrapper':
      return DYN;
    case 'typeParam':
      return parameter(content as string);
    case 'type':
      return combined([content as SpecType], ([of]) => typeOf(of as Type));
    case 'listType':
      return combined([(content as { elemType: SpecType }).elemType], ([element]) => list(element as Type));
    case 'mapType': {
      const { keyType, valueType } = content as { keyType: SpecType; valueType: SpecType };
      return combined([keyType, valueType], ([key, value]) => map(key as Type, value as Type));
    }
    case 'abstractType': {
      const { name, parameterTypes = [] } = content as { name: string; parameterTypes?: SpecType[] };
      return combined(parameterTypes, (types) => opaque(name, ...types));
    }
    default:
      return undefined;
  }
}

function combined(specs: readonly SpecType[], make: (types: readonly Type[]) => Type): Type | undefined {
  const types = specs.map(readType);
  return types.includes(undefined) ? undefined : make(types as Type[]);
}
