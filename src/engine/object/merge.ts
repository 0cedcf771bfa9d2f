/**
 * `applyConfiguration`: merges an apply configuration into an object as a MutatingAdmissionPolicy does, which is server-side
 * apply without ownership (k8s.io/apiserver …/policy/mutating/patch/smd.go, structured-merge-diff).
 */
import type { JsonMap, Value } from '../../cel/value.ts';
import type { GroupVersionKind, KubernetesObject } from '../decision.ts';
import { isJsonMap, jsonEqual, setMember } from './equal.ts';
import { type ListKey, type Shape, shapeOfKind, shapeOfMember } from './merge-shape.ts';
import { escapeStep } from './pointer.ts';

export type Merged =
  | { readonly ok: true; readonly object: KubernetesObject }
  | {
      readonly ok: false;
      readonly message: string;
      /** The pointer of what is atomic, where that is the reason. */
      readonly atomic?: string;
    };

/**
 * The object with the configuration in it, sharing all that stays as it was: the same reference where nothing changes.
 * Maps merge by member and associative lists by their keys. Refused, as Kubernetes refuses it, is a configuration that names an
 * atomic list or object (it would drop what the user wrote there; a JSON patch can do that), or a list with a key twice or not at all.
 * A null removes a scalar and leaves a map or list as it is: what the API server makes of it when it decodes the result.
 * `apiVersion` and `kind` of the configuration are ignored. `shape` is that of the kind, where it is not a built-in one.
 */
export function applyConfiguration(
  object: KubernetesObject,
  configuration: JsonMap,
  gvk: GroupVersionKind,
  shape: Shape = shapeOfKind(gvk.group, gvk.version, gvk.kind),
): Merged {
  const { apiVersion: _apiVersion, kind: _kind, ...wanted } = configuration;
  const problem = refusal('', shape, wanted);
  if (problem !== undefined) return { ok: false, ...problem, message: `applyConfiguration: ${problem.message}` };
  return { ok: true, object: mergeMap(shape, object, wanted) };
}

interface Refusal {
  readonly message: string;
  readonly atomic?: string;
}

/** Why Kubernetes would refuse this part of a configuration, or undefined. */
function refusal(path: string, shape: Shape, wanted: Value): Refusal | undefined {
  if (Array.isArray(wanted)) return listRefusal(path, shape, wanted);
  if (!isJsonMap(wanted)) return undefined;
  if (shape.kind === 'atomic')
    return { message: `${path} is atomic and cannot be merged: use a jsonPatch`, atomic: path };
  if (shape.kind === 'list' || shape.kind === 'set') return { message: `${path} must be a list` };
  for (const key of Object.keys(wanted)) {
    const problem = refusal(`${path}/${escapeStep(key)}`, shapeOfMember(shape, key), wanted[key] as Value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function listRefusal(path: string, shape: Shape, wanted: readonly Value[]): Refusal | undefined {
  if (shape.kind === 'any' || shape.kind === 'atomic')
    return { message: `${path} is an atomic list and cannot be merged: use a jsonPatch`, atomic: path };
  if (shape.kind === 'map') return { message: `${path} must be an object` };
  const seen = new Set<string>();
  for (const [index, item] of wanted.entries()) {
    const place = `${path}/${index}`;
    const identity = identityOf(shape, item);
    if (identity === undefined) {
      const keys = shape.kind === 'set' ? 'must be a scalar' : `has none of the keys ${keyNames(shape.keys)}`;
      return { message: `${place} ${keys}` };
    }
    if (seen.has(identity)) return { message: `${place} has the same key as an item before it` };
    seen.add(identity);
    const problem = shape.kind === 'list' ? refusal(place, shape.item, item) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function keyNames(keys: readonly ListKey[]): string {
  return keys.map((key) => key.name).join(', ');
}

/** Undefined where nothing is left: the member is dropped. */
function mergeValue(shape: Shape, live: Value | undefined, wanted: Value): Value | undefined {
  if (wanted === null) return keepsUnderNull(shape, live) ? live : undefined;
  if (Array.isArray(wanted)) return mergeList(shape, Array.isArray(live) ? live : undefined, wanted);
  if (isJsonMap(wanted)) return mergeMap(shape, isJsonMap(live) ? live : undefined, wanted);
  return live === wanted || jsonEqual(live, wanted) ? live : wanted;
}

function keepsUnderNull(shape: Shape, live: Value | undefined): boolean {
  if (Array.isArray(live)) return live.length > 0 && (shape.kind === 'list' || shape.kind === 'set');
  return isJsonMap(live) && Object.keys(live).length > 0 && shape.kind !== 'atomic';
}

function mergeMap(shape: Shape, live: JsonMap | undefined, wanted: JsonMap): JsonMap {
  let merged: Record<string, Value> | undefined = live === undefined ? {} : undefined;
  for (const key of Object.keys(wanted)) {
    const before = live !== undefined && Object.hasOwn(live, key) ? live[key] : undefined;
    const after = mergeValue(shapeOfMember(shape, key), before, wanted[key] as Value);
    if (after === before) continue;
    merged ??= { ...live };
    if (after === undefined) delete merged[key];
    else setMember(merged, key, after);
  }
  return merged ?? (live as JsonMap);
}

type AssociativeShape = Extract<Shape, { readonly kind: 'list' | 'set' }>;

function mergeList(shape: Shape, live: readonly Value[] | undefined, wanted: readonly Value[]): Value {
  if (shape.kind !== 'list' && shape.kind !== 'set') return wanted;
  const merged = mergeItems(shape, live ?? [], wanted);
  const unchanged =
    live !== undefined && merged.length === live.length && merged.every((item, index) => item === live[index]);
  return unchanged ? live : merged;
}

/**
 * Items of both lists in one order: items that both have stand as in the configuration, items of the object alone stay
 * where they are between them. An item that the object has twice is replaced by the configuration's. (The walk is
 * structured-merge-diff's visitListItems.)
 */
function mergeItems(shape: AssociativeShape, live: readonly Value[], wanted: readonly Value[]): Value[] {
  const liveKeys = live.map((item, index) => identityOf(shape, item) ?? `#${index}`);
  const wantedKeys = wanted.map((item) => identityOf(shape, item) as string);
  const ofLive = itemsByKey(live, liveKeys);
  const ofWanted = itemsByKey(wanted, wantedKeys);
  const shared = wantedKeys.filter((key) => ofLive.has(key));
  const merged: Value[] = [];
  let nextShared = 0;
  for (let left = 0, right = 0; left < live.length || right < wanted.length; ) {
    const liveKey = liveKeys[left];
    const allShared = nextShared === shared.length;
    if (liveKey !== undefined && !ofWanted.has(liveKey)) {
      merged.push(live[left++] as Value);
    } else if (liveKey !== undefined && liveKey !== shared[nextShared] && !(allShared && right < wanted.length)) {
      left++; // It comes where the configuration has it, or came already.
    } else {
      const key = wantedKeys[right++] as string;
      const item = mergeItem(shape, ofLive.get(key), ofWanted.get(key) as Value);
      if (item !== undefined) merged.push(item);
      if (key === liveKey || allShared) left++;
      if (key === shared[nextShared]) nextShared++;
    }
  }
  return merged;
}

function mergeItem(shape: AssociativeShape, live: Value | undefined, wanted: Value): Value | undefined {
  return shape.kind === 'set' ? (live ?? wanted) : mergeValue(shape.item, live, wanted);
}

/** An item whose key comes twice is undefined. */
function itemsByKey(items: readonly Value[], keys: readonly string[]): ReadonlyMap<string, Value | undefined> {
  const byKey = new Map<string, Value | undefined>();
  for (const [index, key] of keys.entries()) byKey.set(key, byKey.has(key) ? undefined : items[index]);
  return byKey;
}

/** What makes two items the same one; undefined where the item has no key. */
function identityOf(shape: AssociativeShape, item: Value): string | undefined {
  if (shape.kind === 'set') return typeof item === 'object' ? undefined : JSON.stringify(item);
  if (!isJsonMap(item)) return undefined;
  const values = shape.keys.map((key) => (Object.hasOwn(item, key.name) ? item[key.name] : key.fallback));
  return values.every((value) => value === undefined) ? undefined : JSON.stringify(values);
}
