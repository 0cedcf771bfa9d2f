/** From a JSON path to the place in the file where a reader finds it. */
import {
  type AliasEvent,
  EVENT_ID,
  type Event,
  getScalarValue,
  type MappingEvent,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import type { Path } from '../engine/decision.ts';
import type { Position } from '../policy/problem.ts';
import { type Events, parseYaml } from './yaml.ts';

/** Finds the place of a path; the last steps may be missing in the text: then it is the nearest parent that is there. */
export type Locator = (path: Path) => Position;

interface Tree {
  readonly root: Node;
  readonly events: Events;
}

interface Node {
  readonly start: number;
  readonly scalar?: string;
  readonly items: Node[];
  readonly fields: Map<string, { readonly start: number; readonly node: Node }>;
}

// Findings are located document by document: the tree of the last one is all that is worth its memory.
let last: { readonly text: string; readonly tree: Tree | undefined } | undefined;

/**
 * A locator for one document. The text is parsed when it is asked: most documents have no findings, and positions cost
 * as much as reading. Lines count from the first line of `text`.
 */
export function locatorOf(text: string): Locator {
  return (path) => {
    if (last?.text !== text) last = { text, tree: parseTree(text) };
    const { tree } = last;
    return tree === undefined ? { line: 1, column: 1 } : tree.events.position(offsetOf(tree.root, path));
  };
}

function offsetOf(root: Node, path: Path): number {
  let node = root;
  let offset = root.start;
  for (const step of path) {
    const field = typeof step === 'string' ? fieldOf(node, step) : undefined;
    const next = field?.node ?? (typeof step === 'number' ? node.items[step] : undefined);
    if (next === undefined) return offset;
    offset = field?.start ?? next.start;
    node = next;
  }
  return offset;
}

/** Of the node itself, else of what is merged into it, the first one first. Each is looked at once: anchors may form rings. */
function fieldOf(node: Node, name: string): { readonly start: number; readonly node: Node } | undefined {
  const seen = new Set<Node>();
  const left = [node];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const own = at.fields.get(name);
    if (own !== undefined) return own;
    const merged = at.fields.get('<<')?.node;
    if (merged !== undefined) for (const source of [merged, ...merged.items].toReversed()) left.push(source);
  }
  return undefined;
}

function parseTree(text: string): Tree | undefined {
  const parsed = parseYaml(text);
  if (!parsed.ok) return undefined;
  const cursor = { at: parsed.events.findIndex((event) => event.type === EVENT_ID.DOCUMENT) + 1 };
  return { root: readNode(parsed, cursor, new Map()), events: parsed };
}

function readNode(source: Events, cursor: { at: number }, anchors: Map<string, Node>): Node {
  const event = source.events[cursor.at++];
  if (event?.type === EVENT_ID.ALIAS) return anchors.get(anchorName(source, event)) ?? leaf(event.anchorStart);
  const node = newNode(source, event);
  if (event !== undefined && 'anchorStart' in event && event.anchorStart !== -1) {
    anchors.set(anchorName(source, event), node);
  }
  if (event?.type === EVENT_ID.SEQUENCE) readItems(source, cursor, anchors, node);
  if (event?.type === EVENT_ID.MAPPING) readFields(source, cursor, anchors, node);
  return node;
}

function readItems(source: Events, cursor: { at: number }, anchors: Map<string, Node>, list: Node): void {
  while (!atEnd(source, cursor)) list.items.push(readNode(source, cursor, anchors));
}

function readFields(source: Events, cursor: { at: number }, anchors: Map<string, Node>, map: Node): void {
  while (!atEnd(source, cursor)) {
    const key = readNode(source, cursor, anchors);
    map.fields.set(key.scalar ?? '', { start: key.start, node: readNode(source, cursor, anchors) });
  }
}

function atEnd(source: Events, cursor: { at: number }): boolean {
  const event = source.events[cursor.at];
  if (event === undefined) return true;
  if (event.type !== EVENT_ID.POP) return false;
  cursor.at++;
  return true;
}

// Most nodes are leaves: they share what they have not.
const NO_ITEMS: Node[] = [];
const NO_FIELDS: Node['fields'] = new Map();

function leaf(start: number, scalar?: string): Node {
  return { start, ...(scalar === undefined ? {} : { scalar }), items: NO_ITEMS, fields: NO_FIELDS };
}

function newNode(source: Events, event: Event | undefined): Node {
  const node = leaf(startOf(event), event?.type === EVENT_ID.SCALAR ? getScalarValue(source.text, event) : undefined);
  if (event?.type === EVENT_ID.SEQUENCE) return { ...node, items: [] };
  return event?.type === EVENT_ID.MAPPING ? { ...node, fields: new Map() } : node;
}

function anchorName(source: Events, event: AliasEvent | ScalarEvent | SequenceEvent | MappingEvent): string {
  return source.text.slice(event.anchorStart, event.anchorEnd);
}

const QUOTED = new Set<number>([SCALAR_STYLE.SINGLE_QUOTED, SCALAR_STYLE.DOUBLE_QUOTED]);

function startOf(event: Event | undefined): number {
  if (event === undefined) return 0;
  if (event.type === EVENT_ID.SCALAR) return event.valueStart - (QUOTED.has(event.style) ? 1 : 0);
  return 'start' in event ? event.start : 0;
}
