/** Values as YAML or JSON in the style of a document. */
import { readYaml } from '../audit/yaml.ts';
import type { JsonMap, Value } from '../cel/value.ts';
import type { Style } from './style.ts';

/** Lines of a block, each indented to its place; without the line breaks. */
export function blockLines(value: JsonMap | readonly Value[], column: number, style: Style): string[] {
  if (isList(value)) return value.flatMap((item) => itemLines(item, column, style));
  return Object.entries(value).flatMap(([key, field]) => pairLines(key, field, column, style));
}

/** `key: value`, with the value below the key where it is a map or list with anything in it. */
export function pairLines(key: string, value: Value, column: number, style: Style): string[] {
  const head = `${' '.repeat(column)}${scalarText(key, style)}:`;
  if (!isBlock(value)) return [`${head} ${flowText(value, style)}`];
  return [head, ...blockLines(value, column + (isList(value) ? style.dashes : style.step), style)];
}

/** `- item`; a map begins beside the dash. */
export function itemLines(item: Value, column: number, style: Style): string[] {
  const dash = `${' '.repeat(column)}- `;
  if (!isBlock(item) || isList(item)) return [`${dash}${flowText(item, style)}`];
  const [first = '', ...rest] = blockLines(item, column + 2, style);
  return [dash + first.trimStart(), ...rest];
}

/** Whether the value is written below its key, rather than beside it. */
export function isBlock(value: Value): value is JsonMap | readonly Value[] {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** The value on one line. */
export function flowText(value: Value, style: Style): string {
  if (style.json) return jsonText(value);
  if (isList(value)) return `[${value.map((item) => flowText(item, style)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalarText(value, style);
  const fields = Object.entries(value).map(([key, field]) => `${scalarText(key, style)}: ${flowText(field, style)}`);
  const blank = style.padded && fields.length > 0 ? ' ' : '';
  return `{${blank}${fields.join(', ')}${blank}}`;
}

/** A member of a map on one line. */
export function memberText(key: string, value: Value, style: Style): string {
  return `${style.json ? JSON.stringify(key) : scalarText(key, style)}: ${flowText(value, style)}`;
}

/** A member or item (without `key`) of a JSON collection over as many lines as it takes; `indent` is that of its first line. */
export function prettyJson(key: string | undefined, value: Value, indent: string, style: Style): string {
  const unit = indent.includes('\t') ? '\t' : style.step;
  const text = JSON.stringify(value, plainNumbers, unit).replaceAll('\n', style.newline + indent);
  return key === undefined ? text : `${JSON.stringify(key)}: ${text}`;
}

function jsonText(value: Value): string {
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value, plainNumbers);
  return `{${Object.entries(value)
    .map(([key, field]) => `${JSON.stringify(key)}: ${jsonText(field)}`)
    .join(', ')}}`;
}

/** The integers of CEL are BigInts, which JSON.stringify does not take. */
function plainNumbers(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

// Begins like a word or path and holds nothing that YAML, of any version, could take for something else.
const PLAIN = /^[A-Za-z_/](?:[\w ./@+()=-]*[\w./@+()=-])?$/;
const PLAIN_QUANTITY = /^\d+(?:\.\d+)?(?:[A-Za-z]+|%)$/;
const PLAIN_IMAGE = /^[A-Za-z][\w./-]*:[A-Za-z\d][\w.-]*(?:@sha256:[a-f\d]+)?$/;

/** A scalar that reads back as the same value, quoted where it must be. */
export function scalarText(value: Value, style: Style): string {
  if (typeof value !== 'string') return String(value);
  if (style.json) return JSON.stringify(value);
  const isPlain = PLAIN.test(value) || PLAIN_QUANTITY.test(value) || PLAIN_IMAGE.test(value);
  if (isPlain && readsAs(value, value)) return value;
  return quoted(value, style.quote);
}

/** The string in these quotes; in double ones where single ones cannot hold it. */
export function quoted(value: string, quote: Style['quote']): string {
  // A line break, or another character that only an escape can show.
  const isPrintable = /^[\x20-\x7E\u{A0}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u.test(value);
  return quote === "'" && isPrintable ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

function readsAs(text: string, value: string): boolean {
  const reading = readYaml(`[${text}]`);
  return reading.ok && isList(reading.value) && reading.value.length === 1 && reading.value[0] === value;
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}
