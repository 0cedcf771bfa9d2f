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
    const value = withoutNulls(JSON.parse(text) as Value, counter);
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

const [COLON, SPACE, BACKSLASH] = [':', ' ', '\\'].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
];

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
