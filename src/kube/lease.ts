/** A Lease of coordination.k8s.io: read, made and changed only from the state that was read last. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJson, type JsonObject, patchJson, postJson, StatusError } from './client.ts';
import { collectionPath, objectPath } from './collection.ts';

/** What candidates tell each other. Its times are for people: clocks differ, so nobody computes with them. */
export interface LeaseRecord {
  /** Empty where it was released. */
  readonly holder: string;
  readonly durationSeconds: number;
  /** RFC 3339, microseconds. */
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly transitions: number;
}

export interface StoredLease {
  readonly record: LeaseRecord;
  /** Changes with every write, whoever writes. */
  readonly version: string;
}

export interface LeaseStore {
  /** Undefined where there is none. Rejects with a StatusError, with the error of the connection, or when the signal aborts. */
  read(signal: AbortSignal): Promise<StoredLease | undefined>;
  /** Makes it (`over` undefined) or changes that version of it; undefined where somebody else was faster. Rejects as `read`. */
  write(record: LeaseRecord, over: string | undefined, signal: AbortSignal): Promise<StoredLease | undefined>;
}

const API_VERSION = 'coordination.k8s.io/v1';

/** The Lease of that name; each call is a request of its own. With the end of its `owners` it goes, too. */
export function leaseStore(
  config: KubeConfig,
  namespace: string,
  name: string,
  owners: () => Promise<readonly object[]> = async () => [],
): LeaseStore {
  const collection = { apiVersion: API_VERSION, resource: 'leases', namespace };
  const path = objectPath({ ...collection, name });
  return {
    read: async (signal) => {
      try {
        return storedOf(await getJson(config, path, signal));
      } catch (error) {
        if (error instanceof StatusError && error.statusCode === 404) return undefined;
        throw error;
      }
    },
    write: async (record, over, signal) => {
      try {
        const written =
          over === undefined
            ? await postJson(config, collectionPath(collection), await made(record), signal)
            : await patchJson(config, path, changed(record, over), signal);
        return storedOf(written);
      } catch (error) {
        if (error instanceof StatusError && isLost(error, over)) return undefined;
        throw error;
      }
    },
  };

  async function made(record: LeaseRecord): Promise<object> {
    const metadata = { name, namespace, ownerReferences: await owners() };
    return { apiVersion: API_VERSION, kind: 'Lease', metadata, spec: specOf(record) };
  }
}

/** With the resourceVersion in it, the API server refuses the patch where the Lease has changed since. */
function changed(record: LeaseRecord, resourceVersion: string) {
  const value = { metadata: { resourceVersion }, spec: specOf(record) };
  return { type: 'application/merge-patch+json', value };
}

/** Another has made or changed it, or deleted what was to be changed. */
function isLost({ statusCode }: StatusError, over: string | undefined): boolean {
  return statusCode === 409 || (statusCode === 404 && over !== undefined);
}

function specOf({ holder, durationSeconds, acquireTime, renewTime, transitions }: LeaseRecord): object {
  const times = { acquireTime, renewTime };
  return { holderIdentity: holder, leaseDurationSeconds: durationSeconds, leaseTransitions: transitions, ...times };
}

function storedOf(lease: JsonObject): StoredLease {
  const spec = (lease['spec'] ?? {}) as Readonly<Record<string, unknown>>;
  const metadata = lease['metadata'] as { readonly resourceVersion?: string };
  return {
    record: {
      holder: String(spec['holderIdentity'] ?? ''),
      durationSeconds: Number(spec['leaseDurationSeconds'] ?? 0),
      acquireTime: String(spec['acquireTime'] ?? ''),
      renewTime: String(spec['renewTime'] ?? ''),
      transitions: Number(spec['leaseTransitions'] ?? 0),
    },
    version: metadata.resourceVersion ?? '',
  };
}
