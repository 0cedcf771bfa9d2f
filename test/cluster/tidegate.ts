/** The product as users run it: `tidegate serve` in a process of its own, with certificates it has made itself. */
import { readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { freePort, type Running, start, temporaryFolder } from './process.ts';
import { eventually } from './wait.ts';

/** The address by which the API server reaches this machine: another one for a cluster that runs elsewhere. */
export const HOST = process.env['TIDEGATE_TEST_HOST'] ?? '127.0.0.1';

export interface Tidegate {
  readonly port: number;
  /** In PEM. */
  readonly ca: string;
  readonly certDir: string;
  readonly running: Running;
}

export interface TidegateOptions {
  /** tidegate.yaml, as data. */
  readonly settings?: object;
  /** In the place of the bundled ones. */
  readonly policies?: readonly object[];
  /** Of the user that watches the cluster. */
  readonly kubeconfig?: string;
  /** To share certificates between replicas. */
  readonly certDir?: string;
  readonly port?: number;
  /** The name that it signs Events with; it writes none without. */
  readonly pod?: string;
}

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** Starts it and returns when it says that it is ready. Throws with its output where it does not. */
export async function startTidegate(options: TidegateOptions = {}): Promise<Tidegate> {
  const folder = await temporaryFolder('serve');
  const { port = await freePort(), certDir = join(folder, 'certs'), kubeconfig } = options;
  const settings = join(folder, 'tidegate.yaml');
  const document = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Settings', ...options.settings };
  await writeFile(settings, JSON.stringify(document));
  const args = ['serve', '--host', HOST, '--port', String(port), '--cert-dir', certDir, '--settings', settings];
  if (kubeconfig !== undefined) args.push('--kubeconfig', kubeconfig);
  if (options.policies !== undefined) {
    const policies = join(folder, 'policies.yaml');
    await writeFile(policies, options.policies.map((policy) => JSON.stringify(policy)).join('\n---\n'));
    args.push('--no-builtin', '--policies', policies);
  }
  const running = await start(process.execPath, [MAIN, ...args], { ...process.env, TIDEGATE_POD: options.pod ?? '' });
  try {
    const ca = await eventually('tidegate is ready', async () => {
      if (running.exitCode() !== undefined) throw new Error('it has ended');
      const authority = await readFile(join(certDir, 'ca.crt'), 'utf8');
      return (await statusOf(port, authority)) === 200 ? authority : undefined;
    });
    return { port, ca, certDir, running };
  } catch (cause) {
    throw new Error(`tidegate serve did not become ready:\n${running.output()}`, { cause });
  }
}

function statusOf(port: number, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ host: HOST, port, path: '/readyz', ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
