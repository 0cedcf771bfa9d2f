/**
 * One YAML document as the clients of the API server read it: YAML 1.1 scalars (`yes` and `on` are booleans, `0777` is
 * octal) without its base-60 numbers, timestamps as strings, keys as strings. JSON is read by the same rules.
 *
 * A field whose value is null is left out: the server decodes it as absent, and `has(container.readinessProbe)` must say
 * the same of a file with an empty `readinessProbe:` as it says in the cluster.
 */
import {
  constructFromEvents,
  defineScalarTag,
  defineSequenceTag,
  dump,
  EVENT_ID,
  type Event,
  getScalarValue,
  mapTag,
  mergeTag,
  NOT_RESOLVED,
  parseEvents,
  type ScalarEvent,
  Schema,
  strTag,
  YAMLException,
} from 'js-yaml';
import type { Value } from '../cel/value.ts';
import type { Position } from '../policy/problem.ts';

export type Reading =
  | {
      readonly ok: true;
      /** undefined for a document with nothing in it but comments. */
      readonly value: Value | undefined;
      /** A key that is there for the second time; the last of them counts. */
      readonly duplicate?: { readonly key: string; readonly position: Position };
    }
  | Unreadable;

export interface Unreadable {
  readonly ok: false;
  readonly message: string;
  readonly position: Position;
}

/** The parser's events over a text; offsets in them count UTF-16 units of `text`. */
export interface Events {
  readonly events: readonly Event[];
  readonly text: string;
  /** The place, in the text as it was given, of an offset in `text`. */
  position(offset: number): Position;
}

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUES = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSES = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);

// How Go's strconv.ParseInt reads an integer with base 0, underscores taken out before.
const INTEGER = /^[-+]?(?:0|[1-9]\d*|0[xX][\da-fA-F]+|0[bB][01]+|0[oO]?[0-7]+)$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

const SCALARS = [
  defineScalarTag<Value>('tag:yaml.org,2002:null', {
    implicit: true,
    implicitFirstChars: ['', '~', 'n', 'N'],
    resolve: (source) => (NULLS.has(source) ? null : NOT_RESOLVED),
    identify: () => false,
  }),
  defineScalarTag<Value>('tag:yaml.org,2002:bool', {
    implicit: true,
    implicitFirstChars: [...'yYnNtTfFoO'],
    resolve: (source) => (TRUES.has(source) ? true : FALSES.has(source) ? false : NOT_RESOLVED),
    identify: () => false,
  }),
  defineScalarTag<Value>('tag:yaml.org,2002:int', {
    implicit: true,
    implicitFirstChars: [...'+-.0123456789'],
    resolve: (source) => toNumber(source) ?? NOT_RESOLVED,
    identify: () => false,
  }),
  defineScalarTag<Value>('tag:yaml.org,2002:float', {
    resolve: (source) => toNumber(source) ?? NOT_RESOLVED,
    identify: () => false,
  }),
  defineScalarTag<Value>('tag:yaml.org,2002:binary', {
    resolve: (source) => Buffer.from(source, 'base64').toString(),
    identify: () => false,
  }),
  // A tag of some other application says nothing about JSON: its value is read as it stands.
  ...['!', 'tag:'].map((prefix) =>
    defineScalarTag<Value>(prefix, { matchByTagPrefix: true, resolve: (source) => source, identify: () => false }),
  ),
];

const LIST = defineSequenceTag<Value[]>('tag:yaml.org,2002:seq', {
  create: () => [],
  addItem: (list, item) => {
    list.push(item as Value);
  },
  identify: () => false,
});

const MAP = {
  ...mapTag,
  addPair: (map: Record<string, unknown>, key: unknown, value: unknown): string => {
    if (typeof key === 'object') return 'a key must be a scalar';
    if (value !== null) return mapTag.addPair(map, key, value);
    delete map[String(key)];
    return '';
  },
};

const SCHEMA = new Schema([strTag, LIST, MAP, mergeTag, ...SCALARS]);

// Deeper than any object of the API, far from the end of the stack.
const MAX_DEPTH = 500;
// What aliases may expand a document to: the largest real manifests have some 50,000 values.
const MAX_ALIASED_VALUES = 1_000_000;

/** Reads one document. Never throws on bad input. */
export function readYaml(text: string): Reading {
  const parsed = parseYaml(text);
  if (!parsed.ok) return parsed;
  const strict = construct(parsed, false);
  if (strict.ok || strict.message !== 'duplicated mapping key') return strict;
  const lenient = construct(parsed, true);
  if (!lenient.ok) return lenient;
  return { ...lenient, duplicate: { key: keyAt(parsed, strict.offset), position: strict.position } };
}

/** A value as YAML that `readYaml` reads back as the same; lines are not broken. */
export function writeYaml(value: Value): string {
  return dump(value, { lineWidth: -1, noRefs: true });
}

// Lines inside quotes and brackets may begin further left than the block around them: other parsers allow it, and
// people write it. This one does not, so such a line is indented (which means nothing there) and parsed again.
const PADDING = ' '.repeat(100);
const MAX_PADDED_LINES = 200;

// Where files of Windows were joined. The API server's clients read it as if it were not there.
const INNER_MARK = /(?<=\n)\uFEFF/g;

/** Parses one document to events: what values and positions are made from. Never throws on bad input. */
export function parseYaml(text: string): ({ readonly ok: true } & Events) | Unreadable {
  const padded = new Set<number>();
  let source = text.replace(INNER_MARK, '');
  for (;;) {
    const current = source;
    const place = positionsIn(current);
    const position = (offset: number): Position => unpadded(place(offset), padded);
    const parsed = attempt(() => parseEvents(current, { maxDepth: MAX_DEPTH }), position);
    if (parsed.ok) return { ok: true, events: parsed.value, text: current, position };
    const lineStart = current.lastIndexOf('\n', parsed.offset - 1) + 1;
    const { line } = place(parsed.offset);
    if (parsed.message !== 'deficient indentation' || padded.has(line) || padded.size === MAX_PADDED_LINES)
      return parsed;
    padded.add(line);
    source = current.slice(0, lineStart) + PADDING + current.slice(lineStart);
  }
}

/** The text that was given to parseYaml, of what it has made of it or of an edited form of that. */
export function withoutPadding(text: string): string {
  return text.replaceAll(`\n${PADDING}`, '\n');
}

function construct(source: Events, json: boolean): Attempt<Value | undefined> {
  const options = { source: source.text, schema: SCHEMA, json };
  const built = attempt(
    () => constructFromEvents([...source.events], options)[0] as Value | undefined,
    source.position,
  );
  // The constructor loses the place of a key that is no scalar, and nearly all of them are templates.
  if (!built.ok && built.offset === 0)
    return { ...built, position: source.position(Math.max(source.text.indexOf('{{'), 0)) };
  if (!built.ok || !source.events.some((event) => event.type === EVENT_ID.ALIAS)) return built;
  const budget = { left: MAX_ALIASED_VALUES };
  const value = unshared(built.value as Value, budget);
  if (budget.left > 0) return { ok: true, value };
  return { ok: false, message: 'its aliases expand without end', offset: 0, position: source.position(0) };
}

function keyAt({ events, text }: Events, offset: number): string {
  const key = events.find((event) => event.type === EVENT_ID.SCALAR && event.valueStart === offset) as
    | ScalarEvent
    | undefined;
  return key === undefined ? text.slice(offset).split(/[:\s]/, 1).join() : getScalarValue(text, key);
}

type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly offset: number; readonly position: Position };

function attempt<T>(work: () => T, position: Events['position']): Attempt<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const offset = error.mark?.position ?? 0;
    return { ok: false, message: error.reason, offset, position: position(offset) };
  }
}

/** Finds the lines once, when they are first asked for: a dump of a cluster is one document of a million lines. */
function positionsIn(text: string): (offset: number) => Position {
  let starts: readonly number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    const line = lineOf(starts, offset);
    return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The number of the last line, from 0, that begins at the offset or before it. */
function lineOf(starts: readonly number[], offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function unpadded({ line, column }: Position, padded: ReadonlySet<number>): Position {
  return { line, column: padded.has(line) ? Math.max(1, column - PADDING.length) : column };
}

/** An alias gives the same object twice, but a finding is located by the identity of what was judged. */
function unshared(value: Value, budget: { left: number }, depth = 0): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) budget.left = 0;
  if (--budget.left <= 0) return null;
  if (Array.isArray(value)) return value.map((item) => unshared(item, budget, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unshared(item, budget, depth + 1)]));
}

function toNumber(source: string): number | undefined {
  const plain = source.includes('_') && /^[-+\d]/.test(source) ? source.replaceAll('_', '') : source;
  const number = INTEGER.test(plain) ? parseInteger(plain) : FLOAT.test(plain) ? Number(plain) : undefined;
  return Number.isFinite(number) ? number : undefined;
}

function parseInteger(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  const octal = /^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits;
  return sign === -1 && Number(octal) === 0 ? 0 : sign * Number(octal);
}
