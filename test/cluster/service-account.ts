import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubeconfigText } from './control-plane.ts';
import { expectOutput, type Kubectl } from './kubectl.ts';
import { temporaryFolder } from './process.ts';

/** A kubeconfig of an existing ServiceAccount, which may do what RBAC lets it do. `kubectl` is an administrator's. */
export async function serviceAccountKubeconfig(kubectl: Kubectl, namespace: string, name: string): Promise<string> {
  const token = await expectOutput(kubectl, ['create', 'token', name, '-n', namespace]);
  const view = await expectOutput(kubectl, ['config', 'view', '--raw', '--minify', '--flatten', '-o', 'json']);
  const { server, 'certificate-authority-data': certificates } = JSON.parse(view).clusters[0].cluster;
  const path = join(await temporaryFolder('kubeconfig'), 'kubeconfig');
  await writeFile(path, kubeconfigText(server, Buffer.from(certificates, 'base64'), token.trim()), { mode: 0o600 });
  return path;
}
