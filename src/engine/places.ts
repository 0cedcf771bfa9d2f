/** Where a value lies in an object, found by its identity: expressions hand back the very objects that they were given. */
import type { Value } from '../cel/value.ts';
import type { KubernetesObject, Path } from './decision.ts';
import { isJsonMap } from './equal.ts';

/** The path of an object or list inside the root; undefined for one that an expression has made, and for scalars. */
export type Places = (value: Value | undefined) => Path | undefined;

interface Place {
  readonly parent: object | undefined;
  readonly step: string | number;
}

/** Indexes all objects and lists below the root, once; the first place counts where one is there twice. */
export function placesIn(root: KubernetesObject | null): Places {
  const places = new Map<object, Place>();
  const open: object[] = root === null ? [] : [root];
  if (root !== null) places.set(root, { parent: undefined, step: '' });
  for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
    for (const [step, child] of entriesOf(parent)) {
      if (typeof child !== 'object' || child === null || places.has(child)) continue;
      places.set(child, { parent, step });
      open.push(child);
    }
  }
  return (value) => (typeof value === 'object' && value !== null ? pathTo(places, value) : undefined);
}

function entriesOf(parent: object): Iterable<readonly [string | number, Value]> {
  return Array.isArray(parent) ? parent.entries() : Object.entries(parent);
}

function pathTo(places: ReadonlyMap<object, Place>, value: object): Path | undefined {
  const path: (string | number)[] = [];
  let place = places.get(value);
  if (place === undefined) return undefined;
  for (; place?.parent !== undefined; place = places.get(place.parent)) path.unshift(place.step);
  return path;
}

const CONTAINER_LISTS: ReadonlySet<string | number | undefined> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
]);

/** The name of the container that a path in a Pod leads into, if it does. */
export function containerAt(pod: KubernetesObject | null, path: Path): string | undefined {
  const [spec, list, index] = path;
  if (spec !== 'spec' || !CONTAINER_LISTS.has(list) || typeof index !== 'number') return undefined;
  const containers = isJsonMap(pod?.['spec']) ? pod['spec'][list as string] : undefined;
  const container = Array.isArray(containers) ? containers[index] : undefined;
  return isJsonMap(container) && typeof container['name'] === 'string' ? container['name'] : undefined;
}
