import { beforeEach, describe, expect, it } from 'vitest';
import { setOf } from '../../test/support/policies.ts';
import { EXAMPLE } from '../../test/support/report-example.ts';
import { StatusError } from '../kube/client.ts';
import type { LiveObject } from '../policy/resource.ts';
import { RECOMMENDED, type ScanSettings } from '../policy/settings.ts';
import type { ReportGroup } from '../report/policy-report.ts';
import { debtOf } from './debt.ts';
import { type PublishOptions, publisher } from './publish.ts';
import { FINDINGS, HASH, type ReportStore, type StoredReport } from './report-writer.ts';
import type { Scan } from './scanner.ts';

const OUTCOMES = Map.groupBy(EXAMPLE.objects, ({ namespace = '' }) => namespace);
const OWNER = { apiVersion: 'v1', kind: 'Service', name: 'tidegate', uid: 'u' };
const { signal } = new AbortController();

function scan(more: Partial<Scan> = {}): Scan {
  const rest = { objects: 0, judged: 0, problems: [], endedAt: 0, seconds: 0, report: () => EXAMPLE };
  return { outcomes: OUTCOMES, set: setOf([]), isOurs: () => true, ...rest, ...more };
}

/** A cluster that keeps reports. */
function createStore() {
  const reports = new Map<string, StoredReport>();
  const log: string[] = [];
  const store: ReportStore = {
    list: async () => [...reports.values()],
    apply: async ({ metadata }) => {
      const { namespace, annotations = {} } = metadata;
      if (namespace === 'broken') throw new Error('no room');
      if (namespace === 'ending') throw new StatusError(403, 'namespace ending: it is being terminated');
      log.push(`apply ${namespace ?? 'cluster'}`);
      const place = namespace === undefined ? {} : { namespace };
      const findings = JSON.parse(annotations[FINDINGS] ?? '{}');
      reports.set(namespace ?? '', { ...place, hash: annotations[HASH] ?? '', findings });
    },
    remove: async (namespace) => {
      log.push(`remove ${namespace ?? 'cluster'}`);
      reports.delete(namespace ?? '');
    },
  };
  return { store, reports, log };
}

describe('what a scan has found', () => {
  let stores: Readonly<Record<ReportGroup, ReturnType<typeof createStore>>>;
  let counts: Record<string, number>;
  let status: Record<string, number>;
  beforeEach(() => {
    stores = { 'openreports.io': createStore(), 'wgpolicyk8s.io': createStore() };
    counts = {};
    status = {};
  });
  const policyOf = (name: string): LiveObject => ({
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata: { name, uid: name, generation: 1 },
    ...(name in status && { status: { findings: status[name] as number } }),
  });
  const open = (settings: Partial<ScanSettings> = {}, more: Partial<PublishOptions> = {}) =>
    publisher({
      settings: { ...RECOMMENDED.scan, ...settings },
      served: () => ['openreports.io', 'wgpolicyk8s.io'],
      store: (group) => stores[group].store,
      owner: async () => OWNER,
      policies: () => ['require-readiness-probe', 'unheard-of'].map(policyOf),
      applyCount: async ({ metadata }, findings) => {
        counts[metadata.name] = findings;
        status[metadata.name] = findings;
      },
      elected: () => true,
      ...more,
    });

  it('is written once, and again only where it is something else', async () => {
    const publish = open();
    const { log } = stores['openreports.io'];
    const first = await publish(scan(), signal);
    expect(first).toEqual({ written: log.length, removed: 0, failures: [] });
    expect(log).toContain('apply shop');
    const written = log.length;
    expect(await publish(scan(), signal)).toEqual({ written: 0, removed: 0, failures: [] });
    expect(log.length).toBe(written);
    const outcomes = new Map(
      [...OUTCOMES].map(([namespace, objects]) => [
        namespace,
        objects.map((object) => ({ ...object, findings: object.findings.slice(0, 1) })),
      ]),
    );
    await publish(scan({ outcomes }), signal);
    expect(log.slice(written)).toContain('apply shop');
  });

  it('is deleted when nothing is left to say, but not of namespaces that are another replica’s', async () => {
    const publish = open();
    await publish(scan(), signal);
    const there = stores['openreports.io'].reports;
    expect(there.has('shop')).toBe(true);
    await publish(scan({ outcomes: new Map(), isOurs: (namespace) => namespace !== 'shop' }), signal);
    expect([...there.keys()]).toEqual(['shop']);
    await publish(scan({ outcomes: new Map() }), signal);
    expect(there.size).toBe(0);
  });

  it.each([
    ['auto', ['openreports.io', 'wgpolicyk8s.io'], 'openreports.io'],
    ['auto', ['wgpolicyk8s.io'], 'wgpolicyk8s.io'],
    ['wgpolicyk8s.io', ['openreports.io', 'wgpolicyk8s.io'], 'wgpolicyk8s.io'],
    ['auto', [], undefined],
    ['none', ['openreports.io'], undefined],
  ] as const)('goes, with %s of %j, into %s', async (reports, served, group) => {
    const { failures } = await open({ reports }, { served: () => served })(scan(), signal);
    const written = (Object.keys(stores) as ReportGroup[]).filter((one) => stores[one].reports.size > 0);
    expect([written, failures]).toEqual([group === undefined ? [] : [group], []]);
  });

  it('is taken out of the reports of another group', async () => {
    await open({ reports: 'wgpolicyk8s.io' })(scan(), signal);
    await open()(scan(), signal);
    expect(stores['wgpolicyk8s.io'].reports.size).toBe(0);
    expect(stores['openreports.io'].reports.size).toBeGreaterThan(0);
  });

  it('is taken out of the reports of the group before, where the cluster begins to serve another one', async () => {
    let served: readonly ReportGroup[] = ['wgpolicyk8s.io'];
    const publish = open({}, { served: () => served });
    await publish(scan(), signal);
    expect(stores['wgpolicyk8s.io'].reports.size).toBeGreaterThan(0);
    served = ['openreports.io', 'wgpolicyk8s.io'];
    await publish(scan(), signal);
    expect(stores['wgpolicyk8s.io'].reports.size).toBe(0);
    expect(stores['openreports.io'].reports.size).toBeGreaterThan(0);
  });

  it('is taken out of another group once, and by the elected one', async () => {
    const lists: ReportGroup[] = [];
    const store = (group: ReportGroup): ReportStore => ({
      ...stores[group].store,
      list: (...given) => {
        lists.push(group);
        return stores[group].store.list(...given);
      },
    });
    let elected = false;
    const publish = open({}, { store, elected: () => elected });
    await publish(scan(), signal);
    expect(lists).toEqual(['openreports.io']);
    elected = true;
    for (let round = 0; round < 2; round++) await publish(scan(), signal);
    expect(lists.filter((group) => group === 'wgpolicyk8s.io')).toHaveLength(1);
  });

  it('is missed where the cluster does not have the reports that the settings name', async () => {
    const { failures } = await open({ reports: 'wgpolicyk8s.io' }, { served: () => [] })(scan(), signal);
    expect(failures).toEqual(['the cluster does not serve the reports of wgpolicyk8s.io']);
  });

  it('is counted on policies where the number is another one, zeros included', async () => {
    const publish = open();
    await publish(scan(), signal);
    expect(counts).toEqual({ 'require-readiness-probe': 1, 'unheard-of': 0 });
    counts = {};
    await publish(scan(), signal);
    expect(counts).toEqual({});
  });

  it('is counted by the elected one, with what the reports of the others say', async () => {
    const own = { isOurs: (namespace: string): boolean => namespace === '' };
    const others = { isOurs: (namespace: string): boolean => namespace !== '' };
    const shard = (ours: typeof own): Scan =>
      scan({ ...ours, outcomes: new Map([...OUTCOMES].filter(([namespace]) => ours.isOurs(namespace))) });
    await open({ sharded: true }, { elected: () => false })(shard(others), signal);
    expect(counts).toEqual({});
    await open({ sharded: true })(shard(own), signal);
    expect(counts).toEqual({ 'require-readiness-probe': 1, 'unheard-of': 0 });
  });

  it('goes with the end of its owner', async () => {
    const owners: unknown[] = [];
    const { store } = stores['openreports.io'];
    const apply: ReportStore['apply'] = (report, given) => {
      owners.push((report.metadata as { readonly ownerReferences?: unknown }).ownerReferences);
      return store.apply(report, given);
    };
    await open({}, { store: () => ({ ...store, apply }) })(scan(), signal);
    expect(new Set(owners.map((owner) => JSON.stringify(owner)))).toEqual(new Set([JSON.stringify([OWNER])]));
  });

  it('ends at once when it is told to, and takes that for no failure', async () => {
    const stop = new AbortController();
    const { store, log } = stores['openreports.io'];
    const apply: ReportStore['apply'] = async (report, given) => {
      await store.apply(report, given);
      stop.abort(new Error('no longer elected'));
      given.throwIfAborted();
    };
    const publish = open({}, { store: () => ({ ...store, apply }) });
    await expect(publish(scan(), stop.signal)).rejects.toThrow('no longer elected');
    expect(log).toHaveLength(1);
    expect(counts).toEqual({});
  });

  it('is not counted where nobody tells of the other shards', async () => {
    await open({ sharded: true, reports: 'none' })(scan(), signal);
    expect(counts).toEqual({});
    await open({ sharded: false, reports: 'none' })(scan(), signal);
    expect(counts).toMatchObject({ 'require-readiness-probe': 1 });
  });

  it('is written for all others where one report cannot be, and never missed where the namespace is ending', async () => {
    const [objects = []] = OUTCOMES.values();
    const outcomes = new Map([['ending', objects], ['broken', objects], ...OUTCOMES]);
    const { written, failures } = await open()(scan({ outcomes }), signal);
    expect(failures).toEqual(['in broken: no room']);
    const { reports } = stores['openreports.io'];
    expect(reports.has('shop')).toBe(true);
    expect(written).toBe(reports.size);
  });
});

it('debt is bounded: the largest numbers, and the sum of the rest', () => {
  const all = debtOf(OUTCOMES, 100);
  const total = all.reduce((sum, { findings }) => sum + findings, 0);
  expect(all.length).toBeGreaterThan(2);
  const [first, rest, ...more] = debtOf(OUTCOMES, 1);
  expect(more).toEqual([]);
  expect(rest).toEqual({ namespace: '(others)', policy: '(others)', findings: total - (first?.findings ?? 0) });
});
