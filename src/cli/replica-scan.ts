/** The background scan of a replica, put together: what it looks at, and where what it finds is written. */
import { groupProblems, missedGroups, wantedResources } from '../audit/wanted.ts';
import type { Config } from '../config/config.ts';
import type { ReplicaConfig } from '../config/replica.ts';
import { serverSideApply } from '../kube/apply.ts';
import type { Connection } from '../kube/client.ts';
import { objectPath } from '../kube/collection.ts';
import { type Discovery, discover } from '../kube/discovery.ts';
import { ownerWebhooks } from '../kube/owner.ts';
import type { ClusterWatch } from '../kube/view.ts';
import { errorMessage, formatProblem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { intervalMs } from '../policy/settings.ts';
import type { ScanState } from '../report/live.ts';
import { type Debt, debtOf } from '../scan/debt.ts';
import { denialReader } from '../scan/denial-reader.ts';
import { liveObjects } from '../scan/live-objects.ts';
import { publisher } from '../scan/publish.ts';
import { FIELD_MANAGER, reportStore, servedReports } from '../scan/report-store.ts';
import { createScanner, type Scan } from '../scan/scanner.ts';
import { everything, shardOf } from '../scan/shard.ts';
import type { LiveCatalog } from '../sources/live-catalog.ts';
import { POLICIES } from '../sources/live-resource.ts';
import type { Log } from '../telemetry/log.ts';
import type { Readings } from '../telemetry/readings.ts';

export interface ScanParts {
  readonly kube: Connection;
  readonly config: Config;
  readonly replica: ReplicaConfig;
  readonly catalog: LiveCatalog;
  readonly watch: ClusterWatch;
  readonly elected: () => boolean;
  readonly readyReplicas: () => readonly string[];
  readonly log: Log;
}

export interface ReplicaScan {
  /** For the dashboard. */
  readonly state: ScanState;
  readonly readings: Pick<Readings, 'scan'>;
  /** To be called when this replica is elected, or is no longer, and when the policies are known. */
  note(): void;
  /** To be called when policies or exceptions have changed: what is there is judged by them now. */
  wake(): void;
  /** For good. */
  stop(): void;
}

// Series of one metric: more of them are a burden to whoever collects them.
const MAX_DEBT_SERIES = 1000;
const APPLY_MS = 10_000;

/** Does nothing before it is noted that there is something to do. */
export function openScan(parts: ScanParts): ReplicaScan {
  const { kube, config, replica, catalog, watch, elected, log } = parts;
  const { scan: settings } = config.settings;
  const denials = denialReader(kube);
  let discovery: Discovery = { resources: [], broken: [] };
  let policiesKnown = false;
  // Of a scan that is still told of: a replica that is no longer elected is not to keep its last one.
  const debts = new WeakMap<Scan, readonly Debt[]>();
  const publish = publisher({
    settings,
    served: () => servedReports(discovery),
    store: (group) => reportStore(kube, group),
    owner: (signal) => ownerWebhooks(kube, replica.installation, signal),
    policies: () => catalog.states().map(({ object }) => object),
    applyCount: (policy, findings) => applyCount(kube, policy, findings),
    elected,
  });
  const scanner = createScanner({
    cluster: replica.installation,
    interval: intervalMs(settings.interval),
    objectsPerSecond: settings.objectsPerSecond,
    view: watch,
    objects: liveObjects(kube, watch.lookup),
    set: catalog.current,
    exceptions: catalog.exceptions,
    ground: async (set, signal) => {
      await watch.attempted();
      discovery = await discover(kube, signal);
      const problems = groupProblems(missedGroups(set, discovery));
      const isOurs = settings.sharded ? shardOf(replica.pod, parts.readyReplicas()) : everything;
      return { resources: wantedResources(set, discovery), problems, isOurs };
    },
    scanned: async (scan, signal) => {
      debts.set(scan, debtOf(scan.outcomes, MAX_DEBT_SERIES));
      const unread = await denials.read(signal).catch((error: unknown) => `denials: ${errorMessage(error)}`);
      const { failures, ...written } = await publish(scan, signal);
      const { objects, judged, seconds, problems } = scan;
      log.debug({ objects, judged, seconds, ...written }, 'scanned');
      return [...problems.map(formatProblem), ...failures, ...(unread ? [unread] : [])];
    },
    failed: (reason) => log.warn({ reason }, 'the scan is not complete'),
  });
  void catalog.synced.then(() => {
    policiesKnown = true;
  });
  // Policies change, and elections end, while a replica is on its way out.
  let isOver = false;
  const note = (): void => {
    if (settings.enabled && !isOver && policiesKnown && (settings.sharded || elected())) scanner.start();
    else scanner.stop();
  };
  return {
    state: {
      report: () => scanner.latest()?.report(),
      // Those that were read last stay behind where another replica reads them now.
      denials: () => (scanner.latest() === undefined ? [] : denials.denials()),
      scannedAt: () => scanner.latest()?.endedAt,
    },
    readings: {
      scan: () => {
        const scan = scanner.latest();
        return scan && { ...scan, debt: debts.get(scan) ?? [] };
      },
    },
    note,
    wake: () => {
      scanner.wake();
      note();
    },
    stop: () => {
      isOver = true;
      scanner.stop();
    },
  };
}

function applyCount(kube: Connection, policy: LiveObject, findings: number): Promise<unknown> {
  const { apiVersion, kind, metadata } = policy;
  const { name, uid } = metadata;
  const applied = { apiVersion, kind, metadata: { name, uid }, status: { findings } };
  return serverSideApply(kube, objectPath({ ...POLICIES, name }), applied, {
    fieldManager: FIELD_MANAGER,
    force: true,
    subresource: 'status',
    signal: AbortSignal.timeout(APPLY_MS),
  });
}
