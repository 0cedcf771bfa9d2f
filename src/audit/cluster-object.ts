/** An object as the API server gives it -> one to be judged, the same as if it had been read from a file of it. */
import type { JsonMap, Value } from '../cel/value.ts';
import type { ServedResource } from '../kube/discovery.ts';
import { groupOf } from '../policy/api-version.ts';
import type { GivenObject } from './manifests.ts';
import { completed } from './shape.ts';

/**
 * The object with the resource it is served as. Takes `object` over: fields that are null are dropped from it, in place, as they
 * count as absent in files.
 */
export function clusterObject(object: object, served: ServedResource): GivenObject {
  const { apiVersion, kind, resource, namespaced } = served;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  dropNulls(object as Value);
  const whole = completed(groupOf(apiVersion), kind, object as JsonMap).object;
  return {
    object: whole,
    apiVersion,
    kind,
    metadata: (whole['metadata'] ?? {}) as JsonMap,
    resource: { kind: { group, version, kind }, resource: { group, version, resource }, namespaced },
  };
}

function dropNulls(value: Value): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) dropNulls(item);
    return;
  }
  const fields = value as Record<string, Value>;
  for (const name of Object.keys(fields)) {
    const field = fields[name] as Value;
    if (field === null) delete fields[name];
    else dropNulls(field);
  }
}
