/** An object that several replicas share: made by one of them, and changed only from the version that was read last. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJsonIfThere, type JsonObject, patchJson, postJson, StatusError } from './client.ts';
import { type Collection, collectionPath, objectPath } from './collection.ts';

export interface VersionedObject {
  /** Undefined where there is none. Rejects as getJson does. */
  read(signal?: AbortSignal): Promise<JsonObject | undefined>;
  /** Makes it; undefined where somebody else was faster. Rejects as getJson does. */
  make(object: object, signal?: AbortSignal): Promise<JsonObject | undefined>;
  /** Merges `changes`, null for what is to go, into that version of it; undefined where it is another by now, or gone. */
  change(changes: Changes, version: string | undefined, signal?: AbortSignal): Promise<JsonObject | undefined>;
}

export interface Changes {
  readonly metadata?: object;
  readonly [field: string]: unknown;
}

/** Each call is a request of its own. */
export function versionedObject(
  config: KubeConfig,
  collection: Collection & { readonly name: string },
): VersionedObject {
  const path = objectPath(collection);
  return {
    read: (signal) => getJsonIfThere(config, path, signal),
    make: (object, signal) => unlessLost(postJson(config, collectionPath(collection), object, signal), [409]),
    change: ({ metadata, ...fields }, resourceVersion, signal) => {
      // With the resourceVersion in it, the API server refuses the patch where the object has changed since.
      const value = { metadata: { ...metadata, resourceVersion }, ...fields };
      return unlessLost(patchJson(config, path, { type: 'application/merge-patch+json', value }, signal), [404, 409]);
    },
  };
}

async function unlessLost(written: Promise<JsonObject>, lost: readonly number[]): Promise<JsonObject | undefined> {
  try {
    return await written;
  } catch (error) {
    if (error instanceof StatusError && lost.includes(error.statusCode)) return undefined;
    throw error;
  }
}
