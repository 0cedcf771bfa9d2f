/** The controller of an object, as the object says itself; whether that is believed is for those to decide who ask. */
import type { Value } from '../cel/value.ts';
import { groupOf } from '../policy/api-version.ts';
import type { KubernetesObject } from './decision.ts';
import { isJsonMap } from './object/equal.ts';

export interface Controller {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: Value | undefined;
}

/** Of `metadata.ownerReferences`, the one that controls the object. */
export function controllerOf(object: KubernetesObject | null): Controller | undefined {
  const metadata = object?.['metadata'];
  const references = isJsonMap(metadata) ? metadata['ownerReferences'] : undefined;
  if (!Array.isArray(references)) return undefined;
  const found = references.filter(isJsonMap).find(({ controller }) => controller === true);
  if (found === undefined) return undefined;
  const apiVersion = String(found['apiVersion']);
  const { kind, name, uid } = found;
  return { apiVersion, group: groupOf(apiVersion), kind: String(kind), name: String(name), uid };
}
