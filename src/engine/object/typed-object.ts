/** What holding an object of a built-in kind as a Go struct, as the API server does between two mutations, makes of it. */
import type { Value } from '../../cel/value.ts';
import { isJsonMap } from './equal.ts';

const BUILT_IN =
  /^[a-z]*$|^(networking|(rbac\.)?authorization|storage|scheduling|coordination|node|discovery|resource|events|certificates)\.k8s\.io$/;

/** Whether the kinds of the API group are Kubernetes' own: all others are custom resources, held as they are written. */
export function isBuiltInGroup(group: string): boolean {
  return BUILT_IN.test(group);
}

// Fields that are maps in every built-in kind that has them. An empty struct, such as `emptyDir: {}`, stays.
const MAPS: ReadonlySet<string> = new Set([
  'annotations',
  'binaryData',
  'data',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'requests',
  'stringData',
]);

/**
 * `after` without the maps that have been emptied since `before`: in the JSON of a struct an empty map is left out.
 * Shares all else with `after`, which is not changed.
 */
export function withoutEmptied<T extends Value>(before: Value | undefined, after: T): T {
  if (before === after || typeof after !== 'object' || after === null) return after;
  if (Array.isArray(after)) {
    const old: readonly Value[] = Array.isArray(before) ? before : [];
    return after.map((item: Value, index) => withoutEmptied(old[index], item)) as Value as T;
  }
  if (!isJsonMap(after)) return after;
  const old = isJsonMap(before) ? before : {};
  const members = Object.entries(after)
    .filter(([name, value]) => !(MAPS.has(name) && isJsonMap(value) && Object.keys(value).length === 0))
    .map(([name, value]) => [name, withoutEmptied(old[name], value)]);
  return Object.fromEntries(members);
}
