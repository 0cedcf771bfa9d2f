/** A Lease of coordination.k8s.io: read, made and changed only from the state that was read last. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJson, type JsonObject, postJson, putJson, StatusError } from './client.ts';
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

/** The Lease of that name; each call is a request of its own. */
export function leaseStore(config: KubeConfig, namespace: string, name: string): LeaseStore {
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
      const lease = leaseOf(record, { name, namespace, ...(over !== undefined && { resourceVersion: over }) });
      try {
        const written =
          over === undefined
            ? await postJson(config, collectionPath(collection), lease, signal)
            : await putJson(config, path, lease, signal);
        return storedOf(written);
      } catch (error) {
        if (error instanceof StatusError && isLost(error, over)) return undefined;
        throw error;
      }
    },
  };
}

/** Another has made or changed it, or deleted what was to be changed. */
function isLost({ statusCode }: StatusError, over: string | undefined): boolean {
  return statusCode === 409 || (statusCode === 404 && over !== undefined);
}

function leaseOf({ holder, durationSeconds, acquireTime, renewTime, transitions }: LeaseRecord, metadata: object) {
  const times = { acquireTime, renewTime };
  const spec = {
    holderIdentity: holder,
    leaseDurationSeconds: durationSeconds,
    leaseTransitions: transitions,
    ...times,
  };
  return { apiVersion: API_VERSION, kind: 'Lease', metadata, spec };
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
