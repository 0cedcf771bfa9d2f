/** Random documents, written in random styles, under random edits: whatever is not edited stays as it is, byte for byte. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readManifests } from '../audit/manifests.ts';
import type { JsonMap, Value } from '../cel/value.ts';
import type { Path } from '../engine/decision.ts';
import { diff } from '../engine/object/diff.ts';
import { toPointer } from '../engine/object/pointer.ts';
import { rewritten } from './rewrite.ts';

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom('web', 'nginx:1.27', '80', 'on', "it's", 'a: b', '', '400Mi', 'two\nlines'),
  fc.integer({ min: 0, max: 9999 }),
  fc.boolean(),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'medium' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd/e', 'on'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const map = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), value, { minKeys: 1, noNullPrototype: true });

/** Choices of a writer, one after the other. */
type Choices = { readonly made: readonly number[]; at: number };
function choose<T>(choices: Choices, ...options: readonly T[]): T {
  return options[(choices.made[choices.at++ % choices.made.length] ?? 0) % options.length] as T;
}

/** A line, and the part of the data that it is written for. */
interface Line {
  readonly text: string;
  readonly path: Path;
  /** Holds what is below its path too. */
  readonly isWhole?: boolean;
}

function comment(choices: Choices): string {
  return choose(choices, '', ' # why', '   #what');
}

/** Comments and blanks in a collection: of no part of it but the whole. */
function between(indent: string, path: Path, choices: Choices): readonly Line[] {
  return choose(choices, [], [], [''], [`${indent}# about`], ['# aside', '']).map((text) => ({ text, path }));
}

function flow(of: Value, choices: Choices): string {
  if (Array.isArray(of)) return `[${of.map((one) => flow(one, choices)).join(choose(choices, ', ', ' , ', ','))}]`;
  if (typeof of === 'object' && of !== null) {
    const blank = choose(choices, '', ' ');
    const parts = Object.entries(of).map(([key, one]) => `${JSON.stringify(key)}: ${flow(one, choices)}`);
    return `{${blank}${parts.join(', ')}${blank}}`;
  }
  if (typeof of !== 'string' || of.includes('\n')) return JSON.stringify(of);
  return choose(choices, JSON.stringify(of), `'${of.replaceAll("'", "''")}'`);
}

function isFull(of: Value): of is JsonMap | readonly Value[] {
  return typeof of === 'object' && of !== null && Object.keys(of).length > 0;
}

/** `head` is a key with its colon; what it holds comes beside it or below. */
function member(head: string, of: Value, indent: string, path: Path, choices: Choices): readonly Line[] {
  if (typeof of === 'string' && of.includes('\n') && choose(choices, true, false)) {
    const lines = of.split('\n').map((line) => ({ text: `${indent}  ${line}`, path }));
    return [{ text: `${head} |-${comment(choices)}`, path }, ...lines];
  }
  if (!isFull(of) || choose(choices, false, false, true))
    return [{ text: `${head} ${flow(of, choices)}${comment(choices)}`, path, isWhole: true }];
  const inner = indent + (Array.isArray(of) ? choose(choices, '', '  ') : choose(choices, '  ', '   '));
  return [{ text: head + comment(choices), path }, ...block(of, inner, path, choices)];
}

function block(of: JsonMap | readonly Value[], indent: string, path: Path, choices: Choices): readonly Line[] {
  return Object.entries(of).flatMap(([step, one]: [string, Value]) => {
    const at = [...path, step];
    const lead = between(indent, path, choices);
    if (!Array.isArray(of)) return [...lead, ...member(`${indent}${JSON.stringify(step)}:`, one, indent, at, choices)];
    if (!isFull(one) || Array.isArray(one))
      return [...lead, { text: `${indent}- ${flow(one, choices)}${comment(choices)}`, path: at, isWhole: true }];
    const lines = block(one, `${indent}  `, at, choices);
    const first = lines.findIndex((line) => line.path.length > at.length);
    const dashed = `${indent}- ${lines[first]?.text.trimStart()}`;
    return [...lead, { ...(lines[first] as Line), text: dashed }, ...lines.slice(first + 1)];
  });
}

/** Where an edit is to happen, by turns of the way; and what. */
const edit = fc.record({
  way: fc.array(fc.nat(9), { maxLength: 4 }),
  kind: fc.constantFrom('set', 'remove', 'add'),
  key: fc.constantFrom('a', 'z', 'y/x'),
  index: fc.nat(4),
  value,
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** The value with the edit made, and the place of what was touched. */
function edited(of: Value, { way, ...rest }: Edit): { readonly value: Value; readonly path: Path } {
  const [turn, ...more] = way;
  const steps = isFull(of) ? Object.keys(of) : [];
  const step = steps[(turn ?? 0) % (steps.length || 1)];
  if (turn !== undefined && step !== undefined && isFull((of as JsonMap)[step] as Value)) {
    const inner = edited((of as JsonMap)[step] as Value, { way: more, ...rest });
    return { value: replaced(of, step, inner.value), path: [step, ...inner.path] };
  }
  if (rest.kind === 'add' || step === undefined)
    return Array.isArray(of)
      ? { value: of.toSpliced(rest.index, 0, rest.value), path: ['new'] }
      : { value: { ...(of as JsonMap), [rest.key]: rest.value }, path: [rest.key] };
  if (rest.kind === 'set') return { value: replaced(of, step, rest.value), path: [step] };
  if (Array.isArray(of)) return { value: of.toSpliced(Number(step), 1), path: [step] };
  return { value: Object.fromEntries(Object.entries(of as JsonMap).filter(([key]) => key !== step)), path: [step] };
}

function replaced(of: Value, step: string, by: Value): Value {
  return Array.isArray(of) ? of.with(Number(step), by) : { ...(of as JsonMap), [step]: by };
}

const HEAD = 'apiVersion: example.com/v1\nkind: Thing\nmetadata:\n  name: a\n';

it('leaves every line that an edit does not concern as it was', () => {
  const choices = fc.array(fc.nat(30), { minLength: 30, maxLength: 60 });
  fc.assert(
    fc.property(map, edit, choices, fc.boolean(), (data, change, made, isWindows) => {
      const written = block(data, '  ', [], { made, at: 0 });
      const end = isWindows ? '\r\n' : '\n';
      const text = `${HEAD}data:\n${written.map((line) => `${line.text}\n`).join('')}`.replaceAll('\n', end);
      const { manifests } = readManifests([{ file: 'a.yaml', text }]);
      const before = manifests[0]?.object as JsonMap;
      expect(before['data']).toEqual(data);
      const { value: next, path } = edited(data, change);
      const patch = diff(before, { ...before, data: next });
      // Of equal items any may be the one that goes or changes.
      const place = toPointer(['data', ...(change.kind === 'add' ? path.slice(0, -1) : path)]);
      fc.pre(patch.every((one) => one.path === place || one.path.startsWith(`${place}/`)));
      const result = rewritten(text, [{ index: 0, patch }]);
      expect(result).toMatchObject({ ok: true });
      const lines = result.ok ? result.text.split(end) : [];
      // A blank line may go with the first field of an item.
      const isKept = (line: Line): boolean => !concerns(path, line) && (line.text !== '' || change.kind !== 'remove');
      const kept = written.filter(isKept).map((line) => line.text);
      expect(isPart(withoutDashes(kept), withoutDashes(lines))).toBe(true);
      expect(lines.slice(0, 4)).toEqual(HEAD.trim().split('\n'));
    }),
    { numRuns: 3000 },
  );
});

/** What is at the path or below it, brackets that it stands in, and the key that gets `{}` where nothing is left below. */
function concerns(path: Path, line: Line): boolean {
  const isAbove = line.path.every((step, at) => step === path[at]);
  const isKey = line.path.length === path.length - 1 && /^ *(?:- )?"/.test(line.text);
  return path.every((step, at) => step === line.path[at]) || (isAbove && (line.isWhole === true || isKey));
}

/** The first field of an item has the dash: where it goes, the next field or comment gets it. */
function withoutDashes(lines: readonly string[]): readonly string[] {
  return lines.map((line) => line.replace(/^ *- /, (dash) => ' '.repeat(dash.length)).replace(/^ *#/, '#'));
}

function isPart(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const line of whole) if (line === part[at]) at++;
  return at === part.length;
}
