/** One Secret, by its name: Secrets are neither listed nor watched. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJson, type JsonObject, StatusError } from './client.ts';

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
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
      try {
        return await getJson(config, path, signal);
      } catch (error) {
        if (error instanceof StatusError && error.statusCode === 404) return null;
        throw error;
      }
    },
  };
}
