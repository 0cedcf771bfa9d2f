/** The Pod in an object: a view for expressions to read, and the way back for what they change. */
import type { JsonMap, Value } from '../cel/value.ts';
import type { KubernetesObject, Path } from './decision.ts';
import { isJsonMap } from './object/equal.ts';

/**
 * The Pod-shaped view of the template at `prefix`. Its `metadata` and `spec` are the very values of the object, so that
 * a value found in one is found in the other; `metadata` is an empty object where the template has none, and `spec` is
 * missing where it is missing there. A Pod (empty prefix) is its own view, null has none.
 */
export function podView(object: KubernetesObject | null, prefix: Path): KubernetesObject | null {
  if (object === null || prefix.length === 0) return object;
  const template = descend(object, prefix);
  const metadata = isJsonMap(template['metadata']) ? template['metadata'] : {};
  const view = { apiVersion: 'v1', kind: 'Pod', metadata };
  return template['spec'] === undefined ? view : { ...view, spec: template['spec'] };
}

/**
 * The object with what was changed in its view, sharing everything else: the same reference where `after` has the
 * metadata and spec of `before`. Other members of a view, such as its kind, lead nowhere.
 */
export function withPodView(
  object: KubernetesObject,
  prefix: Path,
  before: KubernetesObject,
  after: KubernetesObject,
): KubernetesObject {
  if (prefix.length === 0) return after;
  const changed = PARTS.filter((part) => before[part] !== after[part]);
  if (changed.length === 0) return object;
  return replaceAt(object, prefix, (template) => withParts(template, changed, after));
}

const PARTS = ['metadata', 'spec'] as const;

function withParts(template: JsonMap, parts: readonly string[], view: KubernetesObject): JsonMap {
  const copy: Record<string, Value> = { ...template };
  for (const part of parts) {
    const value = view[part];
    if (value === undefined) delete copy[part];
    else copy[part] = value;
  }
  return copy;
}

function descend(object: JsonMap, path: Path): JsonMap {
  let at: JsonMap = object;
  for (const step of path) {
    const next = at[step];
    if (!isJsonMap(next)) return {};
    at = next;
  }
  return at;
}

function replaceAt(object: JsonMap, path: Path, change: (part: JsonMap) => JsonMap, depth = 0): JsonMap {
  const step = path[depth];
  if (step === undefined) return change(object);
  const part = object[step];
  return { ...object, [step]: replaceAt(isJsonMap(part) ? part : {}, path, change, depth + 1) };
}
