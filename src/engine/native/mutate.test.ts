import { describe, expect, test } from 'vitest';
import {
  applyConfiguration,
  jsonPatch,
  lookupOf,
  mutating,
  mutatingBinding,
  nativeSet,
} from '../../../test/support/native.ts';
import { contextOf, requestOf } from '../../../test/support/policies.ts';
import type { JsonMap } from '../../cel/value.ts';
import type { Context, Mutation, Request } from '../decision.ts';
import { mutate } from '../mutate.ts';
import { applyPatch } from '../object/patch.ts';
import { nativeMutationVerdict } from './verdict.ts';

const pod = (metadata: JsonMap = {}): JsonMap => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  spec: { containers: [{ name: 'app', image: 'app:1' }] },
});

const run = (documents: readonly JsonMap[], request: Request = requestOf(pod()), context: Context = contextOf()) =>
  mutate(nativeSet(documents), request, context);

/** Policies by name, each under a binding of its own name. */
const bound = (...policies: readonly JsonMap[]): readonly JsonMap[] =>
  policies.flatMap((policy) => {
    const { name } = policy['metadata'] as { readonly name: string };
    return [policy, mutatingBinding(name, name)];
  });

const label = (name: string, value: string): JsonMap =>
  applyConfiguration(`Object{metadata: Object.metadata{labels: {${JSON.stringify(name)}: ${value}}}}`);

const labelsOf = ({ object }: Mutation): unknown =>
  (object as JsonMap & { readonly metadata: JsonMap }).metadata['labels'];

describe('a mutation', () => {
  test('by applyConfiguration merges, by jsonPatch patches', () => {
    const mutation = run(
      bound(
        mutating('p', [
          applyConfiguration(
            "Object{spec: Object.spec{containers: [Object.spec.containers{name: 'app', imagePullPolicy: 'Always'}]}}",
          ),
          jsonPatch("[JSONPatch{op: 'add', path: '/metadata/labels', value: {'a': 'b'}}]"),
        ]),
      ),
    );
    const expected = {
      ...pod({ labels: { a: 'b' } }),
      spec: { containers: [{ name: 'app', image: 'app:1', imagePullPolicy: 'Always' }] },
    };
    expect(mutation.object).toEqual(expected);
    expect(mutation.native?.object).toEqual(expected);
    expect(applyPatch(pod(), mutation.patch)).toEqual({ ok: true, object: expected });
    expect(nativeMutationVerdict(mutation)).toMatchObject({ allowed: true });
  });
  test('sees what the one before it made, and variables made anew', () => {
    const variables = [{ name: 'count', expression: "size(object.metadata.?labels.orValue({'none': ''}))" }];
    const mutations = [label('a', "'x'"), label('b', "'y'"), label('c', 'string(variables.count)')];
    expect(labelsOf(run(bound(mutating('p', mutations, { variables }))))).toEqual({ a: 'x', b: 'y', c: '2' });
  });
  test('names the places that it changed', () => {
    expect(run(bound(mutating('p', [label('a', "'x'")]))).changes).toEqual([
      { policy: 'p', action: 'Mutate', path: ['metadata', 'labels'] },
    ]);
  });
  test('comes to objects of controllers too, and to namespaces that are excluded from all else', () => {
    const owned = pod({ ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }] });
    const request = requestOf(owned, null, { namespace: 'kube-system' });
    expect(labelsOf(run(bound(mutating('p', [label('a', "'x'")])), request))).toEqual({ a: 'x' });
  });
  test('of what is deleted does nothing', () => {
    const request = requestOf(pod(), pod(), { operation: 'DELETE', object: null });
    expect(run(bound(mutating('p', [label('a', "'x'")])), request)).toMatchObject({ object: null, failures: [] });
  });
  test('is repeated for each param, in the order of their names', () => {
    const config = (name: string, value: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'shop' },
      data: { value },
    });
    const context = contextOf({}, lookupOf('configmaps', [config('b', 'last'), config('a', 'first')]));
    const documents = [
      mutating('p', [label('v', "object.metadata.?labels.v.orValue('') + params.data.value")], {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      }),
      mutatingBinding('b', 'p', { paramRef: { selector: {}, parameterNotFoundAction: 'Deny' } }),
    ];
    expect(labelsOf(run(documents, requestOf(pod()), context))).toEqual({ v: 'firstlast' });
  });
});

describe('reinvocation', () => {
  const append = (letter: string): JsonMap => label('seen', `object.metadata.?labels.seen.orValue('') + '${letter}'`);
  test('repeats once those that ask for it, after something was applied', () => {
    const policies = bound(
      mutating('a', [append('a')], { reinvocationPolicy: 'IfNeeded' }),
      mutating('b', [append('b')]),
      mutating('c', [append('c')], { reinvocationPolicy: 'IfNeeded' }),
    );
    expect(labelsOf(run(policies))).toEqual({ seen: 'abcac' });
  });
  test('does not come to a policy whose conditions did not hold the first time', () => {
    const late = mutating('a', [append('a')], {
      reinvocationPolicy: 'IfNeeded',
      matchConditions: [{ name: 'late', expression: 'has(object.metadata.labels)' }],
    });
    expect(labelsOf(run(bound(late, mutating('b', [append('b')]))))).toEqual({ seen: 'b' });
  });
  test('that refuses leaves nothing of the first round', () => {
    const once = jsonPatch("[JSONPatch{op: 'remove', path: '/metadata/labels'}]");
    const request = requestOf(pod({ labels: { a: 'b' } }));
    const mutation = run(bound(mutating('p', [once], { reinvocationPolicy: 'IfNeeded' })), request);
    expect(mutation.native?.object).toBe(request.object);
    expect([mutation.native?.refusal?.reason, mutation.patch]).toEqual(['Invalid', []]);
  });
  test('asks the conditions of all again: an error refuses', () => {
    const first = mutating('a', [append('a')], {
      matchConditions: [{ name: 'once', expression: 'has(object.metadata.labels) ? object.nothing == 1 : true' }],
    });
    expect(run(bound(first)).native?.refusal?.message).toBe(
      "policy 'a' with binding 'a' denied request: " +
        "expression 'has(object.metadata.labels) ? object.nothing == 1 : true' resulted in error: no such key: nothing",
    );
  });
});

describe('params of a mutation', () => {
  const probe = (paramKind: JsonMap, param: JsonMap, resource: string): Mutation =>
    run(
      [
        mutating('p', [label('kind', "has(params.kind) ? string(params.kind) : 'none'")], { paramKind }),
        mutatingBinding('b', 'p', { paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } }),
      ],
      requestOf(pod()),
      contextOf({}, lookupOf(resource, [param])),
    );
  const metadata = { name: 'x', namespace: 'shop' };
  test('of a built-in kind do not say it, and custom ones do', () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    expect(labelsOf(probe({ apiVersion: 'v1', kind: 'ConfigMap' }, config, 'configmaps'))).toEqual({ kind: 'none' });
    const limit = { apiVersion: 'example.com/v1', kind: 'Limit', metadata };
    expect(labelsOf(probe({ apiVersion: 'example.com/v1', kind: 'Limit' }, limit, 'limits'))).toEqual({
      kind: 'Limit',
    });
  });
});

describe('an error', () => {
  const failing = label('a', 'object.nothing');
  const text =
    'expression \'Object{metadata: Object.metadata{labels: {"a": object.nothing}}}\' resulted in error: no such key: nothing';
  test('refuses under failurePolicy Fail, and nothing is changed', () => {
    const mutation = run(bound(mutating('p', [failing, label('b', "'y'")])));
    expect(nativeMutationVerdict(mutation)).toEqual({
      allowed: false,
      code: 403,
      reason: 'Invalid',
      message: `policy 'p' with binding 'p' denied request: ${text}`,
      warnings: [],
      auditAnnotations: {},
    });
    expect(mutation.patch).toEqual([]);
    expect(mutation.failures).toEqual([
      { policy: 'p', rule: 'rule-1', action: 'Mutate', failurePolicy: 'Fail', message: text },
    ]);
  });
  test('leaves out that mutation alone under Ignore', () => {
    const mutation = run(bound(mutating('p', [failing, label('b', "'y'")], { failurePolicy: 'Ignore' })));
    expect(labelsOf(mutation)).toEqual({ b: 'y' });
    expect(mutation.failures).toEqual([
      { policy: 'p', rule: 'rule-1', action: 'Mutate', failurePolicy: 'Ignore', message: text },
    ]);
  });
  test('of the params is said before any other', () => {
    const params = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
    const documents = [
      ...bound(mutating('a', [failing])),
      mutating('z', [label('b', "'y'")], params),
      mutatingBinding('z', 'z', { paramRef: { name: 'gone', parameterNotFoundAction: 'Deny' } }),
    ];
    const mutation = run(documents, requestOf(pod()), contextOf({}, lookupOf('configmaps', [])));
    expect(mutation.native?.refusal).toEqual({
      code: 403,
      reason: 'Forbidden',
      message:
        "policy 'z' with binding 'z' denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
    });
  });
  test('is an atomic list in a configuration, in the words of the API server', () => {
    const atomic = applyConfiguration("Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: 'k'}]}}");
    expect(run(bound(mutating('p', [atomic]))).native?.refusal?.message).toBe(
      "policy 'p' with binding 'p' denied request: error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.tolerations",
    );
  });
  test('is no failed test of a patch: that leaves the object as it is', () => {
    const tested = jsonPatch(
      "[JSONPatch{op: 'test', path: '/kind', value: 'Service'}, JSONPatch{op: 'remove', path: '/spec'}]",
    );
    const mutation = run(bound(mutating('p', [tested])));
    expect([mutation.patch, mutation.failures]).toEqual([[], []]);
  });
});

describe('a custom resource', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'shops.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Shop', plural: 'shops' },
      versions: [
        {
          name: 'v1',
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  properties: {
                    doors: {
                      type: 'array',
                      'x-kubernetes-list-type': 'map',
                      'x-kubernetes-list-map-keys': ['name'],
                      items: { type: 'object', properties: { name: { type: 'string' }, width: { type: 'integer' } } },
                    },
                  },
                },
              },
            },
          },
        },
      ],
    },
  };
  const shop = {
    apiVersion: 'example.com/v1',
    kind: 'Shop',
    metadata: { name: 's' },
    spec: { doors: [{ name: 'front', width: 1 }] },
  };
  const widen = bound(
    mutating('p', [
      applyConfiguration("Object{spec: Object.spec{doors: [Object.spec.doors{name: 'front', locked: true}]}}"),
    ]),
  );
  test('merges by the keys of its definition', () => {
    const context = contextOf({}, lookupOf('customresourcedefinitions', [definition]));
    expect(run(widen, requestOf(shop), context).object).toEqual({
      ...shop,
      spec: { doors: [{ name: 'front', width: 1, locked: true }] },
    });
  });
  test('without one has atomic lists, which no configuration may name', () => {
    expect(run(widen, requestOf(shop)).native?.refusal?.message).toContain('may not mutate atomic arrays');
  });
});
