import { Duration, formatDuration } from '../../src/cel/duration.ts';
import { mapEntries } from '../../src/cel/equality.ts';
import { Cidr } from '../../src/cel/library/cidr.ts';
import { IpAddress } from '../../src/cel/library/ip-address.ts';
import { canonical, Quantity } from '../../src/cel/library/quantity-value.ts';
import { Semver } from '../../src/cel/library/semver.ts';
import { Url } from '../../src/cel/library/url-parse.ts';
import { doubleOf, isDouble, isInt } from '../../src/cel/number.ts';
import { formatTimestamp, Timestamp } from '../../src/cel/timestamp.ts';
import { TypeValue } from '../../src/cel/type-value.ts';
import { Boxed, isMap, Optional, Uint, type Value } from '../../src/cel/value.ts';

/** Writes a value so that values of different types never look alike: the same form as literal.go. */
export function literal(value: Value): string {
  if (value === null || typeof value === 'boolean' || isInt(value)) return String(value);
  if (isDouble(value)) return double(doubleOf(value));
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b"${Buffer.from(value).toString('hex')}"`;
  if (value instanceof TypeValue) return `type(${value.name})`;
  if (value instanceof Optional) return `optional(${value.value === undefined ? '' : literal(value.value)})`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (isMap(value)) return `{${mapEntries(value).map(entry).sort().join(', ')}}`;
  return value instanceof Boxed ? `${value.typeName}(${text(value)})` : '';
}

function entry([key, value]: readonly [Value, Value]): string {
  return `${literal(key)}: ${literal(value)}`;
}

function double(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0.0';
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return `${BigInt(value)}.0`;
  return value.toExponential().replace(/([+-])(\d)$/, '$10$2');
}

/** As JSON, with the line separators escaped that JavaScript leaves and Go does not. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, (separator) => `\\u${separator.charCodeAt(0).toString(16)}`);
}

function text(value: Boxed): string {
  if (value instanceof Quantity) return canonical(value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  if (value instanceof Duration) return formatDuration(value);
  if (value instanceof Semver) return [value.numbers.join('.'), ...prerelease(value)].join('-');
  return value instanceof IpAddress || value instanceof Cidr || value instanceof Url ? value.toString() : '';
}

function prerelease(version: Semver): string[] {
  return version.prerelease.length === 0 ? [] : [version.prerelease.join('.')];
}
