/** etcd and kube-apiserver as child processes on free ports of one address, all data in one temporary folder. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { freePort, type Running, start, temporaryFolder } from './process.ts';
import { locateTool } from './tools.ts';
import { eventually } from './wait.ts';

/** Flags of an API server that serves alpha and beta versions too, which it does only when it is told to. */
export const EVERY_VERSION: readonly string[] = [
  '--runtime-config=api/all=true',
  '--feature-gates=StorageVersionMigrator=true,GenericWorkload=true',
];

export interface ControlPlaneOptions {
  /** More of the API server; a later one replaces an earlier one. */
  readonly flags?: readonly string[];
  /** Where the API server listens: the loopback address, or one that pods can reach. */
  readonly address?: string;
  /** Users with a kubeconfig each, and their groups. */
  readonly users?: Readonly<Record<string, readonly string[]>>;
}

export interface ControlPlane {
  readonly url: string;
  /** Path of a file for a member of system:masters. */
  readonly kubeconfig: string;
  /** The same for one of the users. */
  kubeconfigOf(user: string): string;
  /** In PEM: what signs the tokens of ServiceAccounts, and what the API server shows its clients. */
  readonly files: { readonly serviceAccountKey: string; readonly certificate: string };
  /** Ends the API server; etcd keeps its data. */
  stopApiServer(): Promise<void>;
  /** Starts it again at the same address, and returns when it is ready. */
  startApiServer(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both and returns when the API server says that it is ready (2 to 4 seconds). */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { flags = [], address = '127.0.0.1', users = {} } = options;
  const [etcdProgram, apiServerProgram] = await Promise.all([locateTool('etcd'), locateTool('kube-apiserver')]);
  const folder = await temporaryFolder('cluster');
  const [clientPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${clientPort}`;
  const tokens = await writeCredentials(folder, { [ADMIN]: ['system:masters'], ...users });
  const etcd = await start(etcdProgram, etcdArguments(folder, etcdUrl, `http://127.0.0.1:${peerPort}`));
  const url = `https://${address}:${port}`;
  const certificate = join(folder, 'apiserver.crt');

  let apiServer: Running | undefined;
  const startApiServer = async (): Promise<void> => {
    apiServer = await start(apiServerProgram, [...apiServerArguments(folder, etcdUrl, address, port), ...flags]);
    await untilReady(apiServer, url, certificate, tokens.get(ADMIN) as string);
  };
  const stopApiServer = async (): Promise<void> => {
    await apiServer?.stop('SIGKILL');
  };
  await startApiServer();
  const kubeconfigOf = (user: string): string => join(folder, `${user.replaceAll(':', '-')}.kubeconfig`);
  for (const [user, token] of tokens) {
    await writeFile(kubeconfigOf(user), kubeconfigText(url, await readFile(certificate), token), { mode: 0o600 });
  }
  const stop = async (): Promise<void> => {
    await stopApiServer();
    await etcd.stop('SIGKILL');
  };
  const files = { serviceAccountKey: join(folder, 'service-account.key'), certificate };
  return { url, kubeconfig: kubeconfigOf(ADMIN), kubeconfigOf, files, stopApiServer, startApiServer, stop };
}

const ADMIN = 'admin';

/** A kubeconfig, in JSON (which is YAML), for one server, its certificates in PEM, and a bearer token. */
export function kubeconfigText(server: string, certificates: Buffer, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': certificates.toString('base64') } }],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'user' } }],
    'current-context': 'test',
  });
}

/** The key of ServiceAccounts, and a bearer token for each of the users. */
async function writeCredentials(
  folder: string,
  users: NonNullable<ControlPlaneOptions['users']>,
): Promise<ReadonlyMap<string, string>> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = pair.privateKey.export({ type: 'pkcs1', format: 'pem' });
  await writeFile(join(folder, 'service-account.key'), key, { mode: 0o600 });
  const tokens = new Map(Object.keys(users).map((user) => [user, randomBytes(16).toString('hex')]));
  const lines = Object.entries(users).map(([user, groups]) => `${tokens.get(user)},${user},${user},"${groups}"\n`);
  await writeFile(join(folder, 'tokens.csv'), lines.join(''), { mode: 0o600 });
  return tokens;
}

function etcdArguments(folder: string, clientUrl: string, peerUrl: string): readonly string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    // The data lives as long as the test: a disk that is never waited for halves the time of every write.
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
}

function apiServerArguments(folder: string, etcdUrl: string, address: string, port: number): readonly string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(folder, 'service-account.key')}`,
    `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
    '--service-cluster-ip-range=10.96.0.0/24,fd00::/108',
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
  ];
}

async function untilReady(server: Running, url: string, certificateFile: string, token: string): Promise<void> {
  try {
    await eventually(
      'the API server is ready',
      async () => {
        if (server.exitCode() !== undefined) return 'ended';
        return (await statusOf(`${url}/readyz`, await readFile(certificateFile), token)) === 200 ? 'ready' : undefined;
      },
      { timeoutMs: 60_000 },
    );
  } catch (cause) {
    throw new Error(`kube-apiserver did not become ready:\n${server.output()}`, { cause });
  }
  if (server.exitCode() !== undefined) throw new Error(`kube-apiserver ended at once:\n${server.output()}`);
}

function statusOf(url: string, ca: Buffer, token: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(url, { ca, headers: { authorization: `Bearer ${token}` }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.setTimeout(2000, () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end();
  });
}
