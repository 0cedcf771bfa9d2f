import { describe, expect, test } from 'vitest';
import {
  CREATE,
  denialMessages,
  judgeNative,
  judgeNatives,
  lookupOf,
  validating,
  validatingBinding,
} from '../../../test/support/native.ts';
import { contextOf, requestOf } from '../../../test/support/policies.ts';
import type { JsonMap } from '../../cel/value.ts';
import type { Context } from '../decision.ts';
import { nativeVerdict } from './verdict.ts';

describe('params', () => {
  const config = (name: string, data: JsonMap, labels: JsonMap = {}, namespace = 'shop') => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels },
    data,
  });
  const known = contextOf(
    {},
    lookupOf('configmaps', [
      config('b', { max: '2' }, { set: 'yes' }),
      config('a', { max: '1' }, { set: 'yes' }),
      config('c', { max: '3' }),
      config('central', { max: '4' }, {}, 'policies'),
    ]),
  );
  const spec = {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    validations: [{ expression: 'false', messageExpression: "params == null ? 'none' : string(params.data.max)" }],
  };
  const found = (paramRef: JsonMap, request = CREATE, context: Context = known): readonly string[] =>
    denialMessages(judgeNative(spec, { paramRef: { parameterNotFoundAction: 'Deny', ...paramRef } }, request, context));
  test('come by name, in the namespace of the request or the one that is named', () => {
    expect(found({ name: 'c' })).toEqual(['3']);
    expect(found({ name: 'central', namespace: 'policies' })).toEqual(['4']);
  });
  test('come by selector: one evaluation each', () => {
    expect(found({ selector: { matchLabels: { set: 'yes' } } })).toEqual(['1', '2']);
    expect(found({ selector: {} })).toEqual(['1', '2', '3']);
  });
  test('are null where the binding names none', () => {
    expect(denialMessages(judgeNative(spec))).toEqual(['none']);
  });
  const missing = 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction';
  test('that are missing deny or are passed over', () => {
    expect(found({ name: 'gone' })).toEqual([missing]);
    expect(found({ name: 'gone', parameterNotFoundAction: 'Allow' })).toEqual([]);
  });
  test('that are missing deny whatever the binding warns of, and before any matchCondition', () => {
    const paramRef = { name: 'gone', parameterNotFoundAction: 'Deny' };
    const conditions = { ...spec, matchConditions: [{ name: 'never', expression: 'false' }] };
    const decision = judgeNative(conditions, { paramRef, validationActions: ['Warn'] }, CREATE, known);
    expect(nativeVerdict(decision, CREATE)).toMatchObject({ allowed: false, code: 422, warnings: [] });
    expect(decision.failures).toMatchObject([{ action: 'Deny', rule: 'params', message: missing }]);
  });
  test('cannot come from the namespace of what has none', () => {
    const node = requestOf({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }, null, { namespace: '' });
    expect(found({ name: 'c' }, node)).toEqual([
      'failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
    ]);
  });
  test('that are not known leave the policy not judged', () => {
    const decision = judgeNative(
      spec,
      { paramRef: { name: 'c', parameterNotFoundAction: 'Deny' } },
      CREATE,
      contextOf(),
    );
    expect(decision.notJudged).toEqual([
      { policy: 'p', rule: 'params', message: 'the configmaps of v1 are not known' },
    ]);
    expect(decision.native?.denials).toEqual([]);
  });
  test('of a custom kind are found by its definition, cluster-scoped ones without a namespace', () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'limits.example.com' },
      spec: { group: 'example.com', scope: 'Cluster', names: { kind: 'Limit', plural: 'limitations' } },
    };
    const limit = { apiVersion: 'example.com/v1', kind: 'Limit', metadata: { name: 'l' }, data: { max: '9' } };
    const [definitions, limits] = [
      lookupOf('customresourcedefinitions', [definition]),
      lookupOf('limitations', [limit]),
    ];
    const context = contextOf(
      {},
      { get: limits.get, list: (version, resource, namespace) => definitions.list(version, resource, namespace) },
    );
    const custom = { ...spec, paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' } };
    const ref = (more: JsonMap) => ({ paramRef: { name: 'l', parameterNotFoundAction: 'Deny', ...more } });
    expect(denialMessages(judgeNative(custom, ref({}), CREATE, context))).toEqual(['9']);
    expect(denialMessages(judgeNative(custom, ref({ namespace: 'shop' }), CREATE, context))).toEqual([
      'failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`',
    ]);
  });
});

describe('a paramKind that nothing serves', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'limits.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names: { kind: 'Limit', plural: 'limits' } },
  };
  const context = contextOf({}, lookupOf('customresourcedefinitions', [definition]));
  const documents = (failurePolicy: string): readonly JsonMap[] => [
    validating('p', {
      paramKind: { apiVersion: 'example.com/v1', kind: 'Bound' },
      failurePolicy,
      validations: [{ expression: 'true' }],
    }),
    validatingBinding('a', 'p'),
    validatingBinding('b', 'p', { validationActions: ['Warn'] }),
  ];
  test('fails the policy itself, once, where its group is known', () => {
    const decision = judgeNatives(documents('Fail'), CREATE, context);
    expect(decision.native?.denials).toHaveLength(1);
    expect(nativeVerdict(decision, CREATE).message).toBe(
      "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Bound'",
    );
  });
  test('denies nothing under Ignore, and is not known without a definition of its group', () => {
    expect(judgeNatives(documents('Ignore'), CREATE, context).native?.denials).toEqual([]);
    expect(judgeNatives(documents('Fail'), CREATE, contextOf({}, lookupOf('x', []))).native?.denials).toEqual([]);
  });
});
