/** How each field of a Kubernetes object merges: the generated table, read as it is walked. */
import { KINDS, TYPES } from './list-map-keys.generated.ts';

/**
 * `map`: member by member. `list`: items are the same where their keys are. `set`: items are the same where they are
 * equal. `atomic`: an object that is never merged. `any`: nothing is known, so maps merge by member and lists are atomic,
 * as Kubernetes does it where a schema says nothing.
 */
export type Shape =
  | { readonly kind: 'any' }
  | { readonly kind: 'atomic' }
  | { readonly kind: 'set' }
  | { readonly kind: 'map'; readonly member: (key: string) => Shape }
  | { readonly kind: 'list'; readonly keys: readonly ListKey[]; readonly item: Shape };

export interface ListKey {
  readonly name: string;
  /** What counts where an item leaves the key out. */
  readonly fallback?: string;
}

export const ANY: Shape = { kind: 'any' };
export const ATOMIC: Shape = { kind: 'atomic' };
export const SET: Shape = { kind: 'set' };

const parsed = new Map<string, Shape>();

/** The shape of a kind; `any` for custom resources and for kinds without anything special. */
export function shapeOfKind(group: string, version: string, kind: string): Shape {
  const type = own(KINDS, `${group}/${version}/${kind}`);
  return type === undefined ? ANY : shapeOf(type);
}

/** The shape of a member of a map. */
export function shapeOfMember(shape: Shape, key: string): Shape {
  return shape.kind === 'map' ? shape.member(key) : ANY;
}

/** Reads the notation that the head of the generated table describes; each text once. */
function shapeOf(notation: string): Shape {
  const known = parsed.get(notation);
  if (known !== undefined) return known;
  const shape = read(notation);
  parsed.set(notation, shape);
  return shape;
}

function read(notation: string): Shape {
  if (notation === '') return ANY;
  if (notation === '!') return ATOMIC;
  if (notation === '[=]') return SET;
  if (notation.startsWith('{}')) return { kind: 'map', member: () => shapeOf(notation.slice(2)) };
  if (notation.startsWith('[')) return readList(notation);
  const fields = TYPES[notation] ?? {};
  return { kind: 'map', member: (key) => shapeOf(own(fields, key) ?? '') };
}

function readList(notation: string): Shape {
  const end = notation.indexOf(']');
  const keys = notation.slice(1, end).split(',').map(readKey);
  return { kind: 'list', keys, item: shapeOf(notation.slice(end + 1)) };
}

function readKey(text: string): ListKey {
  const [name = '', fallback] = text.split('=');
  return fallback === undefined ? { name } : { name, fallback };
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
