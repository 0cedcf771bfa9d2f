import { describe, expect, test } from 'vitest';
import { contextOf, deployment, NO_LOOKUP, PROBE, pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import { decide } from './decide.ts';
import type { Context, Decision, Request } from './decision.ts';

const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] }];
const judge = (policies: readonly JsonMap[], request: Request, context: Context = contextOf()): Decision =>
  decide(setOf(policies), request, context);
const simple = (spec: JsonMap): JsonMap => policy('simple', { matchConstraints: { resourceRules }, ...spec });
const one = (expression: string, more: JsonMap = {}): JsonMap => simple({ validations: [{ expression, ...more }] });

describe('a finding', () => {
  test('names policy, rule, place, container, and a fix that was proven', () => {
    const { findings, failures, notJudged } = judge(
      [PROBE],
      requestOf(deployment([{ name: 'good', readinessProbe: {} }, { name: 'app' }])),
    );
    expect([failures, notJudged]).toEqual([[], []]);
    expect(findings).toEqual([
      {
        policy: 'require-probe',
        rule: 'probe',
        severity: 'high',
        action: 'Deny',
        tolerated: false,
        message: 'Container app has no probe.',
        why: 'Why require-probe.',
        remediation: 'How require-probe.',
        path: ['spec', 'template', 'spec', 'containers', 1, 'readinessProbe'],
        container: 'app',
        fingerprint: 'require-probe/probe Deployment shop/web spec.template.spec.containers[app].readinessProbe',
        fix: [{ op: 'add', path: '/spec/template/spec/containers/1/readinessProbe', value: { periodSeconds: 5 } }],
      },
    ]);
  });
  test('comes for every item, in order', () => {
    const { findings } = judge([PROBE], requestOf(pod([{ name: 'a' }, { name: 'b' }])));
    expect(findings.map(({ path }) => path)).toEqual(
      [0, 1].map((index) => ['spec', 'containers', index, 'readinessProbe']),
    );
  });
  test('of a good object there is none, and the answer is shared', () => {
    const request = requestOf(pod([{ name: 'a', readinessProbe: {} }]));
    expect(judge([PROBE], request)).toBe(judge([PROBE], request));
  });
});

describe('the place of an item', () => {
  const places = (forEach: string, object: JsonMap): unknown =>
    judge(
      [policy('places', { subject: 'PodTemplate', validations: [{ forEach, expression: 'false' }] })],
      requestOf(object),
    ).findings.map(({ path, container }) => [path.join('.'), container]);

  test('survives filters and joined lists', () => {
    const object = deployment([{ name: 'a' }, { name: 'b' }], { initContainers: [{ name: 'first' }] });
    expect(places("(object.spec.containers + object.spec.initContainers).filter(c, c.name != 'a')", object)).toEqual([
      ['spec.template.spec.containers.1', 'b'],
      ['spec.template.spec.initContainers.0', 'first'],
    ]);
  });
  test('of a scalar is known in a list of the object', () => {
    expect(places('object.spec.containers[0].command', pod([{ name: 'a', command: ['x', 'y'] }]))).toEqual([
      ['spec.containers.0.command.0', 'a'],
      ['spec.containers.0.command.1', 'a'],
    ]);
  });
  test('of the values of a map', () => {
    expect(places('object.spec.nodeSelector', deployment([], { nodeSelector: { disk: 'ssd' } }))).toEqual([
      ['spec.template.spec.nodeSelector.disk', undefined],
    ]);
  });
  test('of something that the expression made is the object', () => {
    expect(places("['x']", deployment([]))).toEqual([['spec.template', undefined]]);
  });
});

describe('messages', () => {
  const message = (more: JsonMap): string | undefined =>
    judge([one('false', more)], requestOf(pod([]))).findings[0]?.message;
  test('messageExpression first', () => expect(message({ message: 'm', messageExpression: "' text '" })).toBe('text'));
  test('message where it gives nothing usable', () => {
    for (const messageExpression of ["''", "' '", "'a\\nb'", 'string(object.missing.text)']) {
      expect(message({ message: ' m ', messageExpression })).toBe('m');
    }
  });
  test('message where it is longer than 5 KiB', () => {
    const messageExpression = "lists.range(6000).map(i, 'x').join('')";
    expect(message({ message: 'm', messageExpression })).toBe('m');
  });
  test('the expression where there is none', () => expect(message({})).toBe('failed expression: false'));
});

describe('rules without an answer', () => {
  test('an error is a failure of the rule', () => {
    const { findings, failures } = judge([one('object.spec.missing.deeper == 1')], requestOf(pod([])));
    expect(findings).toEqual([]);
    expect(failures).toEqual([
      {
        policy: 'simple',
        rule: 'rule-1',
        action: 'Deny',
        failurePolicy: 'Fail',
        message: "expression 'object.spec.missing.deeper == 1' resulted in error: no such key: missing",
      },
    ]);
  });
  test('an error for one item does not hide the findings of others', () => {
    const failing = policy('items', {
      subject: 'PodTemplate',
      failurePolicy: 'Ignore',
      validations: [{ forEach: 'object.spec.containers', expression: 'item.tty == true' }],
    });
    const { findings, failures } = judge(
      [failing],
      requestOf(pod([{ name: 'a' }, { name: 'b', tty: false }, { name: 'c' }])),
    );
    expect(findings).toHaveLength(1);
    expect(failures).toMatchObject([
      { failurePolicy: 'Ignore', message: "item 0: expression 'item.tty == true' resulted in error: no such key: tty" },
    ]);
  });
  test('a forEach over something else than a list or a map is a failure, never a silent pass', () => {
    const rule = policy('items', {
      subject: 'PodTemplate',
      validations: [{ forEach: 'object.spec.volumes', expression: 'true' }],
    });
    for (const volumes of [null, 'text', 7, true]) {
      expect(judge([rule], requestOf(deployment([], { volumes }))).failures[0]?.message).toContain(
        'neither a list nor a map',
      );
    }
    expect(judge([rule], requestOf(deployment([]))).failures[0]?.message).toContain('no such key: volumes');
  });
  test('what cannot be looked up is not judged', () => {
    const rule = one("resources.get('v1', 'services', 'shop', 'web') != null");
    expect(judge([rule], requestOf(pod([])))).toEqual({
      findings: [],
      failures: [],
      notJudged: [{ policy: 'simple', rule: 'rule-1', message: 'services shop/web: not known here' }],
    });
    const found = { ...NO_LOOKUP, get: () => ({ kind: 'Service' }) };
    expect(judge([rule], requestOf(pod([])), contextOf({}, found)).notJudged).toEqual([]);
    expect(judge([rule], requestOf(pod([])), contextOf({}, { ...found, get: () => null })).findings).toHaveLength(1);
  });
  test('nor is what an authorizer would have to say', () => {
    for (const check of [
      "authorizer.group('').resource('pods').check('get')",
      "authorizer.requestResource.check('create')",
    ]) {
      expect(judge([one(`${check}.allowed()`)], requestOf(pod([])))).toMatchObject({
        findings: [],
        failures: [],
        notJudged: [{ rule: 'rule-1' }],
      });
    }
  });
  test('nor is a Namespace that is not known, as long as it matters', () => {
    const rule = one("object.metadata.name == 'ops' || namespaceObject.metadata.labels.team == 'ops'");
    const unknown: Context = { ...contextOf(), namespace: undefined };
    expect(judge([rule], requestOf(pod([])), unknown).notJudged).toHaveLength(1);
    expect(judge([rule], requestOf(pod([], { name: 'ops' })), unknown)).toEqual({
      findings: [],
      failures: [],
      notJudged: [],
    });
    expect(judge([rule], requestOf(pod([])), contextOf({ team: 'ops' })).findings).toEqual([]);
    expect(judge([rule], requestOf(pod([])), contextOf({ team: 'shop' })).findings).toHaveLength(1);
  });
  test('nor a policy whose namespaceSelector cannot be answered', () => {
    const selecting = policy('selecting', {
      matchConstraints: { resourceRules, namespaceSelector: { matchLabels: { team: 'shop' } } },
      validations: [{ expression: 'false' }],
    });
    const { notJudged } = judge([selecting], requestOf(pod([])), { ...contextOf(), namespace: undefined });
    expect(notJudged).toEqual([
      { policy: 'selecting', rule: 'matchConstraints', message: 'the labels of namespace shop are not known' },
    ]);
  });
  test('an expression that costs too much is a failure, and so is a policy', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ name: `c${index}` }));
    const cubic =
      'object.spec.containers.all(a, object.spec.containers.all(b, object.spec.containers.all(c, a.name != "" && b.name != "" && c.name != "")))';
    const { failures } = judge([one(cubic)], requestOf(pod(many)));
    expect(failures[0]?.message).toContain('cost limit exceeded');
  });
});

describe('matchConditions', () => {
  const outcome = (...expressions: string[]): Decision =>
    judge(
      [
        simple({
          matchConditions: expressions.map((expression, index) => ({ name: `c${index}`, expression })),
          validations: [{ expression: 'false' }],
        }),
      ],
      requestOf(pod([])),
    );

  test('all true: judged', () => expect(outcome('true', "request.operation == 'CREATE'").findings).toHaveLength(1));
  test('one false: not judged, whatever the others say', () => {
    expect(outcome('object.missing == 1', 'false')).toEqual({ findings: [], failures: [], notJudged: [] });
  });
  test('an error and no false: a failure, and the rules are not evaluated', () => {
    const { findings, failures } = outcome('true', 'object.missing == 1');
    expect(findings).toEqual([]);
    expect(failures).toMatchObject([{ rule: 'c1', action: 'Deny' }]);
  });
});

describe('variables', () => {
  const withVariables = (expression: string): Decision =>
    judge(
      [
        simple({
          variables: [
            { name: 'names', expression: 'object.spec.containers.map(c, c.name)' },
            { name: 'count', expression: 'variables.names.size()' },
            { name: 'broken', expression: 'object.missing.field' },
          ],
          validations: [{ expression }],
        }),
      ],
      requestOf(pod([{ name: 'a' }, { name: 'b' }])),
    );
  test('build on each other', () =>
    expect(withVariables('variables.count == 2 && variables.names == ["a", "b"]')).toEqual({
      findings: [],
      failures: [],
      notJudged: [],
    }));
  test('fail only where they are used', () => {
    expect(withVariables('variables.count == 2').failures).toEqual([]);
    expect(withVariables('variables.broken == 2').failures).toHaveLength(1);
  });
});

describe('what is not judged at all', () => {
  const owned = (container: JsonMap, labels: JsonMap = {}): JsonMap => {
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }];
    return pod([container], { labels, ownerReferences });
  };
  test('Pods of a controller that is judged itself', () => {
    const userInfo = { username: 'system:serviceaccount:kube-system:replicaset-controller' };
    expect(judge([PROBE], requestOf(owned({ name: 'a' }), null, { userInfo })).findings).toEqual([]);
  });
  test('but Pods to which somebody else has written a controller are', () => {
    expect(judge([PROBE], requestOf(owned({ name: 'a' }))).findings).toMatchObject([{ tolerated: false }]);
  });
  test('and those of controllers of other kinds are audited, unless the policy looks at no owner', () => {
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Database', name: 'db', controller: true }];
    const userInfo = { username: 'system:serviceaccount:operators:database' };
    const request = requestOf(pod([{ name: 'a' }], { ownerReferences }), null, { userInfo });
    const strict = { ...PROBE, spec: { ...(PROBE['spec'] as JsonMap), ownedPods: 'Judge' } };
    expect(judge([PROBE], request).findings).toMatchObject([{ action: 'Audit' }]);
    expect(judge([strict], request).findings).toMatchObject([{ action: 'Deny' }]);
  });
  test('and so are their updates: what was there is tolerated, what comes is not', () => {
    const [good, bad] = [owned({ name: 'a', readinessProbe: {} }), owned({ name: 'a' })];
    expect(judge([PROBE], requestOf(owned({ name: 'a' }, { new: 'label' }), bad)).findings).toMatchObject([
      { tolerated: true },
    ]);
    expect(judge([PROBE], requestOf(bad, good)).findings).toMatchObject([{ tolerated: false }]);
  });
  test('updates that leave the template alone', () => {
    const before = deployment([{ name: 'a' }]);
    const scaled = deployment([{ name: 'a' }], {}, { replicas: 5 });
    expect(judge([PROBE], requestOf(scaled, before)).findings).toEqual([]);
  });
  test('namespaces where an override turns the policy off', () => {
    const relaxed = {
      ...PROBE,
      spec: {
        ...(PROBE['spec'] as JsonMap),
        enforcement: {
          action: 'Deny',
          overrides: [{ namespaceSelector: { matchLabels: { sandbox: 'yes' } }, action: 'Off' }],
        },
      },
    };
    const request = requestOf(pod([{ name: 'a' }]));
    expect(judge([relaxed], request, contextOf({ sandbox: 'yes' })).findings).toEqual([]);
    expect(judge([relaxed], request, contextOf()).findings).toHaveLength(1);
  });
});

test('the input may be frozen through and through, whatever the verdict', () => {
  const request = requestOf(deployment([{ name: 'a' }]), deployment([{ name: 'b' }]));
  expect(Object.isFrozen(request.object)).toBe(true);
  expect(judge([PROBE], request).findings).toHaveLength(1);
});
