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
  return over(byKind(requests), new Map(), { knows, laid: { nearer: undefined, lists: new Map() } });
}

/** What all views of the same objects have in common. */
interface Shared {
  readonly knows: Knowledge;
  /** The lists of the file that is judged now, which asked last: with its own objects laid over those of the others. */
  readonly laid: { nearer: Kinds | undefined; readonly lists: Map<string, readonly KubernetesObject[]> };
}

/** The objects of one kind, in the order of their files. */
interface OneKind {
  /** By `namespace/name`. */
  readonly all: Map<string, KubernetesObject>;
  /**
   * The same objects, and those of each namespace: made when they are first asked for, and the same lists from then on, so that
   * an index over them is made once.
   */
  list?: readonly KubernetesObject[];
  namespaces?: ReadonlyMap<string, OneNamespace>;
}

interface OneNamespace {
  readonly objects: Map<string, KubernetesObject>;
  readonly list: KubernetesObject[];
}

/** By `apiVersion resource`, in the version that webhooks are given and policies ask for. */
type Kinds = ReadonlyMap<string, OneKind>;

function byKind(requests: Iterable<Request>): Kinds {
  const kinds = new Map<string, OneKind>();
  for (const request of requests) {
    if (request.object === null) continue;
    const kind = kindOf(request);
    const objects: OneKind = kinds.get(kind) ?? { all: new Map() };
    objects.all.set(keyOf(request), request.object);
    kinds.set(kind, objects);
  }
  return kinds;
}

function kindOf({ kind: { group, version }, resource }: Request): string {
  return `${group === '' ? version : `${group}/${version}`} ${resource.resource}`;
}

function keyOf({ resource, namespace = '', name = '' }: Request): string {
  return `${resource.resource === 'namespaces' ? '' : namespace}/${name}`;
}

function over(kinds: Kinds, nearer: Kinds, shared: Shared): GivenObjects {
  const { knows, laid } = shared;
  const get = (apiVersion: string, resource: string, namespace: string, name: string) => {
    const [kind, key] = [`${apiVersion} ${resource}`, `${namespace}/${name}`];
    const found = nearer.get(kind)?.all.get(key) ?? kinds.get(kind)?.all.get(key);
    return found ?? (knows(apiVersion, resource, namespace, name) ? null : undefined);
  };
  return {
    get,
    list: (apiVersion, resource, namespace) => {
      if (!knows(apiVersion, resource, namespace)) return undefined;
      const kind = `${apiVersion} ${resource}`;
      const [far, near] = [kinds.get(kind), nearer.get(kind)];
      if (near === undefined) return listOf(far, namespace);
      if (laid.nearer !== nearer) laid.lists.clear();
      laid.nearer = nearer;
      const key = `${kind} ${namespace}`;
      const known = laid.lists.get(key);
      const list = known ?? [...new Map([...objectsOf(far, namespace), ...objectsOf(near, namespace)]).values()];
      laid.lists.set(key, list);
      return list;
    },
    namespaceOf: ({ namespace = '', resource }) => {
      if (namespace === '' || resource.resource === 'namespaces') return null;
      const found = get('v1', 'namespaces', '', namespace);
      return found === null ? bareNamespace(namespace) : found;
    },
    near: (requests) => {
      // Nearly always a file sees what all others see: then nothing needs to be laid over it.
      const own = [...requests].filter((one) => kinds.get(kindOf(one))?.all.get(keyOf(one)) !== one.object);
      return over(kinds, byKind(own), shared);
    },
  };
}

const NO_OBJECTS: readonly KubernetesObject[] = [];

function listOf(kind: OneKind | undefined, namespace: string): readonly KubernetesObject[] {
  if (kind === undefined) return NO_OBJECTS;
  if (namespace === '') {
    kind.list ??= [...kind.all.values()];
    return kind.list;
  }
  return namespacesOf(kind).get(namespace)?.list ?? NO_OBJECTS;
}

function objectsOf(kind: OneKind | undefined, namespace: string): ReadonlyMap<string, KubernetesObject> {
  if (kind === undefined) return new Map();
  return namespace === '' ? kind.all : (namespacesOf(kind).get(namespace)?.objects ?? new Map());
}

function namespacesOf(kind: OneKind): ReadonlyMap<string, OneNamespace> {
  kind.namespaces ??= byNamespace(kind.all);
  return kind.namespaces;
}

function byNamespace(all: ReadonlyMap<string, KubernetesObject>): ReadonlyMap<string, OneNamespace> {
  const namespaces = new Map<string, OneNamespace>();
  for (const [key, object] of all) {
    const namespace = key.slice(0, key.indexOf('/'));
    const own: OneNamespace = namespaces.get(namespace) ?? { objects: new Map(), list: [] };
    own.objects.set(key, object);
    own.list.push(object);
    namespaces.set(namespace, own);
  }
  return namespaces;
}

/** As the API server makes one: with the label that every Namespace has. */
function bareNamespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } };
}
