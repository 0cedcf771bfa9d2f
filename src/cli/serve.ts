/** `tidegate serve`: configuration, policies, certificate, TLS, ready; and in the reverse order at the end. */
import { once } from 'node:events';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { admit } from '../admission/admit.ts';
import { type ClusterView, contextOf, noCluster } from '../admission/cluster-view.ts';
import { type CertificateSource, openSource } from '../certs/source.ts';
import { directoryStore } from '../certs/store.ts';
import { type Config, loadConfig } from '../config/config.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { formatProblem } from '../policy/problem.ts';
import { createApp } from '../server/app.ts';
import { createHealth, type Health, proveServing } from '../server/health.ts';
import { type Listening, listen } from '../server/https.ts';
import { type Catalog, loadCatalog } from '../sources/catalog.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { createPrometheus } from '../telemetry/prometheus.ts';
import type { Recorder } from '../telemetry/recorder.ts';
import { repeatable } from './repeatable.ts';

/** `serve`, whose action runs until SIGTERM or SIGINT; the exit code is 0 after a proper end, 2 where it cannot start. */
export function serveCommand(exit: (code: number) => void): Command {
  return new Command('serve')
    .option('--host <address>', 'address to listen on (default: 0.0.0.0)')
    .option('--port <number>', 'port to listen on, 0 for any (default: 8443)')
    .option('--cert-dir <folder>', 'tls.crt, tls.key and ca.crt; made there if there are none (default: certs)')
    .option('--policies <path>', 'more policies: a file or folder (repeatable)', repeatable)
    .option('--no-builtin', 'without the policies that come with Tidegate')
    .option('--settings <file>', 'settings (default: tidegate.yaml, if there is one)')
    .option('--profile <name>', 'baseline, recommended or strict')
    .option('--kubeconfig <file>', 'cluster to look other objects up in (default: the one this pod runs in, or none)')
    .option('--log-level <level>', 'debug, info, warn, error or silent (default: info)')
    .action(async (flags: Readonly<Record<string, unknown>>) => {
      exit(await serve(flags));
    });
}

// Longer than the API server waits for an answer; Kubernetes kills a pod 30 s after SIGTERM.
const STOP_GRACE_MS = 15_000;

async function serve(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const loaded = loadConfig({ flags, env: process.env, cwd: process.cwd() });
  if (!loaded.ok) return refuseToStart(loaded.problems.map(formatProblem));
  const { config } = loaded;
  const { catalog, problems, idle } = loadPolicies(config);
  // Without a policy that was meant to be in force, some requests would be let through that must not be.
  if (problems.length > 0) return refuseToStart(problems.map(formatProblem));
  const log = createLog(config.logLevel);
  for (const note of idle) log.warn({ reason: formatProblem(note) }, 'not in force');
  const certificates = await openCertificates(config, log);
  if (!certificates.ok) return refuseToStart([certificates.message]);
  const cluster = await openCluster(config, catalog.current(), log);
  if (!cluster.ok) return refuseToStart([cluster.message]);
  const health = createHealth();
  const server = await start(config, {
    catalog,
    certificates: certificates.source,
    cluster: cluster.view,
    health,
    log,
  });
  if (!server.ok) return refuseToStart([server.message]);
  greet(config, server.listening, catalog.current());
  await askedToStop(log);
  health.stop();
  await server.listening.stop(STOP_GRACE_MS);
  certificates.source.close();
  cluster.stop();
  log.info({}, 'stopped');
  log.flush();
  return 0;
}

function refuseToStart(reasons: readonly string[]): number {
  process.stderr.write(`tidegate cannot start:\n${reasons.map((reason) => `  ${reason}\n`).join('')}`);
  return 2;
}

function loadPolicies({ settings, settingsPlace, policies }: Config): ReturnType<typeof loadCatalog> {
  return loadCatalog({ settings, settingsPlace, ...policies });
}

// The names under which a webhook on this machine, or behind the chart's Service, is called.
const NAMES = [
  'localhost',
  '127.0.0.1',
  '::1',
  'tidegate',
  'tidegate.tidegate-system',
  'tidegate.tidegate-system.svc',
  'tidegate.tidegate-system.svc.cluster.local',
];

function openCertificates({ server }: Config, log: Log): ReturnType<typeof openSource> {
  const events = { problem: (message: string) => log.error({}, message) };
  return openSource(directoryStore(server.certDir), { names: NAMES, events });
}

type OpenedCluster =
  | { readonly ok: true; readonly view: ClusterView; readonly stop: () => void }
  | { readonly ok: false; readonly message: string };

// A cluster that does not answer must not keep the webhook from judging what needs no look-up.
const CLUSTER_WAIT_MS = 5000;

async function openCluster({ kubeconfig }: Config, set: PolicySet, log: Log): Promise<OpenedCluster> {
  const inPod = process.env['KUBERNETES_SERVICE_HOST'] !== undefined;
  if (kubeconfig === undefined && !inPod) return { ok: true, view: noCluster, stop: () => undefined };
  // The Kubernetes client is the largest of our libraries: only who has a cluster loads it.
  const [{ clusterConfig }, { watchCluster }] = await Promise.all([
    import('../kube/client.ts'),
    import('../kube/view.ts'),
  ]);
  const found = clusterConfig(kubeconfig);
  if (!found.ok) return found;
  const watch = watchCluster(found.config, set.lookups, ({ apiVersion, resource, message }) =>
    log.warn({ apiVersion, resource, reason: message }, 'cannot watch'),
  );
  const late = new Promise((resolve) => setTimeout(resolve, CLUSTER_WAIT_MS).unref());
  await Promise.race([watch.attempted(), late]);
  return { ok: true, view: watch, stop: () => watch.stop() };
}

interface Parts {
  readonly catalog: Catalog;
  readonly certificates: CertificateSource;
  readonly cluster: ClusterView;
  readonly health: Health;
  readonly log: Log;
}

type Started = { readonly ok: true; readonly listening: Listening } | { readonly ok: false; readonly message: string };

/** Listens only now that the policies are complete: there is no moment at which a wrong answer could be given. */
async function start({ server }: Config, { catalog, certificates, cluster, health, log }: Parts): Promise<Started> {
  const { recorder, page } = createPrometheus();
  countPolicies(catalog.current(), recorder);
  const app = createApp({
    judge: (door, request) => admit(door, catalog.current(), request, contextOf(request, cluster)),
    limits: server.limits,
    health,
    recorder,
    metrics: page,
    log,
  });
  health.fulfil('policies');
  health.fulfil('certificate');
  const { requestTimeoutMs } = server.limits;
  const address = { host: server.host, port: server.port, requestTimeoutMs };
  try {
    const listening = await listen(app, certificates, address);
    await proveServing(reachable(server.host), listening.port, certificates.current().cert);
    health.fulfil('listening');
    return { ok: true, listening };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `${server.host}:${server.port}: ${reason}` };
  }
}

function countPolicies({ policies }: PolicySet, recorder: Recorder): void {
  recorder.observeReload(true, policies.length);
}

/** Where a client on this machine finds a server on `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function greet({ server }: Config, { port }: Listening, { policies, profile }: PolicySet): void {
  const host = reachable(server.host);
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const ca = relative(process.cwd(), join(server.certDir, 'ca.crt'));
  process.stdout.write(`tidegate is ready: ${url}, ${policies.length} policies (${profile}), trust ${ca}\n`);
}

async function askedToStop(log: Log): Promise<void> {
  const asked = new AbortController();
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const signal = await Promise.race(
    signals.map((name) =>
      once(process, name, { signal: asked.signal }).then(
        () => name,
        () => name,
      ),
    ),
  );
  // A second signal is not waited for: it ends the process at once.
  asked.abort();
  log.info({ signal }, 'stopping');
}
