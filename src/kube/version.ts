/** The version of a cluster, which changes while we run: an API server that is upgraded closes its connections. */
import type { KubeConfig } from '@kubernetes/client-node';
import { getJson, type JsonObject } from './client.ts';

export interface ClusterVersion {
  /** As `1.36`; undefined until it is known. What was known stays while the cluster does not answer. */
  current(): string | undefined;
  /** Asks for it anew. Never rejects. */
  refresh(): Promise<void>;
}

/** Nothing is asked before the first `refresh`. */
export function clusterVersion(config: KubeConfig): ClusterVersion {
  let known: string | undefined;
  return {
    current: () => known,
    refresh: async () => {
      const answer = await getJson(config, '/version', AbortSignal.timeout(5000)).catch(() => undefined);
      known = (answer && versionOf(answer)) ?? known;
    },
  };
}

/** Some providers mark their own builds: `30+`. */
function versionOf({ major, minor }: JsonObject): string | undefined {
  const [, first] = /^(\d+)/.exec(String(major)) ?? [];
  const [, second] = /^(\d+)/.exec(String(minor)) ?? [];
  return first && second && `${first}.${second}`;
}
