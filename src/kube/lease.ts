/** A Lease of coordination.k8s.io: read, made and changed only from the state that was read last. */
import type { KubeConfig } from '@kubernetes/client-node';
import type { JsonObject } from './client.ts';
import { versionedObject } from './versioned-object.ts';

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
  const lease = versionedObject(config, { apiVersion: API_VERSION, resource: 'leases', namespace, name });
  return {
    read: async (signal) => storedOf(await lease.read(signal)),
    write: async (record, over, signal) => {
      const spec = specOf(record);
      if (over !== undefined) return storedOf(await lease.change({ spec }, over, signal));
      const metadata = { name, namespace, ownerReferences: await owners() };
      return storedOf(await lease.make({ apiVersion: API_VERSION, kind: 'Lease', metadata, spec }, signal));
    },
  };
}

function specOf({ holder, durationSeconds, acquireTime, renewTime, transitions }: LeaseRecord): object {
  const times = { acquireTime, renewTime };
  return { holderIdentity: holder, leaseDurationSeconds: durationSeconds, leaseTransitions: transitions, ...times };
}

function storedOf(lease: JsonObject | undefined): StoredLease | undefined {
  if (lease === undefined) return undefined;
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
