/** The background scan on a real API server: it equals the audit, follows changes, and says what it found where people look. */
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audit } from '../../src/audit/audit.ts';
import { readCluster } from '../../src/audit/cluster.ts';
import { wantedResources } from '../../src/audit/wanted.ts';
import { type Connection, clusterConfig } from '../../src/kube/client.ts';
import { discover } from '../../src/kube/discovery.ts';
import { watchCluster } from '../../src/kube/view.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import type { PolicyReport } from '../../src/report/policy-report.ts';
import { isOpen, type Report } from '../../src/report/report.ts';
import { denialReader } from '../../src/scan/denial-reader.ts';
import { liveObjects } from '../../src/scan/live-objects.ts';
import { createScanner } from '../../src/scan/scanner.ts';
import { everything } from '../../src/scan/shard.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { REPORT_DEFINITIONS } from '../support/report-definitions.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { installDefinitions } from './definitions.ts';
import { expectOutput } from './kubectl.ts';
import { populate } from './population.ts';
import { freePort, temporaryFolder } from './process.ts';
import { install, type Replica, setReady, startReplica } from './replica.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { HOST } from './tidegate.ts';
import { eventually } from './wait.ts';

const NAME = 'tidegate';
const NAMESPACES = Array.from({ length: 40 }, (_, index) => `tenant-${index}`);
// Both cores are busy with scanning, writing and asking.
const SLOWLY = { everyMs: 300, timeoutMs: 90_000 };
const TIMEOUT_MS = 200_000;
const lent = givenKubeconfig !== undefined;

describe.skipIf(lent)(`the scan${lent ? ' (SKIPPED: it needs a cluster of its own)' : ''}`, () => {
  let cluster: Cluster;
  let config: Connection;
  let kubeconfig: string;
  const replicas: Replica[] = [];
  const dashboards: number[] = [];

  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  const json = async (...args: readonly string[]) => JSON.parse(await kubectl('get', '-o', 'json', ...args));
  const catalog = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true }).catalog;
  const set = catalog.current();

  /** What `tidegate audit --cluster` says at this moment. */
  const audited = async (): Promise<Report> => {
    const discovery = await discover(config);
    const wanted = wantedResources(set, discovery);
    const given = await readCluster({ config, name: NAME, discovery, wanted });
    return audit(given, set, { now: Date.now() });
  };

  beforeAll(async () => {
    cluster = await startCluster();
    const found = clusterConfig(cluster.kubeconfig);
    if (!found.ok) throw new Error(found.message);
    config = found.config;
    await installDefinitions(cluster.kubectl);
    const { objects } = await populate(cluster.kubeconfig, NAMESPACES, 400);
    expect(objects).toBeGreaterThan(2000);
  });
  afterAll(async () => {
    for (const { running } of replicas) await running.stop('SIGKILL');
    await cluster?.stop();
  });

  it('equals the audit of the same cluster, and judges again only what may have changed', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const watch = watchCluster(config, set.lookups);
    await watch.attempted();
    const scans: { judged: number; objects: number }[] = [];
    const scanner = createScanner({
      cluster: NAME,
      interval: 5000,
      objectsPerSecond: 10_000,
      view: watch,
      objects: liveObjects(config, watch.lookup),
      set: () => set,
      exceptions: catalog.exceptions,
      ground: async () => ({
        resources: wantedResources(set, await discover(config)),
        problems: [],
        isOurs: everything,
      }),
      scanned: async ({ judged, objects }) => {
        scans.push({ judged, objects });
        return [];
      },
      failed: (message) => expect.unreachable(message),
    });
    scanner.start();
    await eventually('a scan', () => scans.length > 0, { timeoutMs: 90_000 });
    const report = scanner.latest()?.report();
    const expected = await audited();
    expect(expected.counts.deny).toBeGreaterThan(500);
    expect(expected.objects.some(({ findings }) => findings.some(({ seenOn }) => seenOn !== undefined))).toBe(true);
    expect(report).toEqual(expected);

    const pod = ['-n', NAMESPACES[0] as string, 'label', 'pod', 'web-0-5d9c7-a', 'changed=yes'];
    await kubectl(...pod);
    const after = scans.length + 1;
    await eventually('another scan', () => scans.length > after, { timeoutMs: 90_000 });
    expect(scans[0]?.judged).toBe(scans[0]?.objects);
    expect(scans[after]?.judged).toBeLessThan((scans[after]?.objects ?? 0) / 2);
    expect(scanner.latest()?.report()).toEqual(await audited());
    scanner.stop();
    watch.stop();
  });

  describe('of a replica', () => {
    const INTERVAL_MS = 10_000;
    const PROMPT_SECONDS = 2;
    const reports = async (kind: string): Promise<readonly PolicyReport[]> => (await json(`${kind}`, '-A')).items;
    const openIn = ({ objects }: Report, namespace: string | undefined): number =>
      objects.filter((object) => object.namespace === namespace).flatMap(({ findings }) => findings.filter(isOpen))
        .length;
    /** How many results there are by namespace, as the audit and as the reports have it. */
    const expectedCounts = (report: Report): Readonly<Record<string, number>> =>
      Object.fromEntries(
        NAMESPACES.map((namespace) => [namespace, openIn(report, namespace)] as const).filter(([, count]) => count > 0),
      );
    const countsOf = async (kind: string): Promise<Readonly<Record<string, number>>> =>
      Object.fromEntries(
        (await reports(kind))
          .map(
            ({ metadata, summary }) => [metadata.namespace ?? '', summary.fail + summary.warn + summary.error] as const,
          )
          .filter(([namespace]) => NAMESPACES.includes(namespace)),
      );
    const findings = async (): Promise<Readonly<Record<string, number>>> =>
      Object.fromEntries(
        (await json('policies')).items.map(({ metadata, status }: Counted) => [metadata.name, status?.findings]),
      );
    /** How many seconds each round took so far. */
    const rounds = (): readonly number[] =>
      [...(replicas[0]?.running.output() ?? '').matchAll(/"seconds":([\d.]+).*"message":"scanned"/g)].map(
        ([, seconds]) => Number(seconds),
      );
    const startOne = async (pod: string, scan: object): Promise<Replica> => {
      const settings = join(await temporaryFolder('settings'), 'tidegate.yaml');
      const head = { apiVersion: 'tidegate.dev/v1alpha1', kind: 'Settings' };
      const pace = { interval: `${INTERVAL_MS / 1000}s`, objectsPerSecond: 10_000, resultsPerReport: 1000 };
      await writeFile(settings, JSON.stringify({ ...head, scan: { ...pace, ...scan } }));
      const port = await freePort();
      const env = {
        TIDEGATE_SETTINGS: settings,
        TIDEGATE_WEBHOOK_URL: `https://${HOST}:${port}`,
        TIDEGATE_LOG_LEVEL: 'debug',
        TIDEGATE_DASHBOARD_PORT: String(dashboards[dashboards.push(await freePort()) - 1]),
      };
      const replica = await startReplica({ kubeconfig, namespace: NAME, pod, port, env });
      replicas.push(replica);
      return replica;
    };

    beforeAll(async () => {
      await install(cluster.kubectl, NAME);
      // Nobody is asked about what the replicas themselves do: they are not who the tests are.
      await kubectl('create', 'serviceaccount', NAME, '-n', NAME);
      const bound = ['--clusterrole=cluster-admin', `--serviceaccount=${NAME}:${NAME}`];
      await kubectl('create', 'clusterrolebinding', NAME, ...bound);
      kubeconfig = await serviceAccountKubeconfig(cluster.kubectl, NAME, NAME);
      const folder = await temporaryFolder('definitions');
      const file = join(folder, 'reports.json');
      await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: REPORT_DEFINITIONS }));
      await kubectl('apply', '-f', file);
      await kubectl('wait', '--for=condition=Established', '--timeout=30s', '-f', file);
      const policies = readdirSync(join(REPOSITORY, 'policies'), { withFileTypes: true }).filter((one) =>
        one.isDirectory(),
      );
      await kubectl(
        'apply',
        '--server-side',
        ...policies.flatMap(({ name }) => ['-f', join(REPOSITORY, 'policies', name, 'policy.yaml')]),
      );
      await startOne('pod-0', {});
    });

    it('writes what the audit finds as a report for each namespace, and counts it on the policies', {
      timeout: TIMEOUT_MS,
    }, async () => {
      const expected = await audited();
      const counts = expectedCounts(expected);
      await eventually(
        'the reports are there',
        async () => {
          expect(await countsOf('reports.openreports.io')).toEqual(counts);
          return true;
        },
        SLOWLY,
      );
      const byPolicy = Object.fromEntries(
        set.policies.map(({ id }) => [
          id,
          expected.objects.flatMap(({ findings }) => findings).filter((one) => one.policy === id && isOpen(one)).length,
        ]),
      );
      await eventually(
        'the findings are counted',
        async () => {
          expect(await findings()).toEqual(byPolicy);
          return true;
        },
        SLOWLY,
      );
      expect(await kubectl('get', 'policies')).toMatch(/FINDINGS/);
      expect(await reports('policyreports.wgpolicyk8s.io')).toEqual([]);
      const [first] = await reports('reports.openreports.io');
      expect(first?.metadata).toMatchObject({
        ownerReferences: [{ kind: 'ValidatingWebhookConfiguration', name: NAME }],
      });
    });

    it('is what the dashboard shows', async () => {
      const response = await fetch(`http://127.0.0.1:${dashboards[0]}/report.json`);
      expect(JSON.parse(await response.text()).summary).toEqual((await audited()).counts);
    });

    it('has a change in the report within the interval, and writes nothing where nothing has changed', async () => {
      const namespace = NAMESPACES[2] as string;
      const versions = async (): Promise<ReadonlyMap<string, string>> =>
        new Map(
          (await json('reports.openreports.io', '-A')).items.map(({ metadata }: Versioned) => [
            metadata.namespace,
            metadata.resourceVersion,
          ]),
        );
      const before = await versions();
      const named = async (): Promise<boolean> =>
        (await reports('reports.openreports.io')).some(
          ({ metadata, results }) =>
            metadata.namespace === namespace && results.some(({ resources: [one] }) => one?.name === 'fresh'),
        );
      const unasked = ['--as=admin', '--as-group=system:masters', '--as-group=tidegate:break-glass'];
      await kubectl('run', 'fresh', '-n', namespace, '--image=nginx:latest', '--privileged', ...unasked);
      const [began, earlier] = [performance.now(), rounds().length];
      await eventually('the Pod is in the report', named, SLOWLY);
      const took = performance.now() - began;
      // The round under way when it came, and the one after that.
      expect(rounds().length - earlier).toBeLessThanOrEqual(2);
      // A machine on which rounds take as long as they may, and longer, says nothing about time.
      if (Math.max(...rounds().slice(earlier)) < PROMPT_SECONDS) expect(took).toBeLessThan(INTERVAL_MS);
      const after = await versions();
      expect([...after].filter(([place, version]) => before.get(place) !== version).map(([place]) => place)).toEqual([
        namespace,
      ]);
    });

    it('lists who was refused', async () => {
      await setReady(cluster.kubectl, NAME, ['pod-0']);
      const bad = ['run', 'refused', '-n', NAMESPACES[3] as string, '--image=nginx', '--privileged'];
      await eventually('it is refused', async () => (await cluster.kubectl(bad)).stderr.includes('denied the request'));
      await cluster.kubectl(bad);
      const reader = denialReader(config);
      const [denial] = await eventually('it is told', async () => {
        await reader.read(AbortSignal.timeout(10_000));
        return reader.denials().length > 0 && reader.denials();
      });
      expect(denial).toMatchObject({ namespace: NAMESPACES[3], object: `Pod ${NAMESPACES[3]}/refused` });
      expect(denial?.policies).toContain('disallow-privileged');
      expect(denial?.message).toContain('disallow-privileged: ');
    });

    it('takes away what is no longer said: with its policy, and with its objects', async () => {
      const [clean, policy] = [NAMESPACES[4] as string, 'disallow-naked-pods'];
      const kinds = 'deployments,replicasets,pods,statefulsets,cronjobs,services,serviceaccounts,configmaps';
      await kubectl('delete', kinds, '--all', '-n', clean, '--now', '--wait=false');
      await kubectl('delete', 'policy', policy);
      const told = async (): Promise<boolean> =>
        (await reports('reports.openreports.io')).some(
          ({ metadata, results }) => metadata.namespace === clean || results.some((one) => one.policy === policy),
        );
      await eventually('they are gone', async () => !(await told()), SLOWLY);
      expect((await reports('reports.openreports.io')).length).toBeGreaterThan(5);
      const policies = ['-f', join(REPOSITORY, 'policies', policy, 'policy.yaml')];
      await kubectl('apply', '--server-side', ...policies);
    });

    it('is split over the replicas where the settings say so, in reports of the group that they name', {
      timeout: TIMEOUT_MS,
    }, async () => {
      for (const { running } of replicas.splice(0)) await running.stop();
      const scan = { sharded: true, reports: 'wgpolicyk8s.io' };
      const both = [await startOne('pod-0', scan), await startOne('pod-1', scan)];
      await setReady(cluster.kubectl, NAME, ['pod-0', 'pod-1']);
      const expected = await audited();
      await eventually(
        'all of it is said',
        async () => {
          expect(await countsOf('policyreports.wgpolicyk8s.io')).toEqual(expectedCounts(expected));
          expect(await reports('reports.openreports.io')).toEqual([]);
          return true;
        },
        SLOWLY,
      );
      const shards = await Promise.all(both.map(({ port }) => debtNamespaces(port)));
      for (const shard of shards) expect(shard.length).toBeGreaterThan(0);
      expect(shards.flat().toSorted()).toEqual([...new Set(shards.flat())].toSorted());
      const total = expected.objects.flatMap(({ findings }) => findings.filter(isOpen)).length;
      await eventually(
        'one of them counts for all',
        async () => {
          const counts = Object.values(await findings());
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(total);
          return true;
        },
        SLOWLY,
      );
    });
  });
});

interface Counted {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly findings?: number };
}

interface Versioned {
  readonly metadata: { readonly namespace: string; readonly resourceVersion: string };
}

/** The namespaces that a replica knows any debt of. */
async function debtNamespaces(port: number): Promise<readonly string[]> {
  const page = await new Promise<string>((resolve, reject) => {
    const options = { host: HOST, port, path: '/metrics', rejectUnauthorized: false, agent: false };
    get(options, (response) => text(response).then(resolve, reject)).on('error', reject);
  });
  return [
    ...new Set(
      [...page.matchAll(/^tidegate_debt{object_namespace="([^"]*)"/gm)].map(([, namespace]) => namespace as string),
    ),
  ];
}
