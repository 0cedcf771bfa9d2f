import { mapSize } from './equality.ts';
import { codePointCount } from './library/code-points.ts';
import { isMap, Optional, type Value } from './value.ts';

/** What `size()` gives: code points, bytes, elements or entries; undefined for values without a size. */
export function sizeOf(value: Value): number | undefined {
  if (typeof value === 'string') return codePointCount(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  return isMap(value) ? mapSize(value) : undefined;
}

/** The size that costs count with: 1 for values without a size, and an optional counts as its value. */
export function costSize(value: Value): number {
  if (typeof value === 'string') return codePointCount(value);
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Optional) return value.value === undefined ? 1 : costSize(value.value);
  return sizeOf(value) ?? ('size' in value && typeof value.size === 'number' ? value.size : 1);
}
