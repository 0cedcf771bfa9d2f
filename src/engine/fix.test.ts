import { describe, expect, test } from 'vitest';
import { contextOf, deployment, PROBE, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import { decide } from './decide.ts';
import type { Context, Decision, Request } from './decision.ts';
import { applyPatch } from './object/patch.ts';

const judge = (policies: readonly JsonMap[], request: Request, context: Context = contextOf()): Decision =>
  decide(setOf(policies), request, context);

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
  test('that would show what a Secret holds are not offered, as they are written nor decoded', () => {
    const secret: JsonMap = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', labels: {} },
      data: { password: 'aHVudGVyMg==' },
      stringData: { user: 'hun"ter' },
    };
    const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['secrets'] }];
    const fixOf = (value: string): unknown => {
      const expression = `[JSONPatch{op: 'add', path: '/metadata/labels/a', value: ${value}}]`;
      const validations = [{ expression: 'has(object.metadata.labels.a)', fix: { jsonPatch: { expression } } }];
      return judge([policy('a', { matchConstraints: { resourceRules }, validations })], requestOf(secret)).findings[0]
        ?.fix;
    };
    expect(fixOf("'b'")).toEqual([{ op: 'add', path: '/metadata/labels/a', value: 'b' }]);
    expect([fixOf('object.data.password'), fixOf("'x' + object.stringData.user"), fixOf("'hunter2'")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
  test('are not sought where nobody asks for them', () => {
    const decision = judge([PROBE], requestOf(deployment([{ name: 'a' }])), { ...contextOf(), proofs: 0 });
    expect(decision.findings.map(({ fix }) => fix)).toEqual([undefined]);
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
  test('that mend nothing, or break another rule, take nothing from the others', () => {
    const good = fixing('a', "object.spec.?hostname.orValue('') == 'a'", set('hostname', "'a'"));
    const idle = fixing('b', 'has(object.spec.subdomain)', set('schedulerName', "'b'"));
    const breaking = fixing('c', 'has(object.spec.priorityClassName)', set('priorityClassName', "'c'"));
    const guard = policy('d', {
      subject: 'PodTemplate',
      validations: [{ expression: '!has(object.spec.priorityClassName)' }],
    });
    const offered = (...policies: readonly JsonMap[]) => fixes(policies).map((fix) => fix?.[0]);
    expect(offered(good, idle)).toMatchObject([{ value: 'a' }, undefined]);
    expect(offered(good, breaking, guard)).toMatchObject([{ value: 'a' }, undefined]);
    expect(offered(good, idle, breaking, guard)).toMatchObject([{ value: 'a' }, undefined, undefined]);
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
