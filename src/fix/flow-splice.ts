/** Edits of `{…}` and `[…]`, on one line or over several, JSON among them. */
import { isNode, type Node, type Pair } from 'yaml';
import type { Value } from '../cel/value.ts';
import type { ListEdit, MapEdit } from './edits.ts';
import { isFirstOnLine, lineStart } from './lines.ts';
import { flowText, isBlock, memberText, prettyJson } from './render.ts';
import { scalarSplice } from './scalar-splice.ts';
import type { Source, Splice } from './splice.ts';

/** A member or an item of the collection: where it stands, and what becomes of it. */
interface Part {
  readonly start: number;
  readonly end: number;
  readonly isRemoved: boolean;
}

export function flowMapSplices(source: Source, edit: MapEdit): readonly Splice[] | undefined {
  const { node, set, removed, added } = edit;
  const parts = node.items.map((pair) => ({ ...rangeOfPair(pair), isRemoved: removed.has(pair) }));
  const changed = [...set].map(([{ value: old }, value]) => valueSplice(source, old, value));
  if (changed.includes(undefined)) return undefined;
  const frame = frameOf(source, node, parts);
  const members = [...added].map(([key, value]) => newText(source, frame, key, value));
  return [
    ...(changed as readonly Splice[]),
    ...removals(frame, parts),
    ...additions(frame, parts, parts.length, members),
  ];
}

export function flowListSplices(source: Source, { node, entries }: ListEdit): readonly Splice[] | undefined {
  const items = node.items as readonly Node[];
  const kept = new Map(
    entries.flatMap((entry, index) => (entry.item ? [[entry.item, { ...entry, index }] as const] : [])),
  );
  const parts = items.map((item) => ({ ...rangeOf(item), isRemoved: !kept.has(item) }));
  const frame = frameOf(source, node, parts);
  const changed = items.flatMap((item) => {
    const value = kept.get(item)?.value;
    return value === undefined ? [] : [valueSplice(source, item, value)];
  });
  if (changed.includes(undefined)) return undefined;
  const out: Splice[] = [...(changed as readonly Splice[]), ...removals(frame, parts)];
  let at = 0;
  let fresh: string[] = [];
  for (const { item, value } of [...entries, {}]) {
    if (!item && value !== undefined) {
      fresh.push(newText(source, frame, undefined, value));
      continue;
    }
    out.push(...additions(frame, parts, at, fresh));
    fresh = [];
    if (item) at = items.indexOf(item) + 1;
  }
  return out;
}

function valueSplice({ style }: Source, node: unknown, value: Value): Splice | undefined {
  const scalar = scalarSplice(node, value, style);
  if (scalar) return scalar;
  if (!isNode(node) || !node.range || node.range[1] <= node.range[0]) return undefined;
  return { start: node.range[0], end: node.range[1], text: flowText(value, style) };
}

/** The brackets, and how the parts between them are set. */
interface Frame {
  /** Behind the opening bracket, and before the closing one. */
  readonly open: number;
  readonly close: number;
  /** What stands between two parts, and before the first: `, ` or a line break and its indent. */
  readonly separator: string;
  readonly opening: string;
  readonly closing: string;
  /** The blanks before the parts, where each has a line of its own. */
  readonly indent: string | undefined;
}

function frameOf({ text, style }: Source, node: Node, parts: readonly Part[]): Frame {
  const [start, end] = node.range ?? [0, 0];
  const [first] = parts;
  const outer = /^[ \t]*/.exec(text.slice(lineStart(text, start)))?.[0] ?? '';
  const isTall = first ? isFirstOnLine(text, first.start) : style.json && text.trim().includes('\n');
  const own = first ? text.slice(lineStart(text, first.start), first.start) : outer + stepOf(text, style.step);
  const blank = style.padded && !style.json ? ' ' : '';
  return {
    open: start + 1,
    close: end - 1,
    separator: isTall ? `,${style.newline}${own}` : ', ',
    opening: isTall ? style.newline + own : text[start] === '{' ? blank : '',
    closing: isTall ? style.newline + outer : text[start] === '{' ? blank : '',
    indent: isTall ? own : undefined,
  };
}

function stepOf(text: string, columns: number): string {
  return /^\t/m.test(text) ? '\t' : ' '.repeat(columns);
}

function newText({ style }: Source, { indent }: Frame, key: string | undefined, value: Value): string {
  if (style.json && indent !== undefined && isBlock(value)) return prettyJson(key, value, indent, style);
  return key === undefined ? flowText(value, style) : memberText(key, value, style);
}

/** Takes out each run of removed parts, with the commas that have nothing to part any more. */
function removals({ open, close }: Frame, parts: readonly Part[]): readonly Splice[] {
  const splices: Splice[] = [];
  for (let from = 0; from < parts.length; from++) {
    if (!parts[from]?.isRemoved) continue;
    let to = from;
    while (parts[to]?.isRemoved) to++;
    const before = parts[from - 1];
    const after = parts[to];
    const start = before ? before.end : after ? (parts[from]?.start ?? open) : open;
    splices.push({ start, end: before ? (parts[to - 1]?.end ?? close) : (after?.start ?? close), text: '' });
    from = to;
  }
  return splices;
}

/** Puts new parts behind the first `count` ones that are there. */
function additions(frame: Frame, parts: readonly Part[], count: number, fresh: readonly string[]): readonly Splice[] {
  if (fresh.length === 0) return [];
  const kept = parts.filter(({ isRemoved }) => !isRemoved);
  const before = parts.slice(0, count).findLast(({ isRemoved }) => !isRemoved);
  const joined = fresh.join(frame.separator);
  if (before) return [{ start: before.end, end: before.end, text: frame.separator + joined }];
  const [next] = kept;
  if (next) return [{ start: next.start, end: next.start, text: joined + frame.separator }];
  const text = frame.opening + joined + frame.closing;
  // Nothing is left between the brackets: neither a part nor the blanks that were there.
  return parts.length > 0
    ? [{ start: frame.close, end: frame.close, text }]
    : [{ start: frame.open, end: frame.close, text }];
}

function rangeOf(node: Node): { readonly start: number; readonly end: number } {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

function rangeOfPair({ key, value }: Pair): { readonly start: number; readonly end: number } {
  const ends = [key, value].map((node) => (isNode(node) ? (node.range?.[1] ?? 0) : 0));
  return { start: isNode(key) ? (key.range?.[0] ?? 0) : 0, end: Math.max(...ends) };
}
