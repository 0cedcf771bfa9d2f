/** The smallest set of touched fields between two JSON trees, as an RFC 6902 patch. */
import type { JsonMap, Value } from '../../cel/value.ts';
import type { Patch, PatchOperation } from '../decision.ts';
import { isJsonMap, jsonEqual } from './equal.ts';
import { escapeStep } from './pointer.ts';

/**
 * A patch that makes `after` of `before`; empty where they are equal. Objects are never replaced by objects, nor lists by
 * lists: only the members and items that differ are touched, so that a reader sees what was meant. Members come in the
 * order of `before`, then of `after`. Parts that are the same reference are not walked. Recursive: the depth of requests
 * is limited where they come in (about 250).
 */
export function diff(before: Value, after: Value): Patch {
  const operations: PatchOperation[] = [];
  diffValue(operations, '', before, after);
  return operations;
}

function diffValue(out: PatchOperation[], path: string, before: Value, after: Value): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) diffList(out, path, before, after);
  else if (isJsonMap(before) && isJsonMap(after)) diffMap(out, path, before, after);
  else if (!jsonEqual(before, after)) out.push({ op: 'replace', path, value: after });
}

function diffMap(out: PatchOperation[], path: string, before: JsonMap, after: JsonMap): void {
  for (const key of Object.keys(before)) {
    if (!Object.hasOwn(after, key)) out.push({ op: 'remove', path: `${path}/${escapeStep(key)}` });
    // Most members of a changed object are the very same ones: no path is made for them.
    else if (before[key] !== after[key]) {
      diffValue(out, `${path}/${escapeStep(key)}`, before[key] as Value, after[key] as Value);
    }
  }
  for (const key of Object.keys(after)) {
    if (Object.hasOwn(before, key)) continue;
    out.push({ op: 'add', path: `${path}/${escapeStep(key)}`, value: after[key] as Value });
  }
}

/**
 * Items that are the same in both lists stay; what lies between two of them was changed, removed or added. Operations go
 * from left to right, so that each index counts what the ones before it have done.
 */
function diffList(out: PatchOperation[], path: string, before: readonly Value[], after: readonly Value[]): void {
  const { start, tail } = commonEnds(before, after, Object.is);
  const gap: Gap = { before, after, from: start, to: start };
  const changed = pairs(before.slice(start, before.length - tail), after.slice(start, after.length - tail));
  for (const [left, right] of changed) {
    diffGap(out, path, gap, start + left, start + right);
    diffValue(out, `${path}/${start + right}`, before[start + left] as Value, after[start + right] as Value);
    gap.from = start + left + 1;
    gap.to = start + right + 1;
  }
  diffGap(out, path, gap, before.length - tail, after.length - tail);
}

/** The stretch of both lists that has no partner: from these indices up to the next pair. */
interface Gap {
  readonly before: readonly Value[];
  readonly after: readonly Value[];
  from: number;
  to: number;
}

function diffGap(
  out: PatchOperation[],
  path: string,
  { before, after, from, to }: Gap,
  left: number,
  right: number,
): void {
  const changed = Math.min(left - from, right - to);
  for (let step = 0; step < changed; step++) {
    diffItem(out, `${path}/${to + step}`, before[from + step] as Value, after[to + step] as Value);
  }
  for (let index = from + changed; index < left; index++) out.push({ op: 'remove', path: `${path}/${to + changed}` });
  for (let index = to + changed; index < right; index++)
    out.push({ op: 'add', path: `${path}/${index}`, value: after[index] as Value });
}

/** An item that took another's place: changed in place where that says less than the whole new item. */
function diffItem(out: PatchOperation[], path: string, before: Value, after: Value): void {
  const inPlace: PatchOperation[] = [];
  diffValue(inPlace, path, before, after);
  const replacement: PatchOperation = { op: 'replace', path, value: after };
  out.push(...(JSON.stringify(inPlace).length - 2 <= JSON.stringify(replacement).length ? inPlace : [replacement]));
}

// Finding partners compares each item with each: beyond this many comparisons items are paired by their index.
const MAX_COMPARISONS = 40_000;

type Pairs = readonly (readonly [number, number])[];
type Same = (a: Value | undefined, b: Value | undefined) => boolean;

/** The indices of the items that are the same thing in both lists, both ascending: by `name` where all items have one. */
function pairs(before: readonly Value[], after: readonly Value[]): Pairs {
  const same = haveNames(before) && haveNames(after) ? sameName : jsonEqual;
  const { start, tail } = commonEnds(before, after, same);
  const found: (readonly [number, number])[] = [];
  for (let index = 0; index < start; index++) found.push([index, index]);
  found.push(...commonSubsequence(before, after, start, tail, same));
  for (let index = tail; index > 0; index--) found.push([before.length - index, after.length - index]);
  return found;
}

/** How many items at the start, and then at the end, are the same. */
function commonEnds(before: readonly Value[], after: readonly Value[], same: Same): { start: number; tail: number } {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && same(before[start], after[start])) start++;
  let tail = 0;
  while (tail < shortest - start && same(before.at(-1 - tail), after.at(-1 - tail))) tail++;
  return { start, tail };
}

function haveNames(items: readonly Value[]): boolean {
  const names = new Set<Value>();
  for (const item of items) {
    if (!isJsonMap(item) || typeof item['name'] !== 'string') return false;
    names.add(item['name']);
  }
  return names.size === items.length;
}

function sameName(a: Value | undefined, b: Value | undefined): boolean {
  return (a as JsonMap)['name'] === (b as JsonMap)['name'];
}

/** The longest common subsequence of what lies between `start` items in front and `tail` items at the end. */
function commonSubsequence(
  before: readonly Value[],
  after: readonly Value[],
  start: number,
  tail: number,
  same: Same,
): Pairs {
  const rows = before.length - start - tail;
  const columns = after.length - start - tail;
  if (rows === 0 || columns === 0 || rows * columns > MAX_COMPARISONS) return [];
  const width = columns + 1;
  const length = new Uint32Array((rows + 1) * width);
  const equal = new Uint8Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const at = row * width + column;
      equal[at] = same(before[start + row], after[start + column]) ? 1 : 0;
      length[at] = equal[at]
        ? cell(length, at + width + 1) + 1
        : Math.max(cell(length, at + width), cell(length, at + 1));
    }
  }
  return trace(length, equal, rows, columns, start);
}

function trace(length: Uint32Array, equal: Uint8Array, rows: number, columns: number, start: number): Pairs {
  const found: [number, number][] = [];
  const width = columns + 1;
  let row = 0;
  let column = 0;
  while (row < rows && column < columns) {
    const at = row * width + column;
    if (equal[at]) found.push([start + row++, start + column++]);
    else if (cell(length, at + width) >= cell(length, at + 1)) row++;
    else column++;
  }
  return found;
}

function cell(table: Uint32Array, at: number): number {
  return table[at] as number;
}
