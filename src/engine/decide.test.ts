import { describe, expect, test } from 'vitest';
import { contextOf, deployment, NO_LOOKUP, pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import { decide } from './decide.ts';
import type { Context, Decision, Request } from './decision.ts';
import { applyPatch } from './patch.ts';

const PROBE = policy('require-probe', {
  subject: 'PodTemplate',
  validations: [
    {
      name: 'probe',
      forEach: 'object.spec.containers',
      expression: 'has(item.readinessProbe)',
      message: 'There is no probe.',
      messageExpression: "'Container ' + item.name + ' has no probe.'",
      path: 'readinessProbe',
      fix: {
        jsonPatch: {
          expression: "[JSONPatch{op: 'add', path: itemPath + '/readinessProbe', value: {'periodSeconds': 5}}]",
        },
      },
    },
  ],
});

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
    const unknown: Context = { namespace: undefined, lookup: NO_LOOKUP };
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
    const { notJudged } = judge([selecting], requestOf(pod([])), { namespace: undefined, lookup: NO_LOOKUP });
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
  test('Pods of a controller that is judged itself', () => {
    const owned = pod([{ name: 'a' }], {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }],
    });
    expect(judge([PROBE], requestOf(owned)).findings).toEqual([]);
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

describe('the ratchet', () => {
  const before = deployment([{ name: 'a' }]);
  const tolerated = (after: JsonMap, spec: JsonMap = {}): readonly boolean[] =>
    judge([{ ...PROBE, spec: { ...(PROBE['spec'] as JsonMap), ...spec } }], requestOf(after, before)).findings.map(
      (finding) => finding.tolerated,
    );

  test('tolerates what the old object has, and refuses what is new', () => {
    expect(tolerated(deployment([{ name: 'a', image: 'web:2' }]))).toEqual([true]);
    expect(tolerated(deployment([{ name: 'b' }, { name: 'a' }]))).toEqual([false, true]);
    expect(tolerated(deployment([{ name: 'b' }]))).toEqual([false]);
  });
  test('has an off switch', () => {
    expect(
      tolerated(deployment([{ name: 'a', image: 'web:2' }]), { enforcement: { action: 'Deny', existing: 'Enforce' } }),
    ).toEqual([false]);
  });
  test('tolerates as many as there were', () => {
    const volumes = policy('volumes', {
      subject: 'PodTemplate',
      validations: [{ forEach: 'object.spec.volumes', expression: 'false' }],
    });
    const paths = (...types: string[]) => deployment([], { volumes: types.map((type) => ({ hostPath: { type } })) });
    expect(
      judge([volumes], requestOf(paths('a', 'b'), paths('a'))).findings.map((finding) => finding.tolerated),
    ).toEqual([true, false]);
  });
  test('offers no fix for what it tolerates', () => {
    expect(
      judge([PROBE], requestOf(deployment([{ name: 'a', image: 'web:2' }]), before)).findings[0],
    ).not.toHaveProperty('fix');
  });
});

describe('fixes', () => {
  const fixing = (name: string, expression: string, patch: string): JsonMap =>
    policy(name, { subject: 'PodTemplate', validations: [{ expression, fix: { jsonPatch: { expression: patch } } }] });
  const fixes = (policies: readonly JsonMap[], object: JsonMap = deployment([{ name: 'a' }])) =>
    judge(policies, requestOf(object)).findings.map(({ fix }) => fix);
  const set = (field: string, value: string): string =>
    `[JSONPatch{op: 'add', path: '/spec/${field}', value: ${value}}]`;

  test('applied, the object is good', () => {
    const object = deployment([{ name: 'a' }, { name: 'b' }]);
    let fixed: JsonMap = object;
    for (const fix of fixes([PROBE], object)) {
      const patched = applyPatch(fixed, fix ?? []);
      expect(patched.ok).toBe(true);
      fixed = (patched.ok ? patched.object : fixed) as JsonMap;
    }
    expect(judge([PROBE], requestOf(fixed)).findings).toEqual([]);
  });
  test('that do not mend anything are not offered', () => {
    expect(fixes([fixing('a', 'has(object.spec.hostname)', set('subdomain', "'x'"))])).toEqual([undefined]);
  });
  test('that break another rule are not offered', () => {
    const broken = fixing('a', 'has(object.spec.hostname)', set('hostname', "'x'"));
    const guard = policy('b', { subject: 'PodTemplate', validations: [{ expression: '!has(object.spec.hostname)' }] });
    expect(fixes([broken])).toEqual([[{ op: 'add', path: '/spec/template/spec/hostname', value: 'x' }]]);
    expect(fixes([broken, guard])).toEqual([undefined]);
  });
  test('that make another rule fail are not offered', () => {
    const broken = fixing('a', 'has(object.spec.hostname)', set('hostname', "'x'"));
    const failing = policy('b', {
      subject: 'PodTemplate',
      validations: [{ expression: '!has(object.spec.hostname) || object.spec.missing == 1' }],
    });
    expect(fixes([broken, failing])).toEqual([undefined]);
  });
  test('that fail or change nothing are not offered, and no failure of the rule', () => {
    const rules = [
      fixing('a', 'has(object.spec.hostname)', '[JSONPatch{op: "add", path: string(object.missing)}]'),
      fixing('b', 'has(object.spec.hostname)', '[]'),
      fixing('c', 'has(object.spec.hostname)', "[JSONPatch{op: 'remove', path: '/spec/missing'}]"),
      fixing(
        'd',
        'has(object.spec.hostname)',
        "[JSONPatch{op: 'add', path: '/spec/hostname', value: string(resources.get('v1', 'services', 'shop', 'x').name)}]",
      ),
    ].map((rule) => ({ ...rule }));
    const decision = judge(rules, requestOf(deployment([{ name: 'a' }])));
    expect(decision.findings.map(({ fix }) => fix)).toEqual([undefined, undefined, undefined, undefined]);
    expect([decision.failures, decision.notJudged]).toEqual([[], []]);
  });
  test('that disturb each other are proven one by one', () => {
    const policies = [
      fixing('a', "object.spec.?hostname.orValue('') == 'a'", set('hostname', "'a'")),
      fixing('b', "object.spec.?subdomain.orValue('') == 'b'", set('subdomain', "'b'")),
      fixing('c', "object.spec.?hostname.orValue('') == 'c'", set('hostname', "'c'")),
    ];
    expect(fixes(policies).map((fix) => fix?.[0])).toMatchObject([{ value: 'a' }, { value: 'b' }, { value: 'c' }]);
  });
  test('are sought for no more than 64 mistakes of one object', () => {
    const many = Array.from({ length: 100 }, (_, index) => ({ name: `c${index}` }));
    const offered = fixes([PROBE], deployment(many));
    expect([offered.length, offered.filter((fix) => fix !== undefined).length]).toEqual([100, 64]);
  });
  test('may be apply configurations', () => {
    const rule = policy('grace', {
      subject: 'PodTemplate',
      validations: [
        {
          forEach: 'object.spec.containers',
          expression: "item.?imagePullPolicy.orValue('') == 'Always'",
          fix: {
            applyConfiguration: {
              expression:
                "Object{spec: Object.spec{containers: [Object.spec.containers{name: item.name, imagePullPolicy: 'Always'}]}}",
            },
          },
        },
      ],
    });
    expect(fixes([rule])).toEqual([
      [{ op: 'add', path: '/spec/template/spec/containers/0/imagePullPolicy', value: 'Always' }],
    ]);
  });
});

test('the input may be frozen through and through, whatever the verdict', () => {
  const request = requestOf(deployment([{ name: 'a' }]), deployment([{ name: 'b' }]));
  expect(Object.isFrozen(request.object)).toBe(true);
  expect(judge([PROBE], request).findings).toHaveLength(1);
});
