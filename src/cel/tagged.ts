import { Duration, formatDuration } from './duration.ts';
import { mapEntries } from './equality.ts';
import { doubleOf, isDouble, isInt } from './number.ts';
import { formatTimestamp, Timestamp } from './timestamp.ts';
import { TypeValue } from './type-value.ts';
import { Boxed, isMap, Optional, StructValue, Uint, type Value } from './value.ts';

/**
 * A value as JSON that keeps its types apart: `{"$int": "1"}`, `{"$double": 1.5}`, `{"$bytes": "…"}`, `{"$optional": …}`,
 * `{"$Object.spec": {…}}`; bools, strings, null, lists and maps as they are. For golden files and for debugging.
 */
export function tagged(value: Value): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (isInt(value)) return { $int: String(value) };
  if (isDouble(value)) return { $double: taggedDouble(doubleOf(value)) };
  if (value instanceof Uint) return { $uint: String(value.value) };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(tagged);
  if (isMap(value)) return Object.fromEntries(mapEntries(value).map(([key, item]) => [keyText(key), tagged(item)]));
  return value instanceof Boxed ? taggedBoxed(value) : undefined;
}

function taggedDouble(value: number): number | string {
  if (Number.isFinite(value)) return value === 0 ? 0 : value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function taggedBoxed(value: Boxed): unknown {
  if (value instanceof Optional) return { $optional: value.value === undefined ? 'none' : [tagged(value.value)] };
  if (value instanceof TypeValue) return { $type: value.name };
  if (value instanceof StructValue) {
    return {
      [`$${value.typeName}`]: Object.fromEntries(
        Object.entries(value.fields).map(([name, item]) => [name, unwrapped(tagged(item))]),
      ),
    };
  }
  if (value instanceof Timestamp) return { [`$${value.typeName}`]: formatTimestamp(value) };
  if (value instanceof Duration) return { [`$${value.typeName}`]: formatDuration(value) };
  return { [`$${value.typeName}`]: 'text' in value ? value.text : String(value) };
}

// A struct inside a struct is written without its name.
function unwrapped(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(unwrapped);
  if (typeof item !== 'object' || item === null) return item;
  const [name, ...others] = Object.keys(item);
  return others.length === 0 && name?.startsWith('$Object') ? Object.values(item)[0] : item;
}

function keyText(key: Value): string {
  return key === null
    ? 'NULL_VALUE'
    : key instanceof Uint
      ? String(key.value)
      : isDouble(key)
        ? String(doubleOf(key))
        : String(key);
}
