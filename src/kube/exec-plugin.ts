/** The credential plugin of a kubeconfig (`exec`), run as kubectl runs it: told what it is asked for, and free to ask a person. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Cluster, KubeConfig } from '@kubernetes/client-node';

/** `users[].user.exec`, as client.authentication.k8s.io has it. */
export interface ExecConfig {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly interactiveMode?: 'Never' | 'IfAvailable' | 'Always';
  readonly provideClusterInfo?: boolean;
}

export interface PluginParts {
  /** The name of the user who logs in by it. */
  readonly user: string;
  readonly exec: ExecConfig;
  readonly cluster: Cluster | null;
  /** A person looks on: what it says on stderr is shown as it comes, and it may ask on the terminal. */
  readonly attended: boolean;
}

/** `status` of the ExecCredential that it prints. */
interface Credential {
  readonly token?: string;
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  readonly expirationTimestamp?: string;
}

type Authenticator = Parameters<KubeConfig['addAuthenticator']>[0];

/** Runs it before the first request, and again once its credential has expired. Rejects with one line for people, which quotes nothing it printed on stdout. */
export function execPlugin({ user, ...parts }: PluginParts): Authenticator {
  let known: Credential | undefined;
  let running: Promise<Credential> | undefined;
  const current = async (): Promise<Credential> => {
    if (known !== undefined && !hasExpired(known)) return known;
    // Requests that come meanwhile wait for the same run: nobody wants to log in four times.
    running ??= run(parts).finally(() => {
      running = undefined;
    });
    known = await running;
    return known;
  };
  return {
    isAuthProvider: ({ name }) => name === user,
    async applyAuthentication(_, options) {
      const { token, clientCertificateData, clientKeyData } = await current();
      if (clientCertificateData) Object.assign(options, { cert: clientCertificateData, key: clientKeyData });
      if (token) options.headers = { ...options.headers, Authorization: `Bearer ${token}` };
    },
  };
}

function hasExpired({ expirationTimestamp = '' }: Credential): boolean {
  return Date.parse(expirationTimestamp) <= Date.now();
}

async function run({ exec, cluster, attended }: Omit<PluginParts, 'user'>): Promise<Credential> {
  const plugin = `the credential plugin "${exec.command}"`;
  const mode = exec.interactiveMode ?? 'IfAvailable';
  const interactive = attended && process.stdin.isTTY === true && mode !== 'Never';
  if (mode === 'Always' && !interactive) throw new Error(`${plugin} needs a terminal to ask on`);
  const child = spawn(exec.command, exec.args ?? [], {
    env: { ...process.env, ...variablesOf(exec), KUBERNETES_EXEC_INFO: execInfo(exec, interactive, cluster) },
    stdio: [interactive ? 'inherit' : 'ignore', 'pipe', attended ? 'inherit' : 'pipe'],
  });
  const [ended, stdout, stderr] = await Promise.allSettled([
    once(child, 'close'),
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
  ]);
  if (ended.status === 'rejected') throw new Error(`${plugin} ${whyNotStarted(ended.reason, exec)}`);
  const [code, signal] = ended.value as [number | null, string | null];
  if (code !== 0) {
    const reason = firstLineOf(stderr.status === 'fulfilled' ? stderr.value : '');
    throw new Error(`${plugin} failed (${signal ?? `exit code ${code}`})${reason && `: ${reason}`}`);
  }
  const credential = credentialOf(stdout.status === 'fulfilled' ? stdout.value : '');
  if (credential === undefined) throw new Error(`${plugin} gave neither a token nor a client certificate with its key`);
  return credential;
}

function variablesOf({ env }: ExecConfig): Readonly<Record<string, string>> {
  return Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
}

/** What the plugin reads to know whether it may ask, and for which cluster. */
function execInfo(
  { apiVersion, provideClusterInfo }: ExecConfig,
  interactive: boolean,
  cluster: Cluster | null,
): string {
  const spec = { interactive, ...(provideClusterInfo && cluster && { cluster: clusterInfo(cluster) }) };
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, spec });
}

function clusterInfo({ server, tlsServerName, skipTLSVerify, caData, caFile, proxyUrl }: Cluster): object {
  const authority = caData ?? (caFile && readFileSync(caFile, 'base64'));
  return {
    server,
    ...(tlsServerName && { 'tls-server-name': tlsServerName }),
    ...(skipTLSVerify && { 'insecure-skip-tls-verify': true }),
    ...(authority && { 'certificate-authority-data': authority }),
    ...(proxyUrl && { 'proxy-url': proxyUrl }),
  };
}

function whyNotStarted(error: NodeJS.ErrnoException, { installHint }: ExecConfig): string {
  if (error.code !== 'ENOENT') return `cannot be run: ${firstLineOf(error.message)}`;
  // A paragraph in most kubeconfigs.
  const hint = installHint?.trim().replace(/\s+/g, ' ');
  return `is not installed${hint ? `: ${hint}` : ''}`;
}

function firstLineOf(said: string): string {
  return said.trim().split('\n')[0] ?? '';
}

/** undefined where it is none that one can log in with. */
function credentialOf(stdout: string): Credential | undefined {
  try {
    const { status } = JSON.parse(stdout) as { readonly status?: Credential };
    const { token, clientCertificateData, clientKeyData } = status ?? {};
    return token || (clientCertificateData && clientKeyData) ? status : undefined;
  } catch {
    return undefined;
  }
}
