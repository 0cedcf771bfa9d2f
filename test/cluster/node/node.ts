/** A cluster of one real node: pods run, Services answer. On this machine inside of enter.ts, or the one that is given. */
import { join } from 'node:path';
import { givenKubeconfig } from '../cluster.ts';
import { type ControlPlane, startControlPlane } from '../control-plane.ts';
import { type Helm, helmFor } from '../helm.ts';
import { type Kubectl, kubectlFor } from '../kubectl.ts';
import { temporaryFolder } from '../process.ts';
import { eventually } from '../wait.ts';
import { COMPONENT_USERS, NODE_ADDRESS, NODE_NAME, POD_CIDR, startComponents } from './components.ts';
import { startContainerd } from './containerd.ts';
import { startDns } from './dns.ts';
import type { Images } from './images.ts';

export interface Node {
  readonly kubeconfig: string;
  readonly images: Pick<Images, 'tidegate' | 'next' | 'shop'>;
  /** As an administrator. */
  readonly kubectl: Kubectl;
  readonly helm: Helm;
  /** Only of a node of our own: no test restarts the API server of a cluster that it was lent. */
  readonly controlPlane: ControlPlane | undefined;
}

/** The given cluster, or one that is ready to run pods (10 s). All of it ends with the namespaces that it is in. */
export async function startNode(): Promise<Node> {
  const controlPlane = givenKubeconfig === undefined ? await startOwn() : undefined;
  const kubeconfig = controlPlane?.kubeconfig ?? (givenKubeconfig as string);
  const folder = await temporaryFolder('node');
  const kubectl = await kubectlFor({ kubeconfig, cacheFolder: join(folder, 'kubectl') });
  const ready = ['wait', '--for=condition=Ready', 'node', '--all', '--timeout=5s'];
  await eventually('a node is ready', async () => (await kubectl(ready)).code === 0, { timeoutMs: 60_000 });
  return { kubeconfig, images: imagesHere(), kubectl, helm: await helmFor(kubeconfig), controlPlane };
}

async function startOwn(): Promise<ControlPlane> {
  const { images, cgroup } = insideOf();
  const folder = await temporaryFolder('node');
  const containerd = await startContainerd({ folder, sandboxImage: images.pause, podCidr: POD_CIDR });
  const [controlPlane] = await Promise.all([
    startControlPlane({
      address: NODE_ADDRESS,
      users: COMPONENT_USERS,
      flags: ['--endpoint-reconciler-type=lease', '--kubelet-preferred-address-types=InternalIP'],
    }),
    ...(['pause', 'tidegate', 'next', 'shop'] as const).map((name) =>
      containerd.importImages(join(images.folder, `${name}.tar`)),
    ),
  ]);
  const components = await startComponents({ controlPlane, folder, containerdSocket: containerd.socket, cgroup });
  const kubectl = await kubectlFor({ kubeconfig: controlPlane.kubeconfig, cacheFolder: join(folder, 'kubectl') });
  await startDns(NODE_ADDRESS, kubectl);
  try {
    await eventually('the node registers', async () => (await kubectl(['get', 'node', NODE_NAME])).code === 0);
  } catch (cause) {
    throw new Error(components.map((each) => each.output()).join('\n\n'), { cause });
  }
  return controlPlane;
}

function imagesHere(): Node['images'] {
  if (givenKubeconfig === undefined) return insideOf().images;
  const { TIDEGATE_TEST_IMAGE: tidegate, TIDEGATE_TEST_NEXT_IMAGE: next = tidegate } = process.env;
  const shop = process.env['TIDEGATE_TEST_SHOP_IMAGE'];
  if (tidegate === undefined || next === undefined || shop === undefined) {
    throw new Error(
      'a given cluster needs TIDEGATE_TEST_IMAGE and TIDEGATE_TEST_SHOP_IMAGE: see test/cluster/node/README.md',
    );
  }
  return { tidegate, next, shop };
}

function insideOf(): { readonly images: Images; readonly cgroup: string } {
  const given = process.env['TIDEGATE_TEST_NODE'];
  if (given === undefined) throw new Error('a node is started by: npm run test:node');
  return JSON.parse(given);
}
