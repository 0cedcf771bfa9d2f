/** JSON, which JSON.parse reads several times faster than it could be read as YAML, and of which it hides something. */
import type { Value } from '../cel/value.ts';

export interface JsonReading {
  /** As readYaml reads it: a field that is null is absent. */
  readonly value: Value;
  /** Whether some object has a key twice. Which one it is, and where, costs more to know. */
  readonly hasDuplicate: boolean;
}

/** Reads a text that is one JSON object or list, and nothing besides; undefined for any other. */
export function readJson(text: string): JsonReading | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const counter = { keys: 0 };
    // Without the byte order mark of what follows it, too.
    const value = withoutNulls(JSON.parse(text.trim()) as Value, counter);
    return { value, hasDuplicate: keysIn(text) > counter.keys };
  } catch {
    return undefined;
  }
}

function withoutNulls(value: Value, counter: { keys: number }): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, counter));
  const fields = Object.entries(value);
  counter.keys += fields.length;
  const present = fields.filter(([, field]) => field !== null);
  return Object.fromEntries(present.map(([name, field]) => [name, withoutNulls(field, counter)]));
}

const COLON = ':'.charCodeAt(0);
const SPACE = ' '.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);

/** How many keys are written in valid JSON: the strings that a colon follows. */
function keysIn(text: string): number {
  let keys = 0;
  for (let start = text.indexOf('"'); start !== -1; ) {
    let next = endOfString(text, start);
    while (text.charCodeAt(next) <= SPACE) next++;
    if (text.charCodeAt(next) === COLON) keys++;
    start = text.indexOf('"', next);
  }
  return keys;
}

/** Behind the closing quote of the string that begins at `start`; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = at - 1;
    while (text.charCodeAt(slashes) === BACKSLASH) slashes--;
    if ((at - slashes) % 2 === 1) return at + 1;
  }
  return text.length;
}

/**
 * The values of a stream of JSON, each with the white space around it; the last one may be anything that cannot be cut any
 * further. undefined for what does not begin with one value and another.
 */
export function jsonValuesIn(text: string): readonly string[] | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const values: string[] = [];
  let start = 0;
  for (let end = endOfValue(text, start); /[{[]/.test(text.charAt(end)); end = endOfValue(text, start)) {
    values.push(text.slice(start, end));
    if (start === 0 && readJson(text.slice(start, end)) === undefined) return undefined;
    start = end;
  }
  return start === 0 ? undefined : [...values, text.slice(start)];
}

/** Behind the value and the white space that follows it, going by quotes and brackets alone; the end where none closes. */
function endOfValue(text: string, start: number): number {
  const mark = /["{}[\]]/g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const [character] = found;
    if (character === '"') mark.lastIndex = endOfString(text, found.index);
    else if (character === '{' || character === '[') depth++;
    else if (--depth === 0) return endOfSpace(text, mark.lastIndex);
  }
  return text.length;
}

function endOfSpace(text: string, start: number): number {
  const space = /\s*/y;
  space.lastIndex = start;
  space.exec(text);
  return space.lastIndex;
}
