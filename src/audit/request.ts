/** From an object to the request that applying it would send to a webhook. */
import type { JsonMap } from '../cel/value.ts';
import type { KubernetesObject, Request } from '../engine/decision.ts';
import { withDefaults } from '../engine/object/defaults.ts';
import { type CustomKinds, resourceKind } from './kinds.ts';
import type { GivenObject } from './manifests.ts';

/** Where clients put an object that names no namespace. */
const DEFAULT_NAMESPACE = 'default';

/**
 * A CREATE of the object by nobody in particular. As in the cluster, its defaults are filled in, a namespaced object always says its namespace, and
 * the request for a Namespace carries its name as the namespace.
 */
export function requestOf(given: GivenObject, custom: CustomKinds): Request {
  const { object, apiVersion, kind, metadata } = given;
  const described = given.resource ?? resourceKind(apiVersion, kind, typeof metadata['namespace'] === 'string', custom);
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const name = textOf(metadata['name']);
  const namespace = described.namespaced ? textOf(metadata['namespace']) || DEFAULT_NAMESPACE : '';
  return {
    uid: '',
    kind: described.kind,
    resource: described.resource,
    requestKind: { group, version, kind },
    requestResource: { ...described.resource, group, version },
    name,
    namespace: kind === 'Namespace' && group === '' ? name : namespace,
    operation: 'CREATE',
    userInfo: {},
    object: withDefaults(namespace === '' ? object : inNamespace(object, metadata, namespace)),
    oldObject: null,
    dryRun: true,
    options: null,
  };
}

function inNamespace(object: KubernetesObject, metadata: JsonMap, namespace: string): KubernetesObject {
  return metadata['namespace'] === namespace ? object : { ...object, metadata: { ...metadata, namespace } };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
