/** `tidegate serve`: configuration, policies, certificate, TLS, ready; and in the reverse order at the end. */
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { judge } from '../admission/judge.ts';
import { createLedger } from '../admission/ledger.ts';
import { openSource } from '../certs/source.ts';
import { directoryStore } from '../certs/store.ts';
import { type Config, loadConfig } from '../config/config.ts';
import type { ReplicaConfig } from '../config/replica.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { formatProblem } from '../policy/problem.ts';
import { loadCatalog } from '../sources/catalog.ts';
import { createLog, type Log } from '../telemetry/log.ts';
import { createPrometheus } from '../telemetry/prometheus.ts';
import { openTrace } from '../telemetry/trace.ts';
import { openCluster } from './cluster.ts';
import { repeatable } from './repeatable.ts';
import { askedToStop, STOP_GRACE_MS } from './stop.ts';
import { version } from './version.ts';
import { startWebhook, type Webhook } from './webhook.ts';

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
    .option('--log-level <level>', 'silent, fatal, error, warn, info, debug or trace (default: info)')
    .action(async (flags: Readonly<Record<string, unknown>>) => {
      exit(await serve(flags));
    });
}

async function serve(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const loaded = loadConfig({ flags, env: process.env, cwd: process.cwd() });
  if (!loaded.ok) return refuseToStart(loaded.problems.map(formatProblem));
  const { config } = loaded;
  const log = createLog(config.logLevel);
  if (config.replica !== undefined) return serveAsReplica(config, config.replica, log);
  const { catalog, problems, idle } = loadPolicies(config);
  // Without a policy that was meant to be in force, some requests would be let through that must not be.
  if (problems.length > 0) return refuseToStart(problems.map(formatProblem));
  for (const note of idle) log.warn({ reason: formatProblem(note) }, 'not in force');
  const certificates = await openCertificates(config, log);
  if (!certificates.ok) return refuseToStart([certificates.message]);
  const metrics = createPrometheus(version());
  const trace = await openTrace(process.env, version());
  const cluster = await openCluster(config, catalog.current(), log, metrics.recorder);
  if (!cluster.ok) return refuseToStart([cluster.message]);
  const { host, port, limits } = config.server;
  const set = catalog.current();
  const exceptions = () => catalog.exceptions().map(({ exception }) => exception);
  const view = { ...cluster.view, exceptions };
  // Who registers this webhook, and for which of its doors, is not known here.
  const ledger = createLedger(false);
  metrics.read({
    ...cluster.readings,
    exceptionEnds: () => exceptions().map(({ spec }) => Date.parse(spec.expiresAt)),
  });
  const started = await startWebhook({
    judge: (door, request) => judge(door, catalog.current(), request, view, ledger),
    ...cluster.parts,
    trace,
    policies: set.policies.map(({ id }) => id),
    metrics,
    certificates: certificates.source,
    host,
    port,
    limits,
    log,
  });
  if (!started.ok) return refuseToStart([started.message]);
  greet(config, started.webhook, set);
  await askedToStop(log);
  await started.webhook.stop(STOP_GRACE_MS);
  certificates.source.close();
  await cluster.stop();
  await trace?.stop();
  log.info({}, 'stopped');
  await log.close();
  return 0;
}

/** Most of what a replica needs, the Kubernetes client above all, is loaded by replicas only. */
async function serveAsReplica(config: Config, replica: ReplicaConfig, log: Log): Promise<number> {
  const { serveReplica } = await import('./replica.ts');
  const served = await serveReplica(config, replica, log);
  await log.close();
  return served.ok ? 0 : refuseToStart(served.reasons);
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

function greet({ server }: Config, { url }: Webhook, { policies, profile }: PolicySet): void {
  const ca = relative(process.cwd(), join(server.certDir, 'ca.crt'));
  process.stdout.write(`tidegate is ready: ${url}, ${policies.length} policies (${profile}), trust ${ca}\n`);
}
