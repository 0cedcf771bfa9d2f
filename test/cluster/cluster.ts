/** A cluster for the tests: the one that the environment names, or a control plane of our own. */
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type Kubectl, kubectlFor } from './kubectl.ts';
import { temporaryFolder } from './process.ts';

export interface Cluster {
  readonly kubeconfig: string;
  /** Address of the API server; undefined for a given cluster, whose kubeconfig says it. */
  readonly url: string | undefined;
  /** As an administrator. */
  readonly kubectl: Kubectl;
  /** Only of a control plane of our own: no test restarts a cluster that it was lent. */
  readonly controlPlane: ControlPlane | undefined;
  stop(): Promise<void>;
}

/** The kubeconfig of a cluster that the tests may use: `$TIDEGATE_TEST_KUBECONFIG`, else `$KUBECONFIG`. */
export const givenKubeconfig: string | undefined =
  process.env['TIDEGATE_TEST_KUBECONFIG'] || process.env['KUBECONFIG'] || undefined;

/** Takes the given cluster, or starts one, its API server with more `flags`. Stopping a given one leaves it as it is. */
export async function startCluster(flags: readonly string[] = []): Promise<Cluster> {
  const controlPlane = givenKubeconfig === undefined ? await startControlPlane({ flags }) : undefined;
  const kubeconfig = controlPlane?.kubeconfig ?? (givenKubeconfig as string);
  const cacheFolder = join(await temporaryFolder('kubectl'), 'cache');
  return {
    kubeconfig,
    url: controlPlane?.url,
    kubectl: await kubectlFor({ kubeconfig, cacheFolder }),
    controlPlane,
    stop: async () => controlPlane?.stop(),
  };
}
