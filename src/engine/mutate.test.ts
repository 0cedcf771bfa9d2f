import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../test/support/freeze.ts';
import { contextOf, deployment, pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import { RECOMMENDED } from '../policy/settings.ts';
import type { Context, Mutation, Request } from './decision.ts';
import { mutate } from './mutate.ts';
import { applyPatch } from './object/patch.ts';

const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
const run = (policies: readonly JsonMap[], request: Request, context: Context = contextOf()): Mutation =>
  mutate(setOf(policies), request, context);

const SLEEP = policy('set-sleep', {
  subject: 'PodTemplate',
  mutations: [
    {
      name: 'sleep',
      applyConfiguration: {
        expression: `Object{spec: Object.spec{containers: object.spec.containers.filter(c, !has(c.lifecycle)).map(c,
          Object.spec.containers{name: c.name, lifecycle: Object.spec.containers.lifecycle{preStop: Object.spec.containers.lifecycle.preStop{
            sleep: Object.spec.containers.lifecycle.preStop.sleep{seconds: 5}}}})}}`,
      },
    },
  ],
});

const label = (name: string, condition: string, patch: string): JsonMap =>
  policy(name, {
    matchConstraints: { resourceRules },
    mutations: [{ jsonPatch: { expression: `${condition} ? ${patch} : []` } }],
  });
const labelTo = (name: string, key: string, value: string, condition = 'true'): JsonMap =>
  label(name, condition, `[JSONPatch{op: 'add', path: '/metadata/labels/${key}', value: '${value}'}]`);
const labelled = (labels: JsonMap): JsonMap => pod([{ name: 'a' }], { labels });

describe('one policy', () => {
  test('is written against the Pod and carried to the workload, as a minimal patch', () => {
    const request = requestOf(deployment([{ name: 'a' }, { name: 'b', lifecycle: {} }]));
    const { object, patch, changes, failures, notJudged } = run([SLEEP], request);
    expect(patch).toEqual([
      { op: 'add', path: '/spec/template/spec/containers/0/lifecycle', value: { preStop: { sleep: { seconds: 5 } } } },
    ]);
    expect(applyPatch(request.object, patch)).toEqual({ ok: true, object });
    expect(changes).toEqual([
      { policy: 'set-sleep', action: 'Mutate', path: ['spec', 'template', 'spec', 'containers', 0, 'lifecycle'] },
    ]);
    expect([failures, notJudged]).toEqual([[], []]);
  });
  test('with nothing to do leaves the very object', () => {
    const request = requestOf(pod([{ name: 'a', lifecycle: {} }]));
    expect(run([SLEEP], request)).toEqual({
      object: request.object,
      patch: [],
      changes: [],
      failures: [],
      notJudged: [],
    });
    expect(run([SLEEP], request).object).toBe(request.object);
  });
  test('that sets what is there changes nothing', () => {
    const request = requestOf(labelled({ team: 'shop' }));
    expect(run([labelTo('same', 'team', 'shop')], request)).toMatchObject({ patch: [], changes: [] });
    expect(run([labelTo('same', 'team', 'shop')], request).object).toBe(request.object);
  });
  test('whose test fails changes nothing, and that is no failure', () => {
    const patch =
      "[JSONPatch{op: 'test', path: '/metadata/labels/a', value: 'x'}, JSONPatch{op: 'remove', path: '/metadata/labels/a'}]";
    expect(run([label('tested', 'true', patch)], requestOf(labelled({ a: 'y' })))).toMatchObject({
      patch: [],
      failures: [],
    });
    expect(
      run([label('tested', 'has(object.metadata.labels.a)', patch)], requestOf(labelled({ a: 'x' }))).patch,
    ).toEqual([{ op: 'remove', path: '/metadata/labels/a' }]);
  });
  test('has its mutations applied in order, each on the result of the one before', () => {
    const steps = policy('steps', {
      matchConstraints: { resourceRules },
      variables: [{ name: 'count', expression: 'object.metadata.labels.size()' }],
      mutations: [
        {
          jsonPatch: {
            expression: "variables.count == 1 ? [JSONPatch{op: 'add', path: '/metadata/labels/b', value: 'x'}] : []",
          },
        },
        {
          jsonPatch: {
            expression: "variables.count == 2 ? [JSONPatch{op: 'add', path: '/metadata/labels/c', value: 'x'}] : []",
          },
        },
      ],
    });
    expect(run([steps], requestOf(labelled({ a: 'x' }))).patch).toHaveLength(2);
  });
});

describe('failures', () => {
  test('of a patch name its place, and leave the others to act', () => {
    const broken = label('broken', 'true', "[JSONPatch{op: 'add', path: '/metadata/annotations/a', value: 'x'}]");
    const { failures, patch } = run([broken, labelTo('good', 'a', 'b')], requestOf(labelled({})));
    expect(failures).toEqual([
      {
        policy: 'broken',
        rule: 'rule-1',
        action: 'Mutate',
        failurePolicy: 'Fail',
        message: 'add /metadata/annotations/a: there is nothing to add it to at this path',
      },
    ]);
    expect(patch).toEqual([{ op: 'add', path: '/metadata/labels/a', value: 'b' }]);
  });
  test('of an expression are reported once', () => {
    const { failures } = run(
      [label('broken', 'object.missing', '[]'), labelTo('good', 'a', 'b')],
      requestOf(labelled({})),
    );
    expect(failures).toMatchObject([{ policy: 'broken', rule: 'rule-1' }]);
  });
  test('of a configuration that Kubernetes would refuse', () => {
    const atomic = policy('atomic', {
      subject: 'PodTemplate',
      mutations: [
        {
          applyConfiguration: {
            expression: "Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: 'a'}]}}",
          },
        },
      ],
    });
    expect(run([atomic], requestOf(deployment([]))).failures[0]?.message).toContain(
      '/spec/tolerations is an atomic list',
    );
    const misplaced = policy('misplaced', {
      subject: 'PodTemplate',
      mutations: [{ applyConfiguration: { expression: "Object{spec: Object.metadata{hostname: 'a'}}" } }],
    });
    expect(run([misplaced], requestOf(deployment([]))).failures[0]?.message).toContain(
      'Object.metadata{} stands where Object.spec{} belongs',
    );
  });
  test('a look-up without an answer is not judged', () => {
    const asking = label('asking', "resources.get('v1', 'services', 'shop', 'web') == null", '[]');
    expect(run([asking], requestOf(labelled({})))).toMatchObject({ failures: [], notJudged: [{ policy: 'asking' }] });
  });
});

describe('the fixed point', () => {
  test('is reached whatever the order of the names', () => {
    const policies = [
      labelTo('a', 'third', 'x', 'has(object.metadata.labels.second)'),
      labelTo('b', 'second', 'x', 'has(object.metadata.labels.first)'),
      labelTo('c', 'first', 'x'),
    ];
    const { patch, changes } = run(policies, requestOf(labelled({})));
    expect(patch.map(({ path }) => path)).toEqual([
      '/metadata/labels/first',
      '/metadata/labels/second',
      '/metadata/labels/third',
    ]);
    expect(changes.map((change) => change.policy)).toEqual(['c', 'b', 'a']);
  });
  test('policies that fight are named and left out, the others act', () => {
    const { patch, failures, changes } = run(
      [labelTo('one', 'side', 'left'), labelTo('other', 'side', 'right'), labelTo('peaceful', 'a', 'b')],
      requestOf(labelled({})),
    );
    expect(failures).toEqual(
      ['one', 'other'].map((name) => ({
        policy: name,
        rule: 'rule-1',
        action: 'Mutate',
        failurePolicy: 'Fail',
        message: `after 8 rounds the policy still changes /metadata/labels/side: it fights ${name === 'one' ? 'other' : 'one'}. None of it was applied`,
      })),
    );
    expect(patch).toEqual([{ op: 'add', path: '/metadata/labels/a', value: 'b' }]);
    expect(changes.map((change) => change.policy)).toEqual(['peaceful']);
  });
  test('a policy that never comes to an end is left out', () => {
    const growing = label(
      'growing',
      'true',
      "[JSONPatch{op: 'add', path: '/spec/containers/-', value: {'name': 'x'}}]",
    );
    const { patch, failures } = run([growing], requestOf(labelled({})));
    expect(patch).toEqual([]);
    expect(failures[0]?.message).toContain('it changes its own result again');
  });
});

describe('a policy in Audit', () => {
  test('says what it would change on top of the others, and changes nothing', () => {
    const audited = { ...SLEEP, spec: { ...(SLEEP['spec'] as JsonMap), enforcement: { action: 'Audit' } } };
    const { patch, changes } = run([audited, labelTo('b', 'x', 'y')], requestOf(labelled({})));
    expect(patch).toEqual([{ op: 'add', path: '/metadata/labels/x', value: 'y' }]);
    expect(changes).toEqual([
      { policy: 'b', action: 'Mutate', path: ['metadata', 'labels', 'x'] },
      { policy: 'set-sleep', action: 'Audit', path: ['spec', 'containers', 0, 'lifecycle'] },
    ]);
  });
  test('is what all are in the baseline profile', () => {
    const set = setOf([SLEEP], { ...RECOMMENDED, profile: 'baseline' });
    expect(mutate(set, requestOf(pod([{ name: 'a' }])), contextOf())).toMatchObject({
      patch: [],
      changes: [{ action: 'Audit' }],
    });
  });
});

describe('left alone are', () => {
  test('containers that share a name, of which a merge would leave one', () => {
    const twins = [
      { name: 'a', image: 'one', lifecycle: {} },
      { name: 'a', image: 'two' },
    ];
    expect(run([SLEEP], requestOf(deployment(twins)))).toMatchObject({ patch: [], failures: [] });
  });

  const patchOf = (object: JsonMap, oldObject: JsonMap | null = null) =>
    run([SLEEP], requestOf(object, oldObject)).patch;
  test('Pods that a controller made', () => {
    expect(
      patchOf(
        pod([{ name: 'a' }], { ownerReferences: [{ apiVersion: 'example.com/v1', kind: 'Widget', controller: true }] }),
      ),
    ).toEqual([]);
  });
  test('mirror Pods', () => {
    expect(patchOf(pod([{ name: 'a' }], { annotations: { 'kubernetes.io/config.mirror': 'x' } }))).toEqual([]);
  });
  test('Pods that run already', () => expect(patchOf(pod([{ name: 'b' }]), pod([{ name: 'a' }]))).toEqual([]));
  test('workloads whose template stays as it was', () => {
    expect(patchOf(deployment([{ name: 'a' }], {}, { replicas: 7 }), deployment([{ name: 'a' }]))).toEqual([]);
    expect(patchOf(deployment([{ name: 'b' }]), deployment([{ name: 'a' }]))).toHaveLength(1);
  });
  test('requests without an object', () => {
    const request = requestOf(pod([]), pod([]), { operation: 'DELETE', object: null });
    expect(run([labelTo('a', 'b', 'c')], request)).toEqual({
      object: null,
      patch: [],
      changes: [],
      failures: [],
      notJudged: [],
    });
  });
});

test('mutating the result again changes nothing, and the input stays as it was', () => {
  const set = setOf([
    SLEEP,
    label(
      'annotate',
      '!has(object.metadata.annotations)',
      "[JSONPatch{op: 'add', path: '/metadata/annotations', value: {'seen': 'yes'}}]",
    ),
  ]);
  const container = fc.record(
    { name: fc.constantFrom('a', 'b', 'c'), lifecycle: fc.constant({}), tty: fc.boolean() },
    { requiredKeys: ['name'] },
  );
  const containers = fc.uniqueArray(container, { selector: ({ name }) => name, maxLength: 3 });
  fc.assert(
    fc.property(containers, fc.boolean(), (list, isPod) => {
      const request = requestOf(isPod ? pod(list as JsonMap[]) : deployment(list as JsonMap[]));
      const once = mutate(set, request, contextOf());
      expect(applyPatch(request.object, once.patch)).toEqual({ ok: true, object: once.object });
      const twice = mutate(set, deepFreeze({ ...request, object: once.object }), contextOf());
      expect(twice.patch).toEqual([]);
      expect(twice.object).toBe(once.object);
    }),
    { numRuns: 50 },
  );
});
