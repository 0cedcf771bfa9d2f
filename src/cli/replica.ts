/** `tidegate serve` as a replica of an installation: everything from the cluster, one of all elected to write. */
import { setTimeout as wait } from 'node:timers/promises';
import { judge } from '../admission/judge.ts';
import { createLedger } from '../admission/ledger.ts';
import type { Config } from '../config/config.ts';
import type { ReplicaConfig } from '../config/replica.ts';
import { clusterConfig } from '../kube/client.ts';
import { informer } from '../kube/informer.ts';
import { leaseStore } from '../kube/lease.ts';
import { runElection } from '../leader/election.ts';
import { formatProblem } from '../policy/problem.ts';
import { createHealth } from '../server/health.ts';
import { openLiveCatalog } from '../sources/live-catalog.ts';
import { EXCEPTIONS, POLICIES } from '../sources/live-resource.ts';
import type { Log } from '../telemetry/log.ts';
import { createPrometheus } from '../telemetry/prometheus.ts';
import { openTrace } from '../telemetry/trace.ts';
import { warnOfSecrets } from './cluster.ts';
import { openView } from './cluster-view.ts';
import { openEvents } from './events.ts';
import { openCertificates, ownersOf } from './replica-certificates.ts';
import { logBroken, openStatusWriter, resourceReviewer } from './replica-policies.ts';
import { openRegistration } from './replica-registration.ts';
import { askedToStop, STOP_GRACE_MS } from './stop.ts';
import { version } from './version.ts';
import { type OpenWebhook, openWebhook } from './webhook.ts';

export type ServedReplica = { readonly ok: true } | { readonly ok: false; readonly reasons: readonly string[] };

/** Serves until it is asked to stop. An API server that does not answer is waited for: not ready, and alive. */
export async function serveReplica(config: Config, replica: ReplicaConfig, log: Log): Promise<ServedReplica> {
  const asked = askedToStop(log);
  const found = clusterConfig(config.kubeconfig);
  if (!found.ok) return { ok: false, reasons: [found.message] };
  const kube = found.config;
  const { settings, settingsPlace } = config;
  const { namespace, installation, pod: identity } = replica;
  const cannotWatch = ({ apiVersion, resource, message }: Unwatched): void =>
    log.warn({ apiVersion, resource, reason: message }, 'cannot watch');

  const opened = openLiveCatalog({
    ...config.policies,
    settings,
    settingsPlace,
    policies: informer(kube, POLICIES, cannotWatch),
    exceptions: informer(kube, EXCEPTIONS, cannotWatch),
  });
  if (!opened.ok) return { ok: false, reasons: opened.problems.map(formatProblem) };
  const { catalog } = opened;
  const metrics = createPrometheus(version());
  const trace = await openTrace(process.env, version());
  const { recorder } = metrics;
  const health = createHealth(['policies', 'namespaces', 'certificate', 'listening']);

  const leases = leaseStore(kube, namespace, installation, () => ownersOf(kube, replica));
  const report = (reason: string): void => log.warn({ reason }, 'cannot take part in the election');
  const election = runElection(leases, { identity, report });
  const { elected } = election;
  const state = { synced: false, certified: false };
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
    set: () => (state.synced ? catalog.current() : undefined),
    certificates: () => (state.certified ? certificates : undefined),
    ready: () => health.missing().length === 0,
    recorder,
    log,
  });
  const { view, watch } = openView(kube, settings, catalog.current().lookups, log);
  const exceptions = () => catalog.exceptions().map(({ exception }) => exception);
  const ledger = createLedger(true);
  const events = openEvents(kube, identity, settings, recorder);
  metrics.read({
    ...events.readings,
    elected,
    watches: () => watch.states(),
    exceptionEnds: () => exceptions().map(({ spec }) => Date.parse(spec.expiresAt)),
    brokenPolicies: () => catalog.states().flatMap(({ inForce }) => (inForce === 'current' ? [] : [inForce])),
  });

  const webhook = await openWebhook(
    {
      judge: (door, request) => {
        // Nobody sends anything before we are ready; half of the policies would be a wrong answer to who does.
        if (!state.synced) throw new Error('the policies are not known yet');
        return judge(door, catalog.current(), request, { ...view, exceptions }, ledger);
      },
      ...events.parts,
      reviewResource: resourceReviewer(catalog, config, replica),
      trace,
      metrics,
      certificates,
      ...config.server,
      log,
    },
    health,
  );
  const follow = (): void => {
    const set = catalog.current();
    watch.watch(set.lookups);
    if (elected()) events.tellBroken(catalog.states());
    recorder.observeReload(
      catalog.states().every(({ ready }) => ready),
      set.policies.map(({ id }) => id),
    );
    registration.note();
  };
  const statuses = openStatusWriter(kube, catalog, log);
  logBroken(catalog, log);
  election.onChange((now) => {
    log.info({ identity }, now ? 'elected' : 'no longer elected');
    void certificates.look();
    registration.note();
    if (now) statuses.start();
    else statuses.pause();
  });
  certificates.onChange(registration.note);
  catalog.onChange(follow);
  void watch.namespacesKnown.then(() => health.fulfil('namespaces'));
  void catalog.synced.then(() => {
    state.synced = true;
    follow();
    health.fulfil('policies');
    warnOfSecrets(settings, catalog.current(), log);
    for (const note of catalog.warnings()) log.warn({ reason: formatProblem(note) }, 'not in force');
  });
  void certificates.ready.then(async () => {
    state.certified = true;
    health.fulfil('certificate');
    registration.note();
    await proven(webhook, log);
    health.fulfil('listening');
  });

  await asked;
  health.stop();
  await registration.leave();
  await webhook.stop(STOP_GRACE_MS);
  registration.stop();
  statuses.pause();
  await election.stop();
  certificates.close();
  watch.stop();
  catalog.stop();
  await events.stop();
  await trace?.stop();
  log.info({}, 'stopped');
  return { ok: true };
}

const PROVE_AGAIN_MS = 1_000;

/** Again and again: a certificate may be swapped between the connection and the look at it. */
async function proven({ prove }: OpenWebhook, log: Log): Promise<void> {
  for (;;) {
    try {
      return await prove();
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'no connection to itself');
      await wait(PROVE_AGAIN_MS, undefined, { ref: false });
    }
  }
}

interface Unwatched {
  readonly apiVersion: string;
  readonly resource: string;
  readonly message: string;
}
