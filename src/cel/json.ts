import { Duration, formatDuration } from './duration.ts';
import { formatTimestamp, Timestamp } from './timestamp.ts';
import { Boxed, Double, type JsonMap, MapValue, Optional, StructValue, Uint, type Value } from './value.ts';

/**
 * A value as JSON, for patches and messages: structs and maps as objects (keys as text), times as text, bytes as base64,
 * ints outside the safe range as the nearest number; undefined for what has no JSON, such as a type or an address.
 * Plain parts of the value are not copied.
 */
export function toJson(value: Value): Value | undefined {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return listToJson(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value instanceof Boxed ? boxedToJson(value) : mapToJson(value as JsonMap);
}

function listToJson(items: readonly Value[]): Value | undefined {
  const converted = items.map(toJson);
  if (converted.includes(undefined)) return undefined;
  return converted.every((item, index) => item === items[index]) ? items : (converted as Value[]);
}

function mapToJson(map: JsonMap): Value | undefined {
  return entriesToJson(Object.entries(map), map);
}

function entriesToJson(entries: readonly (readonly [string, Value])[], original?: JsonMap): Value | undefined {
  const converted = entries.map(([key, value]) => [key, toJson(value)] as const);
  if (converted.some(([, value]) => value === undefined)) return undefined;
  if (original && converted.every(([, value], index) => value === entries[index]?.[1])) return original;
  return Object.fromEntries(converted as readonly (readonly [string, Value])[]);
}

function boxedToJson(value: Boxed): Value | undefined {
  if (value instanceof Double) return Number.isFinite(value.value) ? value.value : undefined;
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof StructValue) return entriesToJson(Object.entries(value.fields));
  if (value instanceof MapValue) {
    return entriesToJson(Array.from(value.entries.values(), (entry) => [keyText(entry.key), entry.value] as const));
  }
  if (value instanceof Optional) return value.value === undefined ? null : toJson(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  return value instanceof Duration ? formatDuration(value) : undefined;
}

function keyText(key: Value): string {
  return key instanceof Uint || key instanceof Double ? String(key.value) : String(key);
}
