import { describe, expect, test } from 'vitest';
import {
  CREATE,
  denialMessages,
  judgeNative,
  judgeNatives,
  lookupOf,
  validating,
  validatingBinding,
  WEB,
} from '../../../test/support/native.ts';
import { contextOf, NO_LOOKUP, requestOf } from '../../../test/support/policies.ts';
import type { JsonMap } from '../../cel/value.ts';
import type { Context, Decision } from '../decision.ts';
import { nativeVerdict } from './verdict.ts';

describe('a validation', () => {
  test('that holds says nothing', () => {
    const decision = judgeNative({ validations: [{ expression: "object.kind == 'Pod'" }] });
    expect([decision.findings, decision.failures, decision.native?.denials]).toEqual([[], [], []]);
  });
  test('that does not is a finding with the words of the API server', () => {
    const decision = judgeNative({ validations: [{ expression: ' false ', reason: 'Forbidden' }] });
    expect(decision.findings).toMatchObject([
      { policy: 'p', binding: 'b', rule: 'rule-1', action: 'Deny', tolerated: false, reason: 'Forbidden' },
    ]);
    expect(nativeVerdict(decision, CREATE)).toEqual({
      allowed: false,
      code: 403,
      reason: 'Forbidden',
      message:
        "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: false",
      warnings: [],
      auditAnnotations: {},
    });
  });
  test('counts as invalid without a reason', () => {
    expect(nativeVerdict(judgeNative({ validations: [{ expression: 'false' }] }), CREATE)).toMatchObject({
      code: 422,
      reason: 'Invalid',
    });
  });
  test('comes in order, each with its own message', () => {
    const decision = judgeNative({
      validations: [
        { expression: 'false', message: ' first ' },
        { expression: 'true' },
        { expression: 'false', messageExpression: "'third of ' + object.metadata.name", message: 'unused' },
      ],
    });
    expect(denialMessages(decision)).toEqual(['first', 'third of web']);
    expect(decision.native?.denials.map(({ expressionIndex }) => expressionIndex)).toEqual([0, 2]);
  });
  test.each([
    ['an error', 'object.nothing.at.all'],
    ['nothing but spaces', "'  '"],
    ['several lines', "'a\\nb'"],
    ['more than 5 KiB', "'0123456789'.replace('', '0123456789'.replace('', '0123456789'.replace('', '0123456789')))"],
  ])('falls back to its message where the messageExpression gives %s', (_what, messageExpression) => {
    const expression = messageExpression.startsWith('object') ? `string(${messageExpression})` : messageExpression;
    const validations = [{ expression: 'false', messageExpression: expression, message: 'plain' }];
    expect(denialMessages(judgeNative({ validations }))).toEqual(['plain']);
  });
});

describe('the authorizer', () => {
  const check = "authorizer.requestResource.check('delete')";
  const spec = {
    variables: [{ name: 'allowed', expression: `${check}.allowed()` }],
    validations: [
      { expression: 'variables.allowed', messageExpression: "variables.allowed ? 'yes' : 'no'", message: 'plain' },
      { expression: `${check}.reason() == 'a role'` },
    ],
  };
  const answering = (allowed: boolean): Context => {
    const decision = { allowed, reason: allowed ? 'a role' : '' };
    return { ...contextOf(), authorization: { review: () => decision } };
  };
  test('answers validations, and no message, not even by a variable', () => {
    expect(denialMessages(judgeNative(spec, {}, CREATE, answering(true)))).toEqual([]);
    expect(denialMessages(judgeNative(spec, {}, CREATE, answering(false)))).toEqual([
      'plain',
      `failed expression: ${check}.reason() == 'a role'`,
    ]);
  });
  test('leaves unjudged what nobody answers', () => {
    expect(judgeNative(spec)).toMatchObject({ findings: [], notJudged: [{ rule: 'rule-1' }, { rule: 'rule-2' }] });
  });
});

// What the API server's own compiler takes, and answers, with the same variables.
describe('a variable', () => {
  test.each([
    ['object.?spec.?nope', 'variables.v.orValue(true)'],
    ['object.?metadata.?name', "variables.v.orValue('') == 'web'"],
    ['object.?metadata', 'variables.v != 1'],
    ["quantity('2')", "variables.v.isGreaterThan(quantity('1'))"],
    ['[optional.of(1)]', 'variables.v[0].orValue(2) == 1'],
    ['request.kind', "!has(variables.v.nope) && variables.v.kind == 'Pod'"],
    ['[1, 2]', 'variables.v[0] + 1 == 2'],
  ])('of %s may be used in %s', (expression, validation) => {
    const decision = judgeNative({ variables: [{ name: 'v', expression }], validations: [{ expression: validation }] });
    expect([decision.findings, decision.failures]).toEqual([[], []]);
  });
});

describe('an error', () => {
  const validations = [{ expression: 'object.spec.nothing == 1' }];
  const message = "expression 'object.spec.nothing == 1' resulted in error: no such key: spec";
  test('denies under failurePolicy Fail, as the binding acts', () => {
    const decision = judgeNative({ validations }, { validationActions: ['Warn', 'Audit'] });
    expect(decision.failures).toEqual([
      { policy: 'p', rule: 'rule-1', action: 'Warn', failurePolicy: 'Fail', message },
    ]);
    expect(nativeVerdict(decision, CREATE)).toEqual({
      allowed: true,
      code: 200,
      reason: '',
      message: '',
      warnings: [`Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': ${message}`],
      auditAnnotations: {
        'validation.policy.admission.k8s.io/validation_failure': JSON.stringify([
          { message, policy: 'p', binding: 'b', expressionIndex: 0, validationActions: ['Warn', 'Audit'] },
        ]),
      },
    });
  });
  test('is reported and denies nothing under Ignore', () => {
    const decision = judgeNative({ validations, failurePolicy: 'Ignore' });
    expect([decision.failures.length, decision.native?.denials]).toEqual([1, []]);
  });
  test('of a variable names the variables on the way', () => {
    const decision = judgeNative({
      variables: [
        { name: 'a', expression: 'object.nothing' },
        { name: 'b', expression: 'variables.a' },
      ],
      validations: [{ expression: 'variables.b == 1' }],
    });
    const inner = 'composited variable "a" fails to evaluate: no such key: nothing';
    const outer = `composited variable "b" fails to evaluate: ${inner}`;
    expect(denialMessages(decision)).toEqual([`expression 'variables.b == 1' resulted in error: ${outer}`]);
  });
});

describe('costs', () => {
  // Each costs some more than 900,000 of the 1,000,000 that an expression may cost.
  const list = '[0,1,2,3,4,5,6,7,8,9]';
  const nested = (depth: number): string =>
    depth === 0 ? 'true' : `${list}.all(${'abcdefgh'[depth]}, ${nested(depth - 1)})`;
  test('end one expression past its own limit', () => {
    expect(denialMessages(judgeNative({ validations: [{ expression: nested(6) }, { expression: 'false' }] }))).toEqual([
      `expression '${nested(6)}' resulted in error: operation cancelled: actual cost limit exceeded`,
      'failed expression: false',
    ]);
  });
  test('end the whole evaluation past the limit of the policy', () => {
    const validations = Array.from({ length: 40 }, () => ({ expression: nested(5) }));
    expect(denialMessages(judgeNative({ validations: [{ expression: 'false' }, ...validations] }))).toEqual([
      'validation failed due to running out of cost budget, no further validation rules will be run',
    ]);
  });
  test('of matchConditions have a limit of their own', () => {
    const matchConditions = Array.from({ length: 12 }, (_, index) => ({ name: `c${index}`, expression: nested(5) }));
    expect(denialMessages(judgeNative({ matchConditions, validations: [{ expression: 'true' }] }))).toEqual([
      'validation failed due to running out of cost budget, no further validation rules will be run',
    ]);
  });
  test('of messages come from what the validations left, and fail all of them', () => {
    const messageExpression = `${nested(5)} ? 'a' : 'b'`;
    const validations = Array.from({ length: 20 }, (_, index) => ({
      expression: index === 0 ? 'false' : nested(5),
      messageExpression,
    }));
    const found = denialMessages(judgeNative({ validations }));
    expect(found).toHaveLength(20);
    expect(new Set(found)).toEqual(
      new Set([
        'failed messageExpression: validation failed due to running out of cost budget, no further validation rules will be run',
      ]),
    );
  });
});

describe('matchConditions', () => {
  const conditions = (...expressions: readonly string[]): JsonMap => ({
    matchConditions: expressions.map((expression, index) => ({ name: `c${index}`, expression })),
    validations: [{ expression: 'false', message: 'judged' }],
  });
  const error = 'object.missing == 1';
  const failure = `expression '${error}' resulted in error: no such key: missing`;
  test.each([
    ['all true', ['true', 'true'], ['judged']],
    ['one false', ['true', 'false'], []],
    ['an error and then a false', [error, 'false'], []],
    ['an error and a true', ['true', error], [failure]],
    ['the same error twice', [error, error], [failure]],
    ['two errors', [error, 'object.other == 1'], [`[${failure}, ${failure.replaceAll('missing', 'other')}]`]],
  ])('%s', (_what, expressions, expected) => {
    expect(denialMessages(judgeNative(conditions(...expressions)))).toEqual(expected);
  });
  test('that fail under Ignore skip the policy', () => {
    expect(denialMessages(judgeNative({ ...conditions(error), failurePolicy: 'Ignore' }))).toEqual([]);
  });
  test('see no Namespace, and the validations do', () => {
    const decision = judgeNative({
      matchConditions: [{ name: 'none', expression: 'namespaceObject == null' }],
      validations: [{ expression: "namespaceObject.metadata.name != 'shop'", message: 'judged' }],
    });
    expect(denialMessages(decision)).toEqual(['judged']);
  });
});

describe('auditAnnotations', () => {
  const annotated = (valueExpression: string, more: JsonMap = {}): Decision =>
    judgeNative({ auditAnnotations: [{ key: 'note', valueExpression }], ...more });
  test('are trimmed and named after the policy', () => {
    expect(annotated("' ' + object.metadata.name").native?.auditAnnotations).toEqual({ 'p/note': 'web' });
  });
  test.each([['null'], ["' '"]])('are left out for %s', (expression) => {
    expect(annotated(expression).native?.auditAnnotations).toEqual({});
  });
  test('that fail refuse whatever the binding only warns of', () => {
    const spec = { auditAnnotations: [{ key: 'note', valueExpression: 'string(object.nothing)' }] };
    const decision = judgeNative(spec, { validationActions: ['Warn'] });
    const message = "expression 'string(object.nothing)' resulted in error: no such key: nothing";
    expect(decision.native?.denials).toEqual([
      { policy: 'p', binding: 'b', actions: ['Deny'], message, expressionIndex: 0 },
    ]);
    expect(denialMessages(judgeNative({ ...spec, failurePolicy: 'Ignore' }))).toEqual([]);
  });
  test('of several bindings are joined, each value once', () => {
    const context = contextOf(
      {},
      lookupOf(
        'configmaps',
        ['x', 'y'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' } })),
      ),
    );
    const bind = (name: string, param: string) =>
      validatingBinding(name, 'p', { paramRef: { name: param, parameterNotFoundAction: 'Deny' } });
    const spec = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      auditAnnotations: [{ key: 'by', valueExpression: 'string(params.metadata.name)' }],
    };
    const documents = [validating('p', spec), bind('b1', 'x'), bind('b2', 'y'), bind('b3', 'x')];
    expect(judgeNatives(documents, CREATE, context).native?.auditAnnotations).toEqual({ 'p/by': 'x, y' });
  });
});

describe('bindings', () => {
  const deny = validating('p', { validations: [{ expression: 'false' }] });
  test('each judge by themselves, in the order of their names', () => {
    const { native, findings } = judgeNatives([deny, validatingBinding('z', 'p'), validatingBinding('a', 'p')]);
    expect(native?.denials.map(({ binding }) => binding)).toEqual(['a', 'z']);
    expect(findings.map(({ binding }) => binding)).toEqual(['a', 'z']);
  });
  test('narrow what the policy matches', () => {
    const only = (namespaceSelector: JsonMap): number =>
      judgeNative(
        { validations: [{ expression: 'false' }] },
        { matchResources: { namespaceSelector } },
        CREATE,
        contextOf({ env: 'prod' }),
      ).findings.length;
    expect([only({ matchLabels: { env: 'prod' } }), only({ matchLabels: { env: 'test' } })]).toEqual([1, 0]);
  });
  test('with rules match those alone, and with excluded ones all others', () => {
    const rule = (resource: string) => [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource] },
    ];
    const found = (matchResources: JsonMap): number =>
      judgeNative({ validations: [{ expression: 'false' }] }, { matchResources }).findings.length;
    expect(found({ resourceRules: rule('pods') })).toBe(1);
    expect(found({ resourceRules: rule('secrets') })).toBe(0);
    expect(found({ excludeResourceRules: rule('pods') })).toBe(0);
    expect(found({ excludeResourceRules: rule('secrets') })).toBe(1);
  });
  test('are in force in namespaces that are excluded from all else, and for objects of controllers', () => {
    const owned = {
      ...WEB,
      metadata: { name: 'web', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }] },
    };
    const request = requestOf(owned, owned, { namespace: 'kube-system' });
    expect(judgeNatives([deny, validatingBinding('b', 'p')], request).findings).toHaveLength(1);
  });
  test('say nothing about policies and webhooks', () => {
    const policy = requestOf({ ...deny, metadata: { name: 'p' } }, null, { namespace: '' });
    expect(judgeNatives([deny, validatingBinding('b', 'p')], policy).native?.denials).toEqual([]);
  });
  test('with a selector for a Namespace that is not known are not judged', () => {
    const matchResources = { namespaceSelector: { matchLabels: { env: 'prod' } } };
    const decision = judgeNative({ validations: [{ expression: 'false' }] }, { matchResources }, CREATE, {
      namespace: undefined,
      lookup: NO_LOOKUP,
      now: 0,
    });
    expect(decision.notJudged).toMatchObject([{ policy: 'p', rule: 'matchConstraints' }]);
  });
});

describe('a request about a Namespace', () => {
  test('has no namespaceObject, although it carries its own name', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
    const request = requestOf(namespace, null, { resource: { group: '', version: 'v1', resource: 'namespaces' } });
    const validations = [{ expression: 'namespaceObject != null', message: 'none' }];
    expect(denialMessages(judgeNative({ validations }, {}, request))).toEqual(['none']);
  });
});

describe('an UPDATE that changes nothing', () => {
  test('is judged all the same, and nothing is tolerated', () => {
    const request = requestOf(WEB, WEB);
    const { findings } = judgeNative({ validations: [{ expression: 'false' }] }, {}, request);
    expect(findings.map(({ tolerated }) => tolerated)).toEqual([false]);
  });
});
