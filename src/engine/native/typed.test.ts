/** What the API server's Go structs make of objects and params, as the differential test has seen it. */
import { expect, test } from 'vitest';
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
import { mutate } from '../mutate.ts';

const configMap = (data: JsonMap): JsonMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'shop' },
  ...data,
});

const refusalOf = (policy: JsonMap, object: JsonMap, binding: JsonMap = {}, params: readonly JsonMap[] = []) => {
  const plural = `${String(params[0]?.['kind']).toLowerCase()}s`;
  const set = nativeSet([policy, mutatingBinding('b', 'p', binding)]);
  return mutate(set, requestOf(object), contextOf({}, lookupOf(plural, params))).native?.refusal?.message;
};

const paramRef = { name: 'c', parameterNotFoundAction: 'Deny' };
const naming = applyConfiguration('Object{metadata: Object.metadata{labels: {"of": params.kind}}}');

test('a param of a built-in kind has no kind where it mutates', () => {
  const policy = mutating('p', [naming], { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } });
  expect(refusalOf(policy, configMap({}), { paramRef }, [configMap({})])).toContain('no such key: kind');
});

test('a param of a custom kind has one', () => {
  const policy = mutating('p', [naming], { paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' } });
  const limit = { ...configMap({}), apiVersion: 'example.com/v1', kind: 'Limit' };
  expect(refusalOf(policy, configMap({}), { paramRef }, [limit])).toBeUndefined();
});

test('nothing is merged into a Scale', () => {
  const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 's', namespace: 'shop' } };
  const policy = mutating('p', [applyConfiguration('Object{spec: Object.spec{replicas: 2}}')]);
  expect(refusalOf(policy, scale)).toBe(
    "policy 'p' with binding 'b' denied request: error applying patch: failed to convert patch object to typed object: no corresponding type for autoscaling/v1, Kind=Scale",
  );
});

test('a map that one mutation empties is not there for the next, save in a custom resource', () => {
  const policy = mutating('p', [
    jsonPatch('[JSONPatch{op: "remove", path: "/data/only"}]'),
    jsonPatch('[JSONPatch{op: "add", path: "/data/next", value: "x"}]'),
  ]);
  const object = configMap({ data: { only: 'y' } });
  expect(refusalOf(policy, object)).toContain('add operation does not apply: doc is missing path: "/data/next"');
  expect(refusalOf(policy, { ...object, apiVersion: 'example.com/v1', kind: 'Thing' })).toBeUndefined();
});
