import { costSize } from '../size.ts';
import { Boxed, type ListValue, MapValue, type Value } from '../value.ts';
import { countWork } from '../work.ts';

/** What reading one character costs, from cel-go. */
const TRAVERSAL = 0.1;
/** What one character of a regular expression costs: an expression of it is taken to be four characters long. */
const REGEX_TRAVERSAL = 0.25;
const LIST_CREATION = 10;
const CALL = 1;

type Arguments = readonly Value[];
type Cost = (args: Arguments, result: Value | undefined) => number;

/** The size that costs count: code points, bytes, elements or entries; 1 for everything else and for an error. */
export function sizeOf(value: Value | undefined): number {
  return value === undefined ? 1 : costSize(value);
}

/** The cost of reading that many characters once. */
export function traversal(size: number): number {
  return Math.ceil(size * TRAVERSAL);
}

/** The cost of matching a text of that size against an expression of that size. */
export function regexTraversal(size: number, expressionSize: number): number {
  return Math.ceil((1 + size) * TRAVERSAL) * Math.ceil(expressionSize * REGEX_TRAVERSAL);
}

/** The cost of looking at every scalar of a tree once: 1 each, strings and bytes by a tenth of their bytes. */
function treeTraversal(value: Value): number {
  countWork();
  if (typeof value === 'string') return Math.floor(Buffer.byteLength(value) * TRAVERSAL);
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return Math.floor(value.length * TRAVERSAL);
  if (Array.isArray(value)) return (value as ListValue).reduce<number>((sum, item) => sum + treeTraversal(item), 0);
  return value instanceof Boxed && !(value instanceof MapValue) ? 1 : mapTraversal(value);
}

function mapTraversal(map: Exclude<Value, null | boolean | number | bigint | string>): number {
  let sum = 0;
  if (map instanceof MapValue) {
    for (const { key, value } of map.entries.values()) sum += treeTraversal(key) + treeTraversal(value);
    return sum;
  }
  for (const [key, value] of Object.entries(map)) sum += treeTraversal(key) + treeTraversal(value as Value);
  return sum;
}

/** The cost of a function that reads its first argument once. */
export const readsFirst: Cost = (args) => traversal(sizeOf(args[0]));

/** The cost of a function that reads its first argument and writes about as much. */
export const readsAndWritesFirst: Cost = (args) => traversal(sizeOf(args[0]) * 2);

/** The cost of a function that looks at every scalar of its first argument. */
export const readsTree: Cost = ([first]) => (first === undefined ? 0 : treeTraversal(first));

/** The cost of a function that makes a list of the size of `size`, at `factor` for each element. */
export function makesList(size: number, factor = 1): number {
  return Math.trunc(size * factor) + CALL + LIST_CREATION;
}

/** The cost of comparing every element of a list with every other. */
export function comparesAll(list: Value | undefined): number {
  const size = sizeOf(list);
  const first = Array.isArray(list) ? list[0] : undefined;
  const text = typeof first === 'string' || first instanceof Uint8Array;
  return makesList(size * size, text ? 2 + TRAVERSAL : 2);
}
