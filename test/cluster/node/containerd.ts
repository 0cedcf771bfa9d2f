/** containerd with its own folders and socket, a bridge for its pods, and images from files. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Running, start } from '../process.ts';
import { eventually } from '../wait.ts';

const run = promisify(execFile);

export interface Containerd {
  readonly socket: string;
  readonly running: Running;
  /** Takes the images of a docker-archive in. */
  importImages(archive: string): Promise<void>;
  /** Gives an image another name. */
  tag(image: string, name: string): Promise<void>;
}

export interface ContainerdOptions {
  /** For everything it writes; not on an overlay, which its own snapshots are. */
  readonly folder: string;
  /** The image that holds the network of each pod. */
  readonly sandboxImage: string;
  readonly podCidr: string;
}

/** Starts it and returns when it answers. */
export async function startContainerd({ folder, sandboxImage, podCidr }: ContainerdOptions): Promise<Containerd> {
  const socket = join(folder, 'containerd.sock');
  const networks = join(folder, 'networks');
  await mkdir(networks, { recursive: true });
  await writeFile(join(networks, '10-bridge.conflist'), JSON.stringify(bridge(podCidr)));
  const config = join(folder, 'containerd.toml');
  await writeFile(config, configuration(folder, socket, sandboxImage, networks));
  const running = await start('containerd', ['--config', config]);
  const ctr = (...args: readonly string[]) => run('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args]);
  try {
    await eventually('containerd answers', async () => (await ctr('images', 'ls')).stdout !== '');
  } catch (cause) {
    throw new Error(`containerd did not start:\n${running.output()}`, { cause });
  }
  return {
    socket,
    running,
    importImages: async (archive) => void (await ctr('images', 'import', archive)),
    tag: async (image, name) => void (await ctr('images', 'tag', '--force', image, name)),
  };
}

/** restrict_oom_score_adj: a sandbox without CAP_SYS_RESOURCE cannot lower the score as the kubelet asks. */
function configuration(folder: string, socket: string, sandboxImage: string, networks: string): string {
  return `
version = 2
root = "${join(folder, 'images')}"
state = "${join(folder, 'state')}"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${networks}"
`;
}

function bridge(subnet: string): object {
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods0',
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}
