/** What is known of a cluster by what was read of it: of the rest nobody can say that it is not there. */
import { pluralOf } from '../engine/object/plural.ts';
import type { Discovery } from '../kube/discovery.ts';
import { groupOf } from '../policy/api-version.ts';

/** Whether all objects of a kind in a namespace are known, or all there are where it is empty; with a name, whether that one is. */
export type Knowledge = (apiVersion: string, resource: string, namespace: string, name?: string) => boolean;

/** Which objects of a kind were read. */
export interface ReadParts {
  whole: boolean;
  readonly namespaces: Set<string>;
  /** Of what lies in no namespace. */
  readonly names: Set<string>;
}

/** `read` is by `apiVersion resource`. What the cluster does not serve at all is known: there is none. */
export function knowledgeOf(read: ReadonlyMap<string, ReadParts>, discovery: Discovery): Knowledge {
  // Look-ups may name a kind by its guessed plural.
  const served = new Set(
    discovery.resources.flatMap(({ apiVersion, resource, kind }) =>
      [resource, pluralOf(kind)].map((plural) => `${apiVersion} ${plural}`),
    ),
  );
  const broken = new Set(discovery.broken.map(({ group }) => group));
  return (apiVersion, resource, namespace, name) => {
    const key = `${apiVersion} ${resource}`;
    const parts = read.get(key);
    if (parts === undefined) return !served.has(key) && !broken.has(groupOf(apiVersion));
    if (parts.whole) return true;
    return namespace === '' ? name !== undefined && parts.names.has(name) : parts.namespaces.has(namespace);
  };
}
