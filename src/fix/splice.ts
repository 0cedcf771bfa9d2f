/** Edits of a document's nodes -> pieces of its text to replace. Everything outside these pieces stays as it is, byte for byte. */
import { isMap, isNode, isSeq, type Node, type Pair } from 'yaml';
import type { Value } from '../cel/value.ts';
import type { Edit, Entry, ListEdit, MapEdit } from './edits.ts';
import { flowListSplices, flowMapSplices } from './flow-splice.ts';
import { columnOf, isFirstOnLine, lineEnd, lineStart, nextLine } from './lines.ts';
import { blockLines, flowText, isBlock, itemLines, pairLines } from './render.ts';
import { scalarSplice } from './scalar-splice.ts';
import type { Style } from './style.ts';

/** The characters from `start` up to `end` become `text`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text of a document, and how it is written. */
export interface Source {
  readonly text: string;
  readonly style: Style;
}

/** The text with these edits made; undefined where they cannot be made without touching what they do not concern. */
export function withEdits(source: Source, edits: readonly Edit[]): string | undefined {
  // Of two additions at the same place the one further inside comes first: `containers[0].x` before `spec.y`.
  const inner = edits.toSorted((a, b) => b.depth - a.depth);
  const splices = inner.flatMap((edit) => splicesOf(source, edit) ?? [UNABLE]);
  if (splices.includes(UNABLE)) return undefined;
  return spliced(source.text, splices);
}

const UNABLE: Splice = { start: -1, end: -1, text: '' };

function spliced(text: string, splices: readonly Splice[]): string | undefined {
  let out = '';
  let at = 0;
  for (const { start, end, text: piece } of splices.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at) return undefined;
    out += text.slice(at, start) + piece;
    at = end;
  }
  return out + text.slice(at);
}

function splicesOf(source: Source, edit: Edit): readonly Splice[] | undefined {
  if ('entries' in edit) return edit.node.flow ? ofFlowList(source, edit) : blockListSplices(source, edit);
  return edit.node.flow ? ofFlowMap(source, edit) : blockMapSplices(source, edit);
}

/** `{}` beside a key makes room for a block below it, as everything around it is one. */
function ofFlowMap(source: Source, edit: MapEdit): readonly Splice[] | undefined {
  const { node, holder, added } = edit;
  if (node.items.length > 0 || holder === undefined || source.style.json) return flowMapSplices(source, edit);
  return valueSplices(source, holder, Object.fromEntries(added));
}

function ofFlowList(source: Source, edit: ListEdit): readonly Splice[] | undefined {
  const { node, holder, entries } = edit;
  if (node.items.length > 0 || holder === undefined || source.style.json) return flowListSplices(source, edit);
  return valueSplices(
    source,
    holder,
    entries.map(({ value }) => value as Value),
  );
}

function blockMapSplices(source: Source, edit: MapEdit): readonly Splice[] | undefined {
  const { node, set, removed, added, holder } = edit;
  const { text, style } = source;
  const [first] = node.items;
  const last = node.items.at(-1);
  if (!first || !last) return undefined;
  if (removed.size === node.items.length && added.size === 0) {
    if (holder) return allOf([beside(holder, '{}'), removalsOf(source, edit)]);
    return [{ start: startOf(first.key), end: endOfPair(text, last), text: '{}' }];
  }
  const column = columnOf(text, startOf(first.key));
  if (removed.size === node.items.length && !isFirstOnLine(text, startOf(first.key))) {
    const lines = blockLines(Object.fromEntries(added), column, style).join(style.newline).trimStart();
    return [{ start: startOf(first.key), end: beforeBreak(text, endOfPair(text, last)), text: lines }];
  }
  const changed = [...set].map(([pair, value]) => valueSplices(source, pair, value));
  const without = removalsOf(source, edit);
  // A field of one line would be lost behind a block of fifty: it goes to its like.
  const short = node.items.findLast((pair) => isOnOneLine(text, pair)) ?? last;
  const additions = [...added].map(([key, value]) => {
    const after = endOfPair(text, isBlock(value) ? last : short);
    return linesAfter(source, after, pairLines(key, value, column, style));
  });
  return allOf([...changed, without, ...additions]);
}

function isOnOneLine(text: string, pair: Pair): boolean {
  return !text.slice(startOf(pair.key), endOfPair(text, pair)).includes('\n');
}

function allOf(parts: readonly (readonly Splice[] | undefined)[]): readonly Splice[] | undefined {
  return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

/** Lines below that of the offset. */
function linesAfter({ text, style }: Source, offset: number, lines: readonly string[]): readonly Splice[] {
  if (lines.length === 0) return [];
  const at = endOfLines(text, offset);
  const block = lines.join(style.newline);
  const isOpen = at === text.length && text[at - 1] !== '\n';
  return [{ start: at, end: at, text: isOpen ? style.newline + block : block + style.newline }];
}

/** The offset, or the end of the line before it: a block scalar ends with a line break that is no part of what takes its place. */
function beforeBreak(text: string, offset: number): number {
  return text[offset - 1] === '\n' ? lineEnd(text, lineStart(text, offset - 1)) : offset;
}

/** Where the line after the content that ends at the offset begins: a block scalar ends behind its last line break. */
export function endOfLines(text: string, offset: number): number {
  return text[offset - 1] === '\n' ? offset : nextLine(text, offset);
}

/** Puts the text behind the colon of a pair whose lines below go. */
function beside(pair: Pair, text: string): readonly Splice[] | undefined {
  const colon = colonOf(pair);
  return colon === undefined ? undefined : [{ start: colon, end: colon, text: ` ${text}` }];
}

/** Makes `value` the value of the pair; a comment beside the old value stays. */
function valueSplices({ text, style }: Source, pair: Pair, value: Value): readonly Splice[] | undefined {
  const colon = colonOf(pair);
  if (colon === undefined) return undefined;
  const node = pair.value;
  const inPlace = scalarSplice(node, value, style);
  if (inPlace) return [inPlace];
  const end = endOfPair(text, pair);
  const start = isNode(node) && startOf(node) > lineEnd(text, colon) ? lineEnd(text, colon) : colon;
  const column = columnOf(text, startOf(pair.key));
  const cut = { start, end: Math.max(start, beforeBreak(text, end)), text: '' };
  if (!isBlock(value)) return [{ start: colon, end: colon, text: ` ${flowText(value, style)}` }, cut];
  const below = column + (Array.isArray(value) ? style.dashes : style.step);
  const at = lineEnd(text, cut.end);
  const lines = blockLines(value, below, style).map((line) => style.newline + line);
  return [cut, { start: at, end: at, text: lines.join('') }];
}

/** Takes out the lines of each pair that goes. What comes behind a dash gives its place to what follows it. */
function removalsOf({ text }: Source, { node, removed }: MapEdit): readonly Splice[] | undefined {
  const kept = node.items.find((pair) => !removed.has(pair));
  const start = startOf(node.items[0]?.key);
  const isBehindDash = !isFirstOnLine(text, start);
  const keptStart = kept ? startOf(kept.key) : start;
  const head = isBehindDash && keptStart > start ? [headRemoval(text, node.items, start, keptStart)] : [];
  if (isBehindDash && !kept) return undefined;
  const rest = node.items.filter((pair) => removed.has(pair) && (!isBehindDash || startOf(pair.key) > keptStart));
  return [...head, ...rest.map((pair) => linesOf(text, startOf(pair.key), endOfPair(text, pair)))];
}

/** From a dash to the first of the pairs that stay, or to a comment above it. */
function headRemoval(text: string, items: readonly Pair[], start: number, kept: number): Splice {
  const last = items.findLast((pair) => startOf(pair.key) < kept) as Pair;
  const below = endOfLines(text, endOfPair(text, last));
  const comment = text.slice(below, kept).indexOf('#');
  return { start, end: comment === -1 ? kept : below + comment, text: '' };
}

/** Takes out whole lines. */
function linesOf(text: string, start: number, end: number): Splice {
  return { start: lineStart(text, start), end: endOfLines(text, end), text: '' };
}

function blockListSplices(source: Source, { node, entries, holder }: ListEdit): readonly Splice[] | undefined {
  const { text, style } = source;
  const dashes = dashesOf(node.srcToken);
  if (!dashes || dashes.length !== node.items.length) return undefined;
  const [column = 0] = dashes.map((dash) => columnOf(text, dash));
  const items = node.items as readonly Node[];
  const parts: (readonly Splice[] | undefined)[] = [];
  if (entries.length === 0) parts.push(holder && beside(holder, '[]'));
  for (const [index, item] of items.entries()) {
    const entry = entries.find((one) => one.item === item);
    if (!entry) parts.push(itemRemoval(text, dashes[index] as number, item));
    else if (entry.value !== undefined) parts.push(itemReplacement(source, item, entry.value));
  }
  for (const { before, values } of additions(entries)) {
    const lines = values.flatMap((value) => itemLines(value, column, style));
    const at = dashes[0] as number;
    if (before) parts.push(linesAfter(source, endOfNode(text, before), lines));
    else if (!isFirstOnLine(text, at)) return undefined;
    else {
      const start = lineStart(text, at);
      parts.push([{ start, end: start, text: lines.map((line) => line + style.newline).join('') }]);
    }
  }
  return allOf(parts);
}

/** The new items, by the item of the document that they follow. */
function additions(
  entries: readonly Entry[],
): readonly { readonly before: Node | undefined; readonly values: Value[] }[] {
  const groups = new Map<Node | undefined, Value[]>();
  let before: Node | undefined;
  for (const { item, value } of entries) {
    if (item) before = item;
    else if (value !== undefined) groups.set(before, [...(groups.get(before) ?? []), value]);
  }
  return [...groups].map(([node, values]) => ({ before: node, values }));
}

function itemRemoval(text: string, dash: number, item: Node): readonly Splice[] | undefined {
  if (!isFirstOnLine(text, dash)) return undefined;
  return [linesOf(text, dash, endOfNode(text, item))];
}

function itemReplacement({ text, style }: Source, item: Node, value: Value): readonly Splice[] | undefined {
  const scalar = scalarSplice(item, value, style);
  if (scalar) return [scalar];
  const start = startOf(item);
  const [first = '', ...rest] = itemLines(value, columnOf(text, start) - 2, style);
  return [
    {
      start,
      end: beforeBreak(text, endOfNode(text, item)),
      text: [first.trimStart().slice(2), ...rest].join(style.newline),
    },
  ];
}

function dashesOf(token: unknown): readonly number[] | undefined {
  const { items } = (token ?? {}) as { readonly items?: readonly { readonly start: readonly SourceToken[] }[] };
  const dashes = items?.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'));
  return dashes?.map(({ offset }) => offset);
}

interface SourceToken {
  readonly type: string;
  readonly offset: number;
}

/** The offset behind the colon of a pair; undefined where the key is written with a question mark. */
function colonOf(pair: Pair): number | undefined {
  const { sep, start } = (pair.srcToken ?? {}) as {
    readonly start?: readonly SourceToken[];
    readonly sep?: readonly SourceToken[];
  };
  if (start?.some(({ type }) => type === 'explicit-key-ind')) return undefined;
  const colon = sep?.find(({ type }) => type === 'map-value-ind');
  return colon && colon.offset + 1;
}

/** Where the content of the pair ends, without a comment behind it. */
export function endOfPair(text: string, pair: Pair): number {
  const end = isNode(pair.value) ? endOfNode(text, pair.value) : 0;
  return Math.max(end, colonOf(pair) ?? 0, isNode(pair.key) ? (pair.key.range?.[1] ?? 0) : 0);
}

/** Where the content of the node ends, without a comment behind it. */
function endOfNode(text: string, node: Node): number {
  if (isMap(node) && !node.flow && node.items.length > 0) return endOfPair(text, node.items.at(-1) as Pair);
  if (isSeq(node) && !node.flow && node.items.length > 0) return endOfNode(text, node.items.at(-1) as Node);
  const [start, end] = node.range ?? [0, 0];
  // What is empty begins where the parser went on looking for it: behind a comment, on a later line.
  return end > start ? end : 0;
}

export function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
