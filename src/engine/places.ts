/** Where a value lies in an object, found by its identity: expressions hand back the very objects that they were given. */
import type { JsonMap, Value } from '../cel/value.ts';
import type { KubernetesObject, Path } from './decision.ts';
import { isJsonMap } from './object/equal.ts';

/** The path of an object or list inside the root; undefined for one that an expression has made, and for scalars. */
export type Places = (value: Value | undefined) => Path | undefined;

interface Place {
  readonly parent: object | undefined;
  readonly step: string | number;
}

/**
 * The first place from above counts where a value is there twice. Indexed level by level, only as far as it takes to find
 * what is asked for: containers lie near the root, and most of an object below them.
 */
export function placesIn(root: KubernetesObject | null): Places {
  const places = new Map<object, Place>();
  const open: object[] = root === null ? [] : [root];
  if (root !== null) places.set(root, { parent: undefined, step: '' });
  let next = 0;
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    while (next < open.length && !places.has(value)) indexChildren(places, open, open[next++] as object);
    return pathTo(places, value);
  };
}

function indexChildren(places: Map<object, Place>, open: object[], parent: object): void {
  const add = (child: Value | undefined, step: string | number): void => {
    if (typeof child !== 'object' || child === null || places.has(child)) return;
    places.set(child, { parent, step });
    open.push(child);
  };
  if (Array.isArray(parent)) parent.forEach(add);
  else for (const key of Object.keys(parent)) add((parent as JsonMap)[key], key);
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
