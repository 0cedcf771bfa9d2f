/** The given objects as a cluster: an audit of files has nobody else to ask, so what is not among them is not there. */
import type { KubernetesObject, Lookup, Request } from '../engine/decision.ts';

export interface GivenObjects extends Lookup {
  /** The Namespace of a request: as given, else one with nothing but its name; null for what lives in none. */
  namespaceOf(request: Request): KubernetesObject | null;
}

/** A Lookup over the objects of these requests. Of two objects with the same name the later one counts, as in an apply. */
export function givenObjects(requests: Iterable<Request>): GivenObjects {
  const byName = new Map<string, KubernetesObject>();
  const byKind = new Map<string, Map<string, KubernetesObject>>();
  for (const { requestKind, kind, resource, namespace = '', name = '', object } of requests) {
    const { group, version } = requestKind ?? kind;
    const kindKey = `${group === '' ? version : `${group}/${version}`} ${resource.resource}`;
    const key = `${kindKey} ${resource.resource === 'namespaces' ? '' : namespace}/${name}`;
    if (object === null) continue;
    byName.set(key, object);
    const all = byKind.get(kindKey) ?? new Map<string, KubernetesObject>();
    byKind.set(kindKey, all.set(key, object));
  }
  const get = (apiVersion: string, resource: string, namespace: string, name: string): KubernetesObject | null =>
    byName.get(`${apiVersion} ${resource} ${namespace}/${name}`) ?? null;
  return {
    get,
    list: (apiVersion, resource, namespace) => {
      const all = [...(byKind.get(`${apiVersion} ${resource}`)?.entries() ?? [])];
      // No cluster is without nodes: there is only nobody who has given them.
      if (all.length === 0 && resource === 'nodes') return undefined;
      const prefix = `${apiVersion} ${resource} ${namespace}/`;
      return all.filter(([key]) => namespace === '' || key.startsWith(prefix)).map(([, object]) => object);
    },
    namespaceOf: ({ namespace = '', resource }) => {
      if (namespace === '' || resource.resource === 'namespaces') return null;
      return get('v1', 'namespaces', '', namespace) ?? bareNamespace(namespace);
    },
  };
}

/** As the API server makes one: with the label that every Namespace has. */
function bareNamespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } };
}
