/** The given objects as a cluster: an audit of files has nobody else to ask, so what is not among them is not there. */
import type { KubernetesObject, Lookup, Request } from '../engine/decision.ts';
import type { Knowledge } from './knowledge.ts';

export interface GivenObjects extends Lookup {
  /** The Namespace of a request: as given, else one with nothing but its name; null for what lives in none, undefined where it is not known. */
  namespaceOf(request: Request): KubernetesObject | null | undefined;
  /** The same objects as a file sees them that holds these: where several have the same name, its own one counts. */
  near(requests: Iterable<Request>): GivenObjects;
}

/**
 * A Lookup over the objects of these requests. Of two objects with the same name the later one counts, as in an apply. `knows`
 * says of what the absence is known; of everything, where it is left out.
 */
export function givenObjects(requests: Iterable<Request>, knows: Knowledge = () => true): GivenObjects {
  return over(byKind(requests), new Map(), knows);
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

function over(kinds: Kinds, nearer: Kinds, knows: Knowledge): GivenObjects {
  const get = (apiVersion: string, resource: string, namespace: string, name: string) => {
    const [kind, key] = [`${apiVersion} ${resource}`, `${namespace}/${name}`];
    return nearer.get(kind)?.get(key) ?? kinds.get(kind)?.get(key) ?? absent(apiVersion, resource, namespace, name);
  };
  const absent = (...place: Parameters<Knowledge>): null | undefined => (knows(...place) ? null : undefined);
  return {
    get,
    list: (apiVersion, resource, namespace) => {
      if (!knows(apiVersion, resource, namespace)) return undefined;
      const kind = `${apiVersion} ${resource}`;
      const all = kinds.get(kind) ?? NONE;
      const own = nearer.get(kind);
      const found = own ? new Map([...all, ...own]) : all;
      if (namespace === '') return [...found.values()];
      return [...found].filter(([key]) => key.startsWith(`${namespace}/`)).map(([, object]) => object);
    },
    namespaceOf: ({ namespace = '', resource }) => {
      if (namespace === '' || resource.resource === 'namespaces') return null;
      const found = get('v1', 'namespaces', '', namespace);
      return found === null ? bareNamespace(namespace) : found;
    },
    near: (requests) => over(kinds, byKind(requests), knows),
  };
}

const NONE: ReadonlyMap<string, KubernetesObject> = new Map();

/** As the API server makes one: with the label that every Namespace has. */
function bareNamespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } };
}
