/**
 * Kubernetes' static defaulting, for objects from files: the API server does the same before any webhook sees an object, so
 * that both doors judge the same.
 */
import type { JsonMap, Value } from '../../cel/value.ts';
import { groupOf } from '../../policy/api-version.ts';
import type { KubernetesObject } from '../decision.ts';
import { type Defaults, KIND_DEFAULTS } from './defaults-table.ts';
import { isJsonMap } from './equal.ts';

/**
 * The object as the API server would hand it to a webhook: missing fields filled in with their static defaults, quantities
 * as text. What admission plugins add (service accounts, tolerations, LimitRanges) is not there. Parts that nothing was
 * added to are the very parts of the object; so is the object itself, for kinds without defaults.
 */
export function withDefaults(object: KubernetesObject): KubernetesObject {
  const defaults = KIND_DEFAULTS.get(`${groupOf(String(object['apiVersion']))}/${String(object['kind'])}`);
  return defaults === undefined ? object : filled(object, defaults);
}

function filled(map: JsonMap, { fill, fillZero, inside, also }: Defaults): JsonMap {
  let copy: Record<string, Value> | undefined;
  const set = (field: string, value: Value): void => {
    copy ??= { ...map };
    copy[field] = value;
  };
  for (const [field, value] of fill ?? []) {
    if (isMissing(map[field])) set(field, value);
  }
  for (const [field, value] of fillZero ?? []) {
    if (isMissing(map[field]) || map[field] === 0) set(field, value);
  }
  for (const [field, defaults] of inside ?? []) {
    const before = (copy ?? map)[field];
    const after = filledInside(before, defaults);
    if (after !== undefined && after !== before) set(field, after);
  }
  return also === undefined ? (copy ?? map) : also(copy ?? map);
}

/** An object, or each object of a list; what has another shape is left as it is. */
function filledInside(value: Value | undefined, defaults: Defaults): Value | undefined {
  if (isJsonMap(value)) return filled(value, defaults);
  if (!Array.isArray(value)) return value;
  const items = value.map((item: Value) => (isJsonMap(item) ? filled(item, defaults) : item));
  return items.every((item, index) => item === value[index]) ? value : items;
}

function isMissing(value: Value | undefined): boolean {
  return value === undefined || value === null || value === '';
}
