import type { FunctionDeclaration, Library } from '../function.ts';
import { INT, list, STRING } from '../type.ts';
import { typeNameOf } from '../type-value.ts';
import { CelError, type ListValue, type Result, type Value } from '../value.ts';
import { countWork } from '../work.ts';
import { codePointCount, hasSurrogates, unitOffset } from './code-points.ts';
import { readsAndWritesFirst, readsFirst, readsTree, sizeOf, traversal } from './cost.ts';
import { declare, global, member } from './declare.ts';
import { quoteCel } from './quote.ts';

type Int = number | bigint;

/** The longest string that a function makes: what would be longer is an error, so that no policy can fill the memory. */
const LONGEST = 1 << 26;

const outOfRange = (index: Int): CelError => new CelError(`index out of range: ${index}`);
const tooLong = (name: string): CelError => new CelError(`${name}: result exceeds ${LONGEST} characters`);

// The cost of charAt is that of one step, however long the text is.
const UNIT_WORK = 1 / 50;

/**
 * `<string>.charAt(<int>) -> <string>`: the code point at an index, `''` at the end.
 * Errors: `index out of range: N`.
 */
function charAt(text: string, index: Int): Result {
  countWork(text.length * UNIT_WORK);
  const size = codePointCount(text);
  if (index < 0 || index > size) return outOfRange(index);
  if (!hasSurrogates(text)) return text.charAt(Number(index));
  const start = unitOffset(text, Number(index));
  return text.slice(start, unitOffset(text.slice(start), 1) + start);
}

/**
 * `<string>.indexOf(<string>) -> <int>`, `<string>.indexOf(<string>, <int>) -> <int>`: the index of the first occurrence
 * at or after an offset, -1 without one. The empty string is found at the offset, or at the end.
 * Errors: `index out of range: N` for a negative offset.
 */
function indexOf(text: string, part: string, offset: Int = 0): Result {
  if (offset < 0) return outOfRange(offset);
  if (!hasSurrogates(text)) return text.indexOf(part, Number(offset));
  const size = codePointCount(text);
  if (part === '') return offset > size ? size : offset;
  const found = text.indexOf(part, unitOffset(text, Number(offset)));
  return found < 0 ? found : codePointCount(text.slice(0, found));
}

/**
 * `<string>.lastIndexOf(<string>) -> <int>`, `<string>.lastIndexOf(<string>, <int>) -> <int>`: the index of the last
 * occurrence at or before an offset; -1 without one, and for an offset at or beyond the end.
 * Errors: `index out of range: N` for a negative offset.
 */
function lastIndexOf(text: string, part: string, offset?: Int): Result {
  if (offset !== undefined && offset < 0) return outOfRange(offset);
  const size = codePointCount(text);
  if (part === '') return offset === undefined || offset > size ? size : offset;
  if (offset !== undefined && offset >= size) return -1;
  const found = text.lastIndexOf(part, offset === undefined ? undefined : unitOffset(text, Number(offset)));
  return found < 0 ? found : codePointCount(text.slice(0, found));
}

/** `indexOf` and `lastIndexOf` of 1.36: the empty string is found at any offset, even outside of the string. */
function emptyAnywhere(search: typeof indexOf): typeof indexOf {
  return (text, part, offset) => (part === '' && offset !== undefined ? offset : search(text, part, offset));
}

/** `<list<string>>.join() -> <string>`, `<list<string>>.join(<string>) -> <string>`. Errors: `join: invalid input: V`. */
function join(items: ListValue, separator = ''): Result {
  let length = 0;
  for (const item of items) {
    if (typeof item !== 'string') return new CelError(`join: invalid input: ${shown(item)}`);
    length += item.length + separator.length;
  }
  return length > LONGEST ? tooLong('join') : items.join(separator);
}

// What Go prints of a value that is no string: null is a 0 there.
function shown(item: Value): string {
  if (item === null) return '0';
  return typeof item === 'object' ? typeNameOf(item) : String(item);
}

/** `<string>.lowerAscii() -> <string>`: only A to Z change. */
function lowerAscii(text: string): Result {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) : text;
}

/** `<string>.upperAscii() -> <string>`: only a to z change. */
function upperAscii(text: string): Result {
  return /[a-z]/.test(text) ? text.replace(/[a-z]+/g, (lower) => lower.toUpperCase()) : text;
}

/**
 * `<string>.replace(<string>, <string>) -> <string>`, `<string>.replace(<string>, <string>, <int>) -> <string>`: the
 * first N occurrences, all of them where N is negative. The empty string occurs before each code point and at the end.
 */
function replace(text: string, old: string, replacement: string, limit: Int = -1): Result {
  if (limit === 0 || old === replacement) return text;
  const pieces = splitAround(text, old, limit < 0 ? Number.POSITIVE_INFINITY : Number(limit) + 1);
  const length = text.length + (pieces.length - 1) * (replacement.length - old.length);
  return length > LONGEST ? tooLong('replace') : pieces.join(replacement);
}

function splitAround(text: string, old: string, limit: number): string[] {
  if (old !== '') return splitAt(text, old, limit);
  const pieces = ['', ...explode(text, limit - 1)];
  if (pieces.length < limit) pieces.push('');
  return pieces;
}

/**
 * `<string>.split(<string>) -> <list<string>>`, `<string>.split(<string>, <int>) -> <list<string>>`: at most N pieces,
 * the last one being the rest; all of them where N is negative. The empty separator separates code points.
 */
function split(text: string, separator: string, limit: Int = -1): Result {
  if (limit === 0) return [];
  const pieces = limit < 0 ? Number.POSITIVE_INFINITY : Number(limit);
  return separator === '' ? explode(text, pieces) : splitAt(text, separator, pieces);
}

function splitAt(text: string, separator: string, limit: number): string[] {
  const pieces = text.split(separator);
  if (pieces.length <= limit) return pieces;
  return [...pieces.slice(0, limit - 1), pieces.slice(limit - 1).join(separator)];
}

/** The code points, the last of `limit` pieces being the rest. */
function explode(text: string, limit: number): string[] {
  const points = Array.from(text);
  if (points.length <= limit) return points;
  return limit < 1 ? [] : [...points.slice(0, limit - 1), points.slice(limit - 1).join('')];
}

/**
 * `<string>.substring(<int>) -> <string>`, `<string>.substring(<int>, <int>) -> <string>`: from a start, before an end.
 * Errors: `index out of range: N`, `invalid substring range. start: S, end: E`.
 */
function substring(text: string, start: Int, end?: Int): Result {
  if (end !== undefined && start > end) {
    return new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  }
  const size = codePointCount(text);
  if (start < 0 || start > size) return outOfRange(start);
  if (end !== undefined && (end < 0 || end > size)) return outOfRange(end);
  const from = unitOffset(text, Number(start));
  return text.slice(from, end === undefined ? undefined : unitOffset(text, Number(end)));
}

const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** `<string>.trim() -> <string>`: without the Unicode white space at both ends (a byte order mark is none). */
function trim(text: string): Result {
  let start = 0;
  let end = text.length;
  while (start < end && SPACE.test(text.charAt(start))) start++;
  while (end > start && SPACE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

const STRING_LIST = list(STRING);

function searching(id: string, name: string, search: typeof indexOf): FunctionDeclaration[] {
  const withOffset = (call: typeof indexOf): FunctionDeclaration =>
    declare(name, [member(`string_${id}_string_int`, [STRING, STRING, INT], INT, call)], readsTree);
  return [
    declare(name, [member(`string_${id}_string`, [STRING, STRING], INT, search)], readsTree),
    { ...withOffset(search), since: '1.37' },
    { ...withOffset(emptyAnywhere(search)), until: '1.36' },
  ];
}

const writesResult: FunctionDeclaration['cost'] = (_args, result) => traversal(sizeOf(result) * 2);

/** `strings.quote(<string>) -> <string>`: in double quotes, with the escapes of CEL. */
function quote(text: string): Result {
  return quoteCel(text);
}

/** The string functions of cel-go's `strings` extension, version 2: what every Kubernetes since 1.29 has. */
export const STRINGS: Library = {
  name: 'strings',
  functions: [
    declare('charAt', [member('string_char_at_int', [STRING, INT], STRING, charAt)]),
    ...searching('index_of', 'indexOf', indexOf),
    ...searching('last_index_of', 'lastIndexOf', lastIndexOf),
    declare(
      'join',
      [
        member('list_join', [STRING_LIST], STRING, join),
        member('list_join_string', [STRING_LIST, STRING], STRING, join),
      ],
      writesResult,
    ),
    declare('lowerAscii', [member('string_lower_ascii', [STRING], STRING, lowerAscii)], readsFirst),
    declare('upperAscii', [member('string_upper_ascii', [STRING], STRING, upperAscii)], readsFirst),
    declare(
      'replace',
      [
        member('string_replace_string_string', [STRING, STRING, STRING], STRING, replace),
        member('string_replace_string_string_int', [STRING, STRING, STRING, INT], STRING, replace),
      ],
      readsAndWritesFirst,
    ),
    declare(
      'split',
      [
        member('string_split_string', [STRING, STRING], STRING_LIST, split),
        member('string_split_string_int', [STRING, STRING, INT], STRING_LIST, split),
      ],
      readsAndWritesFirst,
    ),
    declare(
      'substring',
      [
        member('string_substring_int', [STRING, INT], STRING, substring),
        member('string_substring_int_int', [STRING, INT, INT], STRING, substring),
      ],
      readsFirst,
    ),
    declare('trim', [member('string_trim', [STRING], STRING, trim)], readsFirst),
    declare('strings.quote', [{ ...global('strings_quote', [STRING], STRING, quote), cost: readsFirst }]),
  ],
};
