/** What a change comes to in the source of an object: a part of it that `kubectl apply --server-side`, `kubectl patch` and kustomize merge. */
import type { JsonMap, Value } from '../cel/value.ts';
import type { GroupVersionKind, KubernetesObject } from '../engine/decision.ts';
import { isJsonMap, jsonEqual, mapOf } from '../engine/object/equal.ts';
import { type ListKey, type Shape, shapeOfKind, shapeOfMember } from '../engine/object/merge-shape.ts';

/**
 * Identity and changed fields, nothing else: items of lists that merge stand there with their keys, other lists as a
 * whole. A field that goes is null.
 */
export function sourcePatch(
  gvk: GroupVersionKind,
  before: KubernetesObject,
  after: KubernetesObject,
): KubernetesObject {
  const { apiVersion, kind, metadata, ...rest } = partOf(shapeOfKind(gvk.group, gvk.version, gvk.kind), before, after);
  const { name, namespace } = mapOf(after['metadata']);
  const identity = { ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) };
  return {
    apiVersion: apiVersion ?? after['apiVersion'] ?? null,
    kind: kind ?? after['kind'] ?? null,
    metadata: { ...identity, ...mapOf(metadata) },
    ...rest,
  };
}

function partOf(shape: Shape, before: JsonMap, after: JsonMap): JsonMap {
  const changed = Object.keys(after).filter((key) => !jsonEqual(before[key], after[key]));
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return Object.fromEntries([
    ...changed.map((key) => [key, changeOf(shapeOfMember(shape, key), before[key], after[key] as Value)] as const),
    ...gone.map((key) => [key, null] as const),
  ]);
}

function changeOf(shape: Shape, before: Value | undefined, after: Value): Value {
  if (shape.kind !== 'atomic' && isJsonMap(before) && isJsonMap(after)) return partOf(shape, before, after);
  if (shape.kind === 'list' && Array.isArray(before) && Array.isArray(after)) return itemsOf(shape, before, after);
  return after;
}

function itemsOf(
  { keys, item }: Extract<Shape, { kind: 'list' }>,
  before: readonly Value[],
  after: readonly Value[],
): readonly Value[] {
  const old = new Map(before.map((each) => [identityOf(keys, each), each]));
  return after.flatMap((each) => {
    const was = old.get(identityOf(keys, each));
    if (was !== undefined && jsonEqual(was, each)) return [];
    if (!isJsonMap(was) || !isJsonMap(each)) return [each];
    const named = keys.filter(({ name }) => Object.hasOwn(each, name)).map(({ name }) => [name, each[name] as Value]);
    return [{ ...Object.fromEntries(named), ...partOf(item, was, each) }];
  });
}

function identityOf(keys: readonly ListKey[], item: Value): string {
  return JSON.stringify(keys.map(({ name, fallback }) => mapOf(item)[name] ?? fallback ?? null));
}
