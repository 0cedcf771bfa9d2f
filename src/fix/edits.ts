/** The operations of a patch, led to the nodes of a YAML document that they change. The document itself is not touched. */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Value } from '../cel/value.ts';
import type { Patch, PatchOperation, Path } from '../engine/decision.ts';
import { pointerSteps } from '../engine/object/pointer.ts';

/** What is to change in one map or list. */
export type Edit = MapEdit | ListEdit;

interface Where {
  /** Steps from the root of the document. */
  readonly depth: number;
  /** The pair whose value the collection is, where that stands in a block of lines. */
  readonly holder: Pair | undefined;
}

export interface MapEdit extends Where {
  readonly node: YAMLMap;
  readonly set: Map<Pair, Value>;
  readonly removed: Set<Pair>;
  readonly added: Map<string, Value>;
}

export interface ListEdit extends Where {
  readonly node: YAMLSeq;
  /** The list as it shall be. */
  entries: readonly Entry[];
}

/** `item` is what the document has; `value` is what it has not, or what shall stand in the item's place. */
export interface Entry {
  readonly item?: Node;
  readonly value?: Value;
}

interface Draft {
  readonly document: Document;
  readonly edits: Map<Node, Edit>;
}

/** A node and how one comes to it. */
interface Found extends Where {
  readonly node: Node;
}

/** An object of the document and what shall be made of it; the patch is minimal, as diff() makes it. */
export interface Wanted {
  readonly path: Path;
  readonly patch: Patch;
}

/** Undefined where an operation leads to nothing that the document itself holds. */
export function editsOf(document: Document, wanted: readonly Wanted[]): readonly Edit[] | undefined {
  const draft: Draft = { document, edits: new Map() };
  for (const { path, patch } of wanted) {
    for (const operation of patch) if (!plan(draft, path.map(String), operation)) return undefined;
  }
  return [...draft.edits.values()];
}

function plan(draft: Draft, prefix: readonly string[], operation: PatchOperation): boolean {
  if (operation.op !== 'add' && operation.op !== 'replace' && operation.op !== 'remove') return false;
  const steps = pointerSteps(operation.path);
  const last = steps?.at(-1);
  if (steps === undefined || last === undefined) return false;
  const found = find(draft, [...prefix, ...steps.slice(0, -1)]);
  if (found === undefined) return false;
  const value = operation.op === 'remove' ? undefined : operation.value;
  if (isMap(found.node)) return planMember(draft, found, last, value);
  return isSeq(found.node) && planItem(draft, found, last, operation.op, value);
}

/** The collection at the path, through aliases and merged keys. */
function find(draft: Draft, steps: readonly string[]): Found | undefined {
  let found = resolved(draft, { node: draft.document.contents as Node, depth: 0, holder: undefined });
  for (const step of steps) {
    const next = found && inside(draft, found, step);
    found = next && resolved(draft, next);
  }
  return found;
}

function resolved({ document }: Draft, found: Found): Found | undefined {
  if (!isAlias(found.node)) return found;
  const node = found.node.resolve(document);
  // What an alias stands for has its holder at the anchor.
  return node && { ...found, node, holder: undefined };
}

function inside(draft: Draft, { node, depth }: Found, step: string): Found | undefined {
  if (isMap(node)) {
    const pair = pairOf(node, step) ?? mergedPair(draft, node, step);
    if (!pair || !isNode(pair.value)) return undefined;
    return { node: pair.value, depth: depth + 1, holder: node.flow ? undefined : pair };
  }
  const item = isSeq(node) ? entriesOf(draft, node)[Number(step)]?.item : undefined;
  return item && { node: item, depth: depth + 1, holder: undefined };
}

/** Of two equal keys the last one counts. */
function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.findLast((pair) => keyText(pair) === key);
}

function keyText({ key }: Pair): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}

function mergedPair({ document }: Draft, map: YAMLMap, key: string): Pair | undefined {
  const merge = pairOf(map, '<<')?.value;
  const sources = isSeq(merge) ? merge.items : [merge];
  for (const source of sources) {
    const node = isAlias(source) ? source.resolve(document) : source;
    const pair = isMap(node) ? pairOf(node, key) : undefined;
    if (pair) return pair;
  }
  return undefined;
}

function planMember(draft: Draft, found: Found, key: string, value: Value | undefined): boolean {
  const node = found.node as YAMLMap;
  const known = draft.edits.get(node) as MapEdit | undefined;
  const edit = known ?? { ...found, node, set: new Map(), removed: new Set(), added: new Map() };
  draft.edits.set(node, edit);
  const pair = pairOf(node, key);
  if (value === undefined) return pair !== undefined && edit.removed.add(pair).size > 0;
  if (pair) edit.set.set(pair, value);
  else edit.added.set(key, value);
  return true;
}

function entriesOf({ edits }: Draft, node: YAMLSeq): readonly Entry[] {
  const edit = edits.get(node) as ListEdit | undefined;
  return edit?.entries ?? (node.items as Node[]).map((item) => ({ item }));
}

function planItem(
  draft: Draft,
  found: Found,
  step: string,
  op: 'add' | 'replace' | 'remove',
  value: Value | undefined,
): boolean {
  const node = found.node as YAMLSeq;
  const entries = entriesOf(draft, node);
  const index = step === '-' ? entries.length : Number(step);
  if (!(index >= 0) || index > (op === 'add' ? entries.length : entries.length - 1)) return false;
  const edit = (draft.edits.get(node) ?? { ...found, node, entries }) as ListEdit;
  draft.edits.set(node, edit);
  const placed: readonly Entry[] = value === undefined ? [] : [op === 'add' ? { value } : { ...entries[index], value }];
  edit.entries = entries.toSpliced(index, op === 'add' ? 0 : 1, ...placed);
  return true;
}
