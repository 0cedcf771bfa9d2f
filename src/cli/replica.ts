/** `tidegate serve` as a replica of an installation: everything from the cluster, one of all elected to write. */
import { setTimeout as wait } from 'node:timers/promises';
import { judge } from '../admission/judge.ts';
import { createLedger } from '../admission/ledger.ts';
import type { Config } from '../config/config.ts';
import type { ReplicaConfig } from '../config/replica.ts';
import { type Connection, clusterConfig } from '../kube/client.ts';
import { informer } from '../kube/informer.ts';
import { leaseStore } from '../kube/lease.ts';
import { runElection } from '../leader/election.ts';
import { errorMessage, formatProblem } from '../policy/problem.ts';
import { createHealth } from '../server/health.ts';
import { type LiveCatalog, openLiveCatalog } from '../sources/live-catalog.ts';
import { EXCEPTIONS, POLICIES } from '../sources/live-resource.ts';
import type { Log } from '../telemetry/log.ts';
import { createPrometheus } from '../telemetry/prometheus.ts';
import { openTrace } from '../telemetry/trace.ts';
import { warnOfSecrets } from './cluster.ts';
import { cannotWatch, openView } from './cluster-view.ts';
import { openEvents } from './events.ts';
import { openCertificates, ownersOf } from './replica-certificates.ts';
import { openDashboard } from './replica-dashboard.ts';
import { logBroken, openStatusWriter, resourceReviewer } from './replica-policies.ts';
import { openRegistration } from './replica-registration.ts';
import { openScan } from './replica-scan.ts';
import { askedToStop, STOP_GRACE_MS } from './stop.ts';
import { version } from './version.ts';
import { type OpenWebhook, openWebhook, type WebhookParts } from './webhook.ts';

export type ServedReplica = { readonly ok: true } | { readonly ok: false; readonly reasons: readonly string[] };

/** Serves until it is asked to stop. An API server that does not answer is waited for: not ready, and alive. */
export async function serveReplica(config: Config, replica: ReplicaConfig, log: Log): Promise<ServedReplica> {
  const asked = askedToStop(log);
  const found = clusterConfig(config.kubeconfig);
  if (!found.ok) return { ok: false, reasons: [found.message] };
  const catalog = openCatalog(config, found.config, log);
  if (!catalog.ok) return { ok: false, reasons: catalog.problems.map(formatProblem) };
  const parts = await openParts(config, replica, found.config, catalog.catalog, log);
  try {
    const webhook = await listenWith(parts);
    follow(parts, webhook);
    await asked;
    parts.health.stop();
    await parts.registration.leave();
    await webhook.stop(STOP_GRACE_MS);
    return { ok: true };
  } catch (error) {
    return { ok: false, reasons: [errorMessage(error)] };
  } finally {
    await close(parts);
  }
}

/** Policies and exceptions of the cluster, beside those of files. */
function openCatalog(config: Config, kube: Connection, log: Log): ReturnType<typeof openLiveCatalog> {
  const policies = informer(kube, POLICIES, cannotWatch(log));
  const exceptions = informer(kube, EXCEPTIONS, cannotWatch(log));
  const { settings, settingsPlace } = config;
  const opened = openLiveCatalog({ ...config.policies, settings, settingsPlace, policies, exceptions });
  if (!opened.ok) for (const feed of [policies, exceptions]) feed.stop();
  return opened;
}

/** Everything that a replica is made of, at work already; only nobody can ask it yet. */
async function openParts(config: Config, replica: ReplicaConfig, kube: Connection, catalog: LiveCatalog, log: Log) {
  const { settings } = config;
  const { namespace, installation, pod: identity } = replica;
  const metrics = createPrometheus(version());
  const trace = await openTrace(process.env, version());
  const { recorder } = metrics;
  const health = createHealth(['policies', 'namespaces', 'certificate', 'listening']);
  const leases = leaseStore(kube, namespace, installation, () => ownersOf(kube, replica));
  const report = (reason: string): void => log.warn({ reason }, 'cannot take part in the election');
  const election = runElection(leases, { identity, report });
  const { elected } = election;
  const certificates = await openCertificates({
    kube,
    replica,
    certDir: config.server.certDir,
    elected,
    inPlaceMs: (bundle) => registration.inPlaceMs(bundle),
    log,
  });
  const registration = openRegistration({
    kube,
    replica,
    settings: settings.webhooks,
    elected,
    set: () => (health.holds('policies') ? catalog.current() : undefined),
    certificates: () => (health.holds('certificate') ? certificates : undefined),
    ready: () => health.missing().length === 0,
    recorder,
    log,
  });
  const { view, watch } = openView(kube, settings, catalog.current().lookups, log);
  const events = openEvents(kube, identity, settings, recorder);
  const statuses = openStatusWriter(kube, catalog, log);
  const { readyReplicas } = registration;
  const scan = openScan({ kube, config, replica, catalog, watch, elected, readyReplicas, log });
  const dashboard = await openDashboard(replica, { state: scan.state, sharded: settings.scan.sharded }, election, log);
  const opened = { config, replica, catalog, metrics, health, election, certificates, registration, log };
  return { ...opened, view, watch, events, statuses, scan, dashboard, trace };
}

type Parts = Awaited<ReturnType<typeof openParts>>;

/** Answers from now on: whether it is alive at once, and requests once it is ready. */
function listenWith(parts: Parts): Promise<OpenWebhook> {
  const { config, replica, catalog, metrics, health, election, certificates, view, watch, log } = parts;
  const { events, scan, trace } = parts;
  const exceptions = () => catalog.exceptions().map(({ exception }) => exception);
  const ledger = createLedger(true);
  metrics.read({
    ...events.readings,
    ...scan.readings,
    elected: election.elected,
    watches: () => watch.states(),
    exceptionEnds: () => exceptions().map(({ spec }) => Date.parse(spec.expiresAt)),
    brokenPolicies: () => catalog.states().flatMap(({ inForce }) => (inForce === 'current' ? [] : [inForce])),
  });
  const judged: WebhookParts['judge'] = (door, request) => {
    // Nobody sends anything before we are ready; half of the policies would be a wrong answer to who does.
    if (!health.holds('policies')) throw new Error('the policies are not known yet');
    return judge(door, catalog.current(), request, { ...view, exceptions }, ledger);
  };
  const reviewResource = resourceReviewer(catalog, config, replica);
  const web = { judge: judged, reviewResource, ...events.parts, trace, metrics, certificates, ...config.server, log };
  return openWebhook(web, health);
}

/** Lets each part know what another one learns. */
function follow(parts: Parts, webhook: OpenWebhook): void {
  const { config, replica, catalog, metrics, health, election, certificates, registration, log } = parts;
  const { watch, events, statuses, scan } = parts;
  const followPolicies = (): void => {
    const set = catalog.current();
    watch.watch(set.lookups);
    if (election.elected()) events.tellBroken(catalog.states());
    metrics.recorder.observeReload(
      catalog.states().every(({ ready }) => ready),
      set.policies.map(({ id }) => id),
    );
    registration.note();
    scan.wake();
  };
  logBroken(catalog, log);
  election.onChange((elected) => {
    log.info({ identity: replica.pod }, elected ? 'elected' : 'no longer elected');
    void certificates.look();
    registration.note();
    if (elected) statuses.start();
    else statuses.pause();
    scan.note();
  });
  certificates.onChange(registration.note);
  if (config.settings.scan.sharded) registration.onReadyReplicas(scan.wake);
  catalog.onChange(followPolicies);
  void watch.namespacesKnown.then(() => health.fulfil('namespaces'));
  void catalog.synced.then(() => {
    health.fulfil('policies');
    followPolicies();
    warnOfSecrets(config.settings, catalog.current(), log);
    for (const note of catalog.warnings()) log.warn({ reason: formatProblem(note) }, 'not in force');
  });
  void certificates.ready.then(async () => {
    health.fulfil('certificate');
    registration.note();
    await proven(webhook, log);
    health.fulfil('listening');
  });
}

async function close(parts: Parts): Promise<void> {
  const { registration, statuses, scan, election, certificates, watch, catalog, events, dashboard, trace, log } = parts;
  dashboard?.stop();
  registration.stop();
  scan.stop();
  statuses.pause();
  await election.stop();
  certificates.close();
  watch.stop();
  catalog.stop();
  await events.stop();
  await trace?.stop();
  log.info({}, 'stopped');
}

const PROVE_AGAIN_MS = 1_000;

/** Again and again: a certificate may be swapped between the connection and the look at it. */
async function proven({ prove }: OpenWebhook, log: Log): Promise<void> {
  for (;;) {
    try {
      return await prove();
    } catch (error) {
      log.warn({ reason: errorMessage(error) }, 'no connection to itself');
      await wait(PROVE_AGAIN_MS, undefined, { ref: false });
    }
  }
}
