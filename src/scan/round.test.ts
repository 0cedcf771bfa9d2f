import { describe, expect, it } from 'vitest';
import { PROBE, policy, setOf } from '../../test/support/policies.ts';
import type { WantedResource } from '../audit/wanted.ts';
import type { JsonMap } from '../cel/value.ts';
import { StatusError } from '../kube/client.ts';
import type { PolicyException } from '../policy/exception.ts';
import { collapse } from './collapse.ts';
import { createMemory, type Memory } from './memory.ts';
import { type RoundParts, scanRound } from './round.ts';
import { takeTurns } from './turns.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const LATER = NOW + 3_600_000;
const POD: WantedResource = {
  apiVersion: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  verbs: ['list', 'create'],
  shortNames: [],
  judged: true,
  lookedUp: false,
};
const REPLICA_SET: WantedResource = { ...POD, apiVersion: 'apps/v1', kind: 'ReplicaSet', resource: 'replicasets' };

const PEER = policy('require-peer', {
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  },
  validations: [{ expression: "resources.list('v1', 'services', object.metadata.namespace).size() > 0" }],
});
const YOUNG = policy('require-young', {
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  },
  validations: [{ expression: "now < timestamp('2026-01-01T00:30:00Z')" }],
});
const EXCEPTION: PolicyException = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'PolicyException',
  metadata: { name: 'legacy', namespace: 'shop' },
  spec: {
    policies: [{ name: 'require-probe' }],
    reason: 'Old.',
    owner: 'shop',
    expiresAt: '2026-01-01T00:30:00Z',
  },
};

function pod(name: string, version = '1', metadata: object = {}): JsonMap {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: name, resourceVersion: version, ...metadata },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  } as JsonMap;
}

/** A cluster that a test changes between two rounds. */
function setUp(policies: readonly JsonMap[]) {
  const memory = createMemory();
  const { signal } = new AbortController();
  const cluster = {
    objects: [pod('a'), pod('b')] as readonly JsonMap[],
    services: [{ metadata: { name: 'web' } }] as readonly JsonMap[] | undefined,
    namespace: { metadata: { name: 'shop', resourceVersion: '1' } } as JsonMap,
  };
  const parts: RoundParts = {
    number: 0,
    set: setOf(policies),
    exceptions: [],
    view: {
      namespace: () => cluster.namespace,
      lookup: { get: () => null, list: () => cluster.services },
      kubernetesVersion: () => '1.36',
    },
    resources: [POD],
    objects: async function* () {
      yield cluster.objects;
    },
    isOurs: () => true,
    memory,
    turns: takeTurns({ perSecond: 10_000, againPerSecond: 10_000 }, signal),
    now: NOW,
    signal,
  };
  let number = 0;
  return {
    cluster,
    memory,
    parts,
    round: (more: Partial<RoundParts> = {}) => scanRound({ ...parts, ...more, number: ++number }),
  };
}

const found = (memory: Memory): readonly string[] =>
  Array.from(memory.all(), ({ name, outcome }) =>
    [name, ...(outcome?.findings ?? []).map((one) => `${one.policy}${one.excepted ? ' excepted' : ''}`)].join(' '),
  );

describe('a round', () => {
  it('judges each object once, and again what has changed', async () => {
    const { cluster, memory, round } = setUp([PROBE]);
    expect(await round()).toEqual({ problems: [], judged: 2 });
    expect(found(memory)).toEqual(['a require-probe', 'b require-probe']);
    expect((await round()).judged).toBe(0);
    cluster.objects = [pod('a'), pod('b', '2')];
    expect((await round()).judged).toBe(1);
  });

  it('does not change the objects, which others look up', async () => {
    const { cluster, round } = setUp([PROBE]);
    const before = pod('a', '1', { creationTimestamp: null });
    cluster.objects = [before];
    await round();
    expect(before).toEqual(pod('a', '1', { creationTimestamp: null }));
  });

  it('judges all again by other policies, and by what its Namespace says now', async () => {
    const { cluster, round } = setUp([PROBE]);
    await round();
    expect((await round({ set: setOf([PROBE]) })).judged).toBe(2);
    cluster.namespace = { metadata: { name: 'shop', resourceVersion: '2' } };
    expect((await round()).judged).toBe(2);
  });

  it('judges again and again what rests on other objects or on the time', async () => {
    const looking = setUp([PEER]);
    await looking.round();
    looking.cluster.services = [];
    expect((await looking.round()).judged).toBe(2);
    expect(found(looking.memory)).toEqual(['a require-peer', 'b require-peer']);
    const timed = setUp([YOUNG]);
    await timed.round();
    expect(found(timed.memory)).toEqual(['a', 'b']);
    await timed.round({ now: LATER });
    expect(found(timed.memory)).toEqual(['a require-young', 'b require-young']);
  });

  it('judges all again by what another version of Kubernetes has, and by another exception in the place of one', async () => {
    const { parts, round } = setUp([PROBE]);
    await round();
    expect((await round({ view: { ...parts.view, kubernetesVersion: () => '1.37' } })).judged).toBe(2);
    await round({ exceptions: [EXCEPTION] });
    expect((await round({ exceptions: [structuredClone(EXCEPTION)] })).judged).toBe(2);
  });

  it('goes by the pace for what has not changed where only others may have', async () => {
    const { parts, memory, round } = setUp([PEER]);
    const again: boolean[] = [];
    const turns = { ...parts.turns, judge: async (isAgain: boolean) => void again.push(isAgain) };
    expect(memory.passing()).toBe(0);
    for (let number = 0; number < 2; number++) await round({ turns });
    expect(again).toEqual([false, false, true, true]);
    expect(memory.passing()).toBe(2);
    await round({ set: setOf([PROBE]) });
    expect(memory.passing()).toBe(0);
  });

  it('judges a Namespace again where its version is another one', async () => {
    const { cluster, parts, round } = setUp([PROBE]);
    const versions: Record<string, string> = { shop: '1' };
    const namespaceOf = (name: string): JsonMap => ({ metadata: { name, resourceVersion: versions[name] ?? '0' } });
    const given = {
      resources: [{ ...POD, kind: 'Namespace', resource: 'namespaces', namespaced: false }],
      view: { ...parts.view, namespace: namespaceOf },
    };
    cluster.objects = [{ metadata: { name: 'shop', uid: 'shop', resourceVersion: '1' } }];
    await round(given);
    versions['shop'] = '2';
    expect((await round(given)).judged).toBe(1);
    versions[''] = '2';
    expect((await round(given)).judged).toBe(0);
  });

  it('counts an exception from when it is there until it has expired', async () => {
    const { memory, round } = setUp([PROBE]);
    await round();
    await round({ exceptions: [EXCEPTION] });
    expect(found(memory)).toEqual(['a require-probe excepted', 'b require-probe excepted']);
    expect((await round({ exceptions: [EXCEPTION] })).judged).toBe(0);
    await round({ exceptions: [EXCEPTION], now: LATER });
    expect(found(memory)).toEqual(['a require-probe', 'b require-probe']);
  });

  it('forgets what is gone, and what is no longer ours', async () => {
    const { cluster, memory, round } = setUp([PROBE]);
    await round();
    cluster.objects = [pod('b')];
    await round();
    expect(memory.size()).toBe(1);
    await round({ isOurs: () => false });
    expect(memory.size()).toBe(0);
  });

  it('keeps what it knew of a kind that cannot be read for now, and nothing of one that it may not list', async () => {
    const { memory, parts, round } = setUp([PROBE]);
    await round();
    const failing = (error: Error): Partial<RoundParts> => ({
      objects: (resource, signal) => {
        if (resource === POD) throw error;
        return parts.objects(resource, signal);
      },
    });
    const { problems } = await round(failing(new StatusError(503, 'busy')));
    expect(problems).toEqual([{ file: 'pods', message: 'cannot be scanned: busy' }]);
    expect(memory.size()).toBe(2);
    const ofOthers = await round({ ...failing(new StatusError(503, 'busy')), isOurs: () => false });
    expect([ofOthers.judged, memory.size()]).toEqual([0, 0]);
    await round();
    const refused = await round(failing(new StatusError(403, 'forbidden')));
    expect(refused.problems).toMatchObject([{ file: 'scan', message: 'may not list pods: nothing is said of them' }]);
    expect(memory.size()).toBe(0);
  });

  it('ends at once when it is told to', async () => {
    const { parts, round } = setUp([PROBE]);
    const stop = new AbortController();
    const stopped = round({
      signal: stop.signal,
      turns: takeTurns({ perSecond: 1, againPerSecond: 1 }, stop.signal),
      objects: parts.objects,
    });
    stop.abort(new Error('no longer elected'));
    await expect(stopped).rejects.toThrow('no longer elected');
  });
});

it('knows a ReplicaSet of an earlier rollout', async () => {
  const { cluster, memory, round } = setUp([PROBE]);
  const scaled = (name: string, replicas: number): JsonMap => ({ ...pod(name), spec: { replicas } });
  cluster.objects = [scaled('old', 0), scaled('new', 1)];
  await round({ resources: [REPLICA_SET] });
  expect(Array.from(memory.all(), ({ name, retired }) => [name, retired])).toEqual([
    ['old', true],
    ['new', false],
  ]);
});

it('tells of a Pod under who made it, also where nothing was found on that one', async () => {
  const { cluster, memory, parts, round } = setUp([PEER]);
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true };
  const set: JsonMap = { ...pod('web'), apiVersion: 'apps/v1', kind: 'ReplicaSet' };
  cluster.services = [];
  cluster.objects = [pod('web-1', '1', { ownerReferences: [owner] })];
  await round({
    resources: [POD, REPLICA_SET],
    objects: async function* (resource) {
      yield resource === POD ? cluster.objects : [set];
    },
  });
  const outcomes = await collapse(memory.all(), parts.turns);
  expect(
    outcomes.get('shop')?.map(({ kind, name, findings }) => [kind, name, findings.map((one) => one.seenOn)]),
  ).toEqual([['ReplicaSet', 'web', ['Pod shop/web-1']]]);
});
