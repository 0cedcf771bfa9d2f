import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customKinds } from '../src/audit/kinds.ts';
import { readManifests } from '../src/audit/manifests.ts';
import { requestOf } from '../src/audit/request.ts';
import type { JsonMap } from '../src/cel/value.ts';
import { compilePolicy } from '../src/engine/compile/policy.ts';
import type { PolicySet } from '../src/engine/compiled.ts';
import { decide } from '../src/engine/decide.ts';
import type { Context, KubernetesObject } from '../src/engine/decision.ts';
import { mutate } from '../src/engine/mutate.ts';
import { policySet } from '../src/engine/policy-set.ts';
import { type FixtureCase, readPolicyFolder } from '../src/fixtures/cases.ts';
import { type FixtureRequest, readCluster } from '../src/fixtures/cluster.ts';
import { RECOMMENDED, type Settings } from '../src/policy/settings.ts';
import { policyIds, sourceOf } from './support/policy-pack.ts';
import { REPOSITORY } from './support/source.ts';

function setOf(id: string, action: 'Mutate' | 'Deny', settings: Settings = RECOMMENDED): PolicySet {
  const result = compilePolicy(sourceOf(id), { ...settings.policies[id], enforcement: { action } });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return policySet([result.policy], settings);
}

function casesOf(id: string): readonly FixtureCase[] {
  return readPolicyFolder(join(REPOSITORY, 'policies', id)).cases;
}

describe.each([
  ['set-pod-anti-affinity', 'require-anti-affinity'],
  ['set-image-pull-secrets', 'require-image-pull-secrets'],
  ['set-default-resources', 'require-resources'],
  ['set-default-resources', 'disallow-best-effort'],
  ['set-pre-stop-sleep', 'restrict-pre-stop-duration'],
  ['set-revision-history-limit', 'restrict-revision-history-limit'],
])('what %s changes passes %s', (mutating, validating) => {
  const judges = setOf(validating, 'Deny');
  const rules = (request: FixtureRequest['request'], { context }: FixtureRequest) =>
    decide(judges, request, context).findings.map(({ rule }) => rule);

  it.each(casesOf(mutating))('$name', (fixture) => {
    const { requests, settings } = readCluster(fixture);
    const set = setOf(mutating, 'Mutate', settings);
    for (const given of requests) {
      const { object, patch } = mutate(set, given.request, given.context);
      if (patch.length === 0) continue;
      expect(rules({ ...given.request, object }, given)).toEqual([]);
    }
  });
});

describe('set-pre-stop-sleep asks which Kubernetes it runs on', () => {
  const [fixture] = casesOf('set-pre-stop-sleep').filter(({ name }) => name === 'mutate/grace-period');
  const given = fixture && readCluster(fixture).requests[0];

  function hookOn(kubernetesVersion: string, parameters: JsonMap): unknown {
    if (!given) throw new Error('the case grace-period is gone');
    const settings = { ...RECOMMENDED, policies: { 'set-pre-stop-sleep': { parameters } } };
    const set = setOf('set-pre-stop-sleep', 'Mutate', settings);
    return mutate(set, given.request, { ...given.context, kubernetesVersion }).patch[0];
  }

  it('and sleeps where there is a sleep action', () => {
    expect(hookOn('1.30', {})).toMatchObject({ value: { preStop: { sleep: { seconds: 3 } } } });
  });

  it('and does nothing on an older one', () => {
    expect(hookOn('1.29', {})).toBeUndefined();
  });

  it('or runs the sleep program there, where that is asked for', () => {
    expect(hookOn('1.29', { execFallback: true })).toMatchObject({
      value: { preStop: { exec: { command: ['sleep', '3'] } } },
    });
  });
});

describe('whatever a workload holds', () => {
  const ids = policyIds().filter((id) => sourceOf(id).policy.spec.mutations);
  const registrySecrets = [{ registry: 'registry.example.com', secret: 'registry' }];
  const all = policySet(
    ids.map((id) => {
      const parameters = id === 'set-image-pull-secrets' ? { registrySecrets } : {};
      const compiled = compilePolicy(sourceOf(id), { parameters, enforcement: { action: 'Mutate' } });
      if (!compiled.ok) throw new Error(id);
      return compiled.policy;
    }),
    RECOMMENDED,
  );
  const context: Context = {
    namespace: { metadata: { name: 'shop', labels: { 'tidegate.dev/default-resources': 'true' } } },
    lookup: { get: (_version, resource) => (resource === 'secrets' ? {} : null), list: () => [] },
    now: Date.now(),
  };
  const run = (object: KubernetesObject) => {
    const { manifests } = readManifests([{ file: 'workload.json', text: JSON.stringify(object) }]);
    const [manifest] = manifests;
    if (!manifest) throw new Error('not read as an object');
    return mutate(all, requestOf(manifest, customKinds([])), { ...context, written: manifest.object });
  };

  it('a mutation changes nothing that is there, and nothing twice', () => {
    let changed = 0;
    fc.assert(
      fc.property(workload, (object) => {
        const mutation = run(object);
        expect(mutation.failures).toEqual([]);
        expect(mutation.notJudged).toEqual([]);
        expect(mutation.object).toMatchObject(object);
        expect(run(mutation.object as KubernetesObject).patch).toEqual([]);
        if (mutation.patch.length > 0) changed += 1;
      }),
      { numRuns: 500 },
    );
    expect(changed).toBeGreaterThan(100);
  });
});

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const container = fc.record(
  {
    image: fc.constantFrom('nginx', 'nginx:1.29.3', 'registry.example.com/web:1.0.0', ''),
    lifecycle: fc.constantFrom(
      {},
      { preStop: { exec: { command: ['true'] } } },
      { preStop: { sleep: { seconds: 40 } } },
      { postStart: { exec: { command: ['true'] } }, stopSignal: 'SIGQUIT' },
    ),
    ports: fc.constantFrom([], [{ containerPort: 80 }]),
    resources: fc.constantFrom({}, { requests: { cpu: '10m' } }, { limits: { memory: '0' } }, { claims: [] }),
  },
  { requiredKeys: [] },
);

const podSpec = fc
  .record(
    {
      containers: fc.array(container, { maxLength: 3 }),
      initContainers: fc.array(container, { maxLength: 2 }),
      restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
      terminationGracePeriodSeconds: fc.integer({ min: 0, max: 60 }),
      imagePullSecrets: fc.constant([{ name: 'mine' }]),
      affinity: fc.constantFrom({}, { nodeAffinity: {} }, { podAntiAffinity: {} }),
      topologySpreadConstraints: fc.constantFrom([], [{ topologyKey: 'zone', maxSkew: 1 }]),
    },
    { requiredKeys: ['containers'] },
  )
  .map((spec) => ({ ...spec, containers: spec.containers.map((one, index) => ({ name: `c${index}`, ...one })) }));

const metadata = fc.record(
  {
    labels: fc.constantFrom({}, { app: 'shop' }),
    annotations: fc.constantFrom(
      {},
      { 'tidegate.dev/pre-stop-sleep': 'off' },
      { 'tidegate.dev/revision-history-limit': 'off' },
    ),
  },
  { requiredKeys: [] },
);

const workload: fc.Arbitrary<KubernetesObject> = fc
  .tuple(
    fc.constantFrom('Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'),
    fc.record({ metadata, templateMetadata: maybe(metadata), podSpec }),
    fc.record(
      { replicas: fc.integer({ min: 0, max: 5 }), revisionHistoryLimit: fc.constantFrom(0, 3, 10, 20) },
      { requiredKeys: [] },
    ),
  )
  .map(([kind, { metadata: own, templateMetadata, podSpec: spec }, rest]) => {
    const named = { name: 'shop', namespace: 'shop', ...own };
    if (kind === 'Pod') return plain({ apiVersion: 'v1', kind, metadata: named, spec });
    const template = { metadata: templateMetadata, spec };
    const selector = { matchLabels: { app: 'shop' } };
    const apiVersion = kind === 'Job' ? 'batch/v1' : 'apps/v1';
    return plain({ apiVersion, kind, metadata: named, spec: { ...rest, selector, template } });
  });

/** As JSON has it: without what is undefined. */
function plain(object: object): KubernetesObject {
  return JSON.parse(JSON.stringify(object)) as KubernetesObject;
}
