/**
 * Lists of objects, found by what they hold. Who judges a whole cluster asks the same list once for each object: to go through
 * it every time would cost as the square of the cluster.
 */
import type { JsonMap, Value } from '../../cel/value.ts';
import { groupOf } from '../../policy/api-version.ts';
import type { LabelSelector } from '../../policy/policy.ts';
import type { KubernetesObject } from '../decision.ts';
import { isJsonMap, mapOf } from '../object/equal.ts';
import { TEMPLATE_KINDS } from '../template-kinds.ts';
import { labelsOf, labelTest } from './selector.ts';

type Objects = readonly KubernetesObject[];

/** The objects that have this text in a field, in their order. `field` is a path with dots; it goes into lists: `spec.rules.host`. */
export function byField(objects: Objects, field: string, text: string): Objects {
  const steps = field.split('.');
  const textsOf = (object: KubernetesObject) => textsAt(object, steps, 0);
  const index = indexOf(objects, field, textsOf);
  return index === undefined ? objects.filter((object) => textsOf(object).includes(text)) : (index.get(text) ?? NONE);
}

function textsAt(value: Value | undefined, steps: readonly string[], from: number): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsAt(item, steps, from));
  const step = steps[from];
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  return isJsonMap(value) && Object.hasOwn(value, step) ? textsAt(value[step], steps, from + 1) : [];
}

/**
 * The objects of a resource whose Pods the selector selects, in their order: by the labels of their Pod template; what has none,
 * be it a Pod, a Service or the Job of another group, by its own.
 */
export function bySelector(
  objects: Objects,
  [apiVersion, resource]: readonly [string, string],
  selector: LabelSelector,
): Objects {
  const group = groupOf(apiVersion);
  const prefix = TEMPLATE_KINDS.find((kind) => kind.group === group && kind.resource === resource)?.prefix ?? [];
  const labels = (object: KubernetesObject) => labelsOf(prefix.reduce(stepInto, object));
  const test = labelTest(selector);
  const wanted = Object.entries(selector.matchLabels ?? {}).map(labelText);
  const index =
    wanted.length === 0
      ? undefined
      : indexOf(objects, `labels of ${resource}`, (object) => Object.entries(labels(object)).map(labelText));
  const candidates = index === undefined ? objects : fewest(wanted.map((label) => index.get(label) ?? NONE));
  return candidates.filter((object) => test(labels(object)));
}

function stepInto(object: JsonMap, step: string | number): JsonMap {
  return mapOf(object[step]);
}

function labelText([key, value]: readonly [string, unknown]): string {
  return `${key}=${String(value)}`;
}

/** What all Pods of a namespace have says little: the label that the fewest have leaves the least to look at. */
function fewest(lists: readonly Objects[]): Objects {
  return lists.reduce((least, list) => (list.length < least.length ? list : least));
}

/** The objects that have a text, by that. */
type Index = ReadonlyMap<string, Objects>;

/** Of a list, by what they are over. */
const indexes = new WeakMap<Objects, Map<string, Index | undefined>>();

/** Undefined where it is asked for the first time: to make it costs more than to go through the list once, and most lists are asked once. */
function indexOf(
  objects: Objects,
  name: string,
  textsOf: (object: KubernetesObject) => readonly string[],
): Index | undefined {
  const known = indexes.get(objects) ?? new Map<string, Index | undefined>();
  indexes.set(objects, known);
  const index = known.get(name) ?? (known.has(name) ? makeIndex(objects, textsOf) : undefined);
  known.set(name, index);
  return index;
}

function makeIndex(objects: Objects, textsOf: (object: KubernetesObject) => readonly string[]): Index {
  const index = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    for (const text of new Set(textsOf(object))) {
      const same = index.get(text);
      if (same === undefined) index.set(text, [object]);
      else same.push(object);
    }
  }
  return index;
}

const NONE: Objects = [];
