/** What a catalog needs of a collection in the cluster that somebody watches: the consumer's view of an informer. */
import type { JsonMap } from '../cel/value.ts';
import type { LiveObject } from '../policy/resource.ts';

export interface Feed {
  /** All objects, in all namespaces for an empty one; undefined while they are not known. The objects are never changed. */
  list(namespace: string): readonly object[] | undefined;
  /** Calls `listener` some time after anything changed. */
  onChange(listener: () => void): void;
  stop(): void;
}

/** The two collections that are to be watched. */
export const POLICIES = { apiVersion: 'tidegate.dev/v1alpha1', resource: 'policies' } as const;
export const EXCEPTIONS = { apiVersion: 'tidegate.dev/v1alpha1', resource: 'policyexceptions' } as const;

/** The objects of a feed, undefined while they are not known. */
export function liveObjects(feed: Feed): readonly LiveObject[] | undefined {
  return feed.list('') as readonly LiveObject[] | undefined;
}

/** The same for the same object with the same spec: a new status or label does not change it. */
export function versionOf({ metadata }: LiveObject): string {
  return `${metadata.uid} ${metadata.generation}`;
}

/** What is in the spec, without what the cluster notes beside it, such as the last applied text. */
export function bareResource(object: LiveObject): JsonMap {
  const { name, namespace } = object.metadata;
  const { status: _, ...rest } = object;
  return { ...rest, metadata: { name, ...(namespace !== undefined && { namespace }) } } as unknown as JsonMap;
}
