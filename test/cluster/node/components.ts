/** What makes a node and its cluster of an API server and containerd: the flags and files of Kubernetes' other programs. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../control-plane.ts';
import { type Running, start } from '../process.ts';
import { locateTools } from '../tools.ts';

export const NODE_NAME = 'node-1';
/** As inside.sh sets it. */
export const NODE_ADDRESS = '192.0.2.2';
export const POD_CIDR = '198.18.0.0/24';

const NODE_USER = `system:node:${NODE_NAME}`;
const [MANAGER_USER, SCHEDULER_USER, PROXY_USER] = [
  'system:kube-controller-manager',
  'system:kube-scheduler',
  'system:kube-proxy',
];

/** Who they are to the API server, as in any cluster. */
export const COMPONENT_USERS: Readonly<Record<string, readonly string[]>> = {
  [NODE_USER]: ['system:nodes'],
  [MANAGER_USER]: [],
  [SCHEDULER_USER]: [],
  [PROXY_USER]: ['system:node-proxier'],
};

export interface ComponentOptions {
  readonly controlPlane: ControlPlane;
  readonly folder: string;
  readonly containerdSocket: string;
  /** Below this cgroup, which is made here, are those of the pods. */
  readonly cgroup: string;
}

/** Starts the controller manager, the scheduler, kube-proxy and the kubelet; when they have done their work is theirs. */
export async function startComponents(options: ComponentOptions): Promise<readonly Running[]> {
  const { controlPlane, folder } = options;
  const tools = await locateTools(['kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet']);
  const as = (user: string): string => `--kubeconfig=${controlPlane.kubeconfigOf(user)}`;
  await makeCgroups(options.cgroup);
  const kubelet = join(folder, 'kubelet.json');
  await writeFile(kubelet, JSON.stringify(kubeletConfiguration(options)));
  return Promise.all([
    start(tools['kube-controller-manager'], [as(MANAGER_USER), ...managerFlags(controlPlane)]),
    start(tools['kube-scheduler'], [as(SCHEDULER_USER), '--leader-elect=false', '--secure-port=0']),
    start(tools['kube-proxy'], [as(PROXY_USER), ...PROXY_FLAGS]),
    start(tools.kubelet, [
      as(NODE_USER),
      `--config=${kubelet}`,
      `--root-dir=${join(folder, 'kubelet')}`,
      `--hostname-override=${NODE_NAME}`,
      `--node-ip=${NODE_ADDRESS}`,
    ]),
  ]);
}

function managerFlags({ files }: ControlPlane): readonly string[] {
  return [
    '--leader-elect=false',
    '--secure-port=0',
    '--use-service-account-credentials',
    // Thousands of namespaces get their ServiceAccounts within a minute.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.certificate}`,
  ];
}

const PROXY_FLAGS: readonly string[] = [
  `--hostname-override=${NODE_NAME}`,
  '--proxy-mode=iptables',
  `--cluster-cidr=${POD_CIDR}`,
  // The limits of this machine stay as they are.
  '--conntrack-max-per-core=0',
  '--healthz-bind-address=127.0.0.1:10256',
];

/** A machine of any size and fullness will do; nobody else can reach the kubelet's port. */
function kubeletConfiguration({ folder, containerdSocket, cgroup }: ComponentOptions): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    evictionHard: { 'memory.available': '1%', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    readOnlyPort: 0,
    podLogsDir: join(folder, 'logs'),
    resolvConf: '',
    clusterDNS: [NODE_ADDRESS],
    clusterDomain: 'cluster.local',
  };
}

const HIERARCHIES = '/sys/fs/cgroup';

/** In each hierarchy of cgroups v1, or in the one of v2. */
async function makeCgroups(name: string): Promise<void> {
  for (const folder of await cgroupFolders(name)) await mkdir(folder, { recursive: true });
}

async function cgroupFolders(name: string): Promise<readonly string[]> {
  const entries = await readdir(HIERARCHIES, { withFileTypes: true });
  if (entries.some((entry) => entry.name === 'cgroup.controllers')) return [join(HIERARCHIES, name)];
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(HIERARCHIES, entry.name, name));
}
