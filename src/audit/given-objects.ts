/** The given objects as a cluster: an audit of files has nobody else to ask, so what is not among them is not there. */
import type { KubernetesObject, Lookup, Request } from '../engine/decision.ts';

export interface GivenObjects extends Lookup {
  /** The Namespace of a request: as given, else one with nothing but its name; null for what lives in none. */
  namespaceOf(request: Request): KubernetesObject | null;
  /** The same objects as a file sees them that holds these: where several have the same name, its own one counts. */
  near(requests: Iterable<Request>): GivenObjects;
}

/** A Lookup over the objects of these requests. Of two objects with the same name the later one counts, as in an apply. */
export function givenObjects(requests: Iterable<Request>): GivenObjects {
  return over(byKind(requests), new Map());
}

/** By `apiVersion resource`, in the version that webhooks are given and policies ask for; then by `namespace/name`. */
type Kinds = ReadonlyMap<string, ReadonlyMap<string, KubernetesObject>>;

function byKind(requests: Iterable<Request>): Kinds {
  const kinds = new Map<string, Map<string, KubernetesObject>>();
  for (const { kind, resource, namespace = '', name = '', object } of requests) {
    if (object === null) continue;
    const { group, version } = kind;
    const key = `${group === '' ? version : `${group}/${version}`} ${resource.resource}`;
    const objects = kinds.get(key) ?? new Map<string, KubernetesObject>();
    kinds.set(key, objects.set(`${resource.resource === 'namespaces' ? '' : namespace}/${name}`, object));
  }
  return kinds;
}

function over(kinds: Kinds, nearer: Kinds): GivenObjects {
  const get = (apiVersion: string, resource: string, namespace: string, name: string): KubernetesObject | null => {
    const [kind, key] = [`${apiVersion} ${resource}`, `${namespace}/${name}`];
    return nearer.get(kind)?.get(key) ?? kinds.get(kind)?.get(key) ?? null;
  };
  return {
    get,
    list: (apiVersion, resource, namespace) => {
      const kind = `${apiVersion} ${resource}`;
      const all = kinds.get(kind) ?? NONE;
      const own = nearer.get(kind);
      const found = own ? new Map([...all, ...own]) : all;
      if (namespace === '') return [...found.values()];
      return [...found].filter(([key]) => key.startsWith(`${namespace}/`)).map(([, object]) => object);
    },
    namespaceOf: ({ namespace = '', resource }) => {
      if (namespace === '' || resource.resource === 'namespaces') return null;
      return get('v1', 'namespaces', '', namespace) ?? bareNamespace(namespace);
    },
    near: (requests) => over(kinds, byKind(requests)),
  };
}

const NONE: ReadonlyMap<string, KubernetesObject> = new Map();

/** As the API server makes one: with the label that every Namespace has. */
function bareNamespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } };
}
