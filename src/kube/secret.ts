/** One Secret, by its name: Secrets are neither listed nor watched. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJsonIfThere, type JsonObject } from './client.ts';
import { objectPath } from './collection.ts';

export interface SecretReader {
  /**
   * The Secret, null where there is none. Rejects with a StatusError, with the error of the connection, or when the signal
   * aborts.
   */
  read(namespace: string, name: string, signal: AbortSignal): Promise<JsonObject | null>;
}

/** Reads from the cluster of the configuration, each Secret by a request of its own. */
export function secretReader(config: KubeConfig): SecretReader {
  return {
    async read(namespace, name, signal) {
      const path = objectPath({ apiVersion: 'v1', resource: 'secrets', namespace, name });
      return (await getJsonIfThere(config, path, signal)) ?? null;
    },
  };
}
