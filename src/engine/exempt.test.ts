import { describe, expect, test } from 'vitest';
import { contextOf, deployment, PROBE, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import type { PolicyException } from '../policy/exception.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { mutate } from './mutate.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const EXEMPT = 'tidegate.dev/exempt';
const REASON = 'tidegate.dev/exempt-reason';

function annotated(annotations: JsonMap, labels: JsonMap = {}): JsonMap {
  const object = deployment([{ name: 'app' }]);
  return { ...object, metadata: { ...(object['metadata'] as JsonMap), annotations, labels } };
}

function exception(spec: Partial<PolicyException['spec']> = {}, namespace = 'shop'): PolicyException {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { name: 'legacy', namespace },
    spec: {
      policies: [{ name: 'require-probe' }],
      reason: 'It is replaced in March.',
      owner: 'shop',
      expiresAt: '2026-12-31T00:00:00Z',
      ...spec,
    },
  };
}

function judge(object: JsonMap, exceptions: readonly PolicyException[] = [], now = NOW): Decision {
  return decide(setOf([PROBE]), requestOf(object), { ...contextOf(), exceptions, now });
}

const excuseOf = ({ findings }: Decision): unknown => findings.map(({ excepted }) => excepted);

describe('annotations', () => {
  test('of the object excuse its findings, and no fix is offered', () => {
    const { findings } = judge(annotated({ [EXEMPT]: 'other, require-probe', [REASON]: ' No port. ' }));
    expect(findings).toMatchObject([{ action: 'Deny', excepted: { reason: 'No port.' } }]);
    expect(findings[0]).not.toHaveProperty('fix');
  });
  test('of the template do so too', () => {
    const metadata = { annotations: { [EXEMPT]: 'require-probe', [REASON]: 'No port.' } };
    const object = deployment([{ name: 'app' }]);
    const template = { ...((object['spec'] as JsonMap)['template'] as JsonMap), metadata };
    const inTemplate = { ...object, spec: { ...(object['spec'] as JsonMap), template } };
    expect(excuseOf(judge(inTemplate))).toEqual([{ reason: 'No port.' }]);
  });
  test('excuse nothing else', () => {
    expect(excuseOf(judge(annotated({ [EXEMPT]: 'other', [REASON]: 'x' })))).toEqual([undefined]);
    expect(excuseOf(judge(annotated({ [EXEMPT]: 7, [REASON]: 'x' })))).toEqual([undefined]);
  });
  test('do not count without a reason, and the finding says so', () => {
    for (const reason of [{}, { [REASON]: ' ' }]) {
      const { findings } = judge(annotated({ [EXEMPT]: 'require-probe', ...reason }));
      expect(findings).toMatchObject([{ message: expect.stringContaining('does not count without a reason') }]);
      expect(findings[0]).not.toHaveProperty('excepted');
    }
  });
});

describe('a PolicyException', () => {
  const web = annotated({}, { team: 'a' });
  const excused = [{ reason: 'It is replaced in March.', exception: 'shop/legacy' }];
  test.each<[string, PolicyException, boolean]>([
    ['of the policy', exception(), true],
    ['of another policy', exception({ policies: [{ name: 'other' }] }), false],
    ['of the rule', exception({ policies: [{ name: 'require-probe', rules: ['probe'] }] }), true],
    ['of another rule', exception({ policies: [{ name: 'require-probe', rules: ['other'] }] }), false],
    ['of another namespace', exception({}, 'blog'), false],
    ['of the kind', exception({ match: { kinds: ['Deployment'] } }), true],
    ['of another kind', exception({ match: { kinds: ['Pod'] } }), false],
    ['of the name', exception({ match: { names: ['web'] } }), true],
    ['of names like it', exception({ match: { names: ['x', 'w*b'] } }), true],
    ['of longer names', exception({ match: { names: ['web*web'] } }), false],
    ['of all names', exception({ match: { names: ['*'] } }), true],
    ['of the labels', exception({ match: { objectSelector: { matchLabels: { team: 'a' } } } }), true],
    ['of other labels', exception({ match: { objectSelector: { matchLabels: { team: 'b' } } } }), false],
    ['of the kind, but not the name', exception({ match: { kinds: ['Deployment'], names: ['x'] } }), false],
    ['that expires this moment', exception({ expiresAt: '2026-11-21T13:00:00+01:00' }), false],
    ['that expires next second', exception({ expiresAt: '2026-11-21T12:00:01Z' }), true],
  ])('%s: %#', (_, given, excuses) => {
    expect(excuseOf(judge(web, [given]))).toEqual(excuses ? excused : [undefined]);
  });
});

test('a policy from which the object is exempted refuses nothing by failing', () => {
  const failing = policy('failing', { subject: 'PodTemplate', validations: [{ expression: 'object.missing == 1' }] });
  const failures = (annotations: JsonMap): unknown =>
    decide(setOf([failing]), requestOf(annotated(annotations)), contextOf()).failures.map(({ action }) => action);
  expect(failures({})).toEqual(['Deny']);
  expect(failures({ [EXEMPT]: 'failing', [REASON]: 'x' })).toEqual(['Audit']);
});

test('a mutating policy leaves an object alone that is exempted from it', () => {
  const limit = policy('set-limit', {
    subject: 'Resource',
    matchConstraints: {
      resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] }],
    },
    mutations: [{ applyConfiguration: { expression: 'Object{spec: Object.spec{replicas: 3}}' } }],
  });
  const patch = (annotations: JsonMap): unknown =>
    mutate(setOf([limit]), requestOf(annotated(annotations)), contextOf()).patch.length;
  expect(patch({})).toBe(1);
  expect(patch({ [EXEMPT]: 'set-limit' })).toBe(1);
  expect(patch({ [EXEMPT]: 'set-limit', [REASON]: 'It scales itself.' })).toBe(0);
});
