import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../../test/support/freeze.ts';
import type { JsonMap } from '../../cel/value.ts';
import { applyConfiguration } from './merge.ts';

const POD = { group: '', version: 'v1', kind: 'Pod' };
const DEPLOYMENT = { group: 'apps', version: 'v1', kind: 'Deployment' };
const WIDGET = { group: 'example.com', version: 'v1', kind: 'Widget' };

function merge(object: JsonMap, configuration: JsonMap, gvk = POD): unknown {
  const merged = applyConfiguration(deepFreeze(object), deepFreeze(configuration), gvk);
  return merged.ok ? merged.object : merged.message;
}

test('maps merge by member, scalars are replaced', () => {
  const deployment = { apiVersion: 'apps/v1', spec: { replicas: 1, paused: true } };
  expect(merge(deployment, { spec: { replicas: 2 } }, DEPLOYMENT)).toEqual({
    apiVersion: 'apps/v1',
    spec: { replicas: 2, paused: true },
  });
  expect(merge({}, { metadata: { labels: { a: 'b' } } })).toEqual({ metadata: { labels: { a: 'b' } } });
});

test('containers merge by name and keep their place; new ones come after those of the configuration before them', () => {
  const pod = {
    spec: {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y' },
      ],
    },
  };
  expect(
    merge(pod, {
      spec: {
        containers: [
          { name: 'b', tty: true },
          { name: 'c', image: 'z' },
        ],
      },
    }),
  ).toEqual({
    spec: {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y', tty: true },
        { name: 'c', image: 'z' },
      ],
    },
  });
});

test('items that both have stand in the order of the configuration', () => {
  const env = (names: string) => ({ spec: { containers: [{ name: 'a', env: [...names].map((name) => ({ name })) }] } });
  expect(merge(env('abcd'), env('ca'))).toEqual(env('bcda'));
  expect(merge(env('ab'), env('xb'))).toEqual(env('axb'));
});

test('a key of a port that is left out has its default', () => {
  const ports = (port: JsonMap) => ({ spec: { containers: [{ name: 'a', ports: [port] }] } });
  expect(merge(ports({ containerPort: 80 }), ports({ containerPort: 80, protocol: 'TCP', name: 'http' }))).toEqual(
    ports({ containerPort: 80, protocol: 'TCP', name: 'http' }),
  );
  expect(merge(ports({ containerPort: 53, protocol: 'UDP' }), ports({ containerPort: 53, name: 'dns' }))).toMatchObject(
    {
      spec: { containers: [{ ports: [{ protocol: 'UDP' }, { name: 'dns' }] }] },
    },
  );
});

test('sets are joined', () => {
  expect(merge({ metadata: { finalizers: ['a', 'b'] } }, { metadata: { finalizers: ['b', 'c'] } })).toEqual({
    metadata: { finalizers: ['a', 'b', 'c'] },
  });
});

test('an item that the object has twice is replaced by the one of the configuration', () => {
  const env = (...items: JsonMap[]) => ({ spec: { containers: [{ name: 'a', env: items }] } });
  expect(merge(env({ name: 'x', value: '1' }, { name: 'x', value: '2' }), env({ name: 'x', value: '3' }))).toEqual(
    env({ name: 'x', value: '3' }),
  );
  const twice = env({ name: 'x', value: '1' }, { name: 'x', value: '2' });
  expect(merge(twice, env())).toEqual(twice);
});

describe('what Kubernetes refuses', () => {
  test.each([
    [
      { spec: { tolerations: [{ key: 'a' }] } },
      'applyConfiguration: /spec/tolerations is an atomic list and cannot be merged: use a jsonPatch',
    ],
    [
      { spec: { nodeSelector: { a: 'b' } } },
      'applyConfiguration: /spec/nodeSelector is atomic and cannot be merged: use a jsonPatch',
    ],
    [
      { spec: { imagePullSecrets: [{ name: 'a' }] } },
      'applyConfiguration: /spec/imagePullSecrets/0 is atomic and cannot be merged: use a jsonPatch',
    ],
    [
      { spec: { containers: [{ name: 'a', command: ['x'] }] } },
      'applyConfiguration: /spec/containers/0/command is an atomic list and cannot be merged: use a jsonPatch',
    ],
    [{ spec: { containers: [{ image: 'a' }] } }, 'applyConfiguration: /spec/containers/0 has none of the keys name'],
    [
      { spec: { containers: [{ name: 'a' }, { name: 'a' }] } },
      'applyConfiguration: /spec/containers/1 has the same key as an item before it',
    ],
    [{ spec: { containers: { name: 'a' } } }, 'applyConfiguration: /spec/containers must be a list'],
    [{ spec: [] }, 'applyConfiguration: /spec must be an object'],
  ])('%j', (configuration: JsonMap, message: string) => expect(merge({}, configuration)).toBe(message));
  test('lists of a kind without a known schema', () => {
    expect(merge({}, { spec: { items: [] } }, WIDGET)).toBe(
      'applyConfiguration: /spec/items is an atomic list and cannot be merged: use a jsonPatch',
    );
  });
});

test('null removes a scalar and leaves maps and lists alone', () => {
  const pod = {
    spec: {
      hostname: 'a',
      containers: [{ name: 'a' }],
      securityContext: { runAsUser: 1 },
      tolerations: [{ key: 'a' }],
    },
  };
  expect(
    merge(pod, {
      spec: { hostname: null, containers: null, securityContext: null, tolerations: null, subdomain: null },
    }),
  ).toEqual({
    spec: { containers: [{ name: 'a' }], securityContext: { runAsUser: 1 } },
  });
});

test('empty maps are written', () => {
  expect(merge({ spec: {} }, { spec: { securityContext: {} } })).toEqual({ spec: { securityContext: {} } });
});

test('a kind without a known schema merges maps by member', () => {
  expect(merge({ spec: { a: { b: 1 } } }, { spec: { a: { c: 2 } } }, WIDGET)).toEqual({ spec: { a: { b: 1, c: 2 } } });
});

test('members named like those of every JavaScript object are plain members', () => {
  const annotations = JSON.parse('{"constructor":"a","__proto__":"b"}');
  const merged = applyConfiguration({ metadata: {} }, { metadata: { annotations } }, POD);
  expect(JSON.stringify(merged)).toBe(
    '{"ok":true,"object":{"metadata":{"annotations":{"constructor":"a","__proto__":"b"}}}}',
  );
});

test('a configuration that says what is there changes nothing: the same reference comes back', () => {
  const pod = {
    spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }], terminationGracePeriodSeconds: 30 },
  };
  const merged = applyConfiguration(
    pod,
    { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }], terminationGracePeriodSeconds: 30 } },
    POD,
  );
  expect(merged).toMatchObject({ ok: true });
  expect(merged.ok && merged.object).toBe(pod);
});

test('applying twice is applying once, and the input never changes', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const items = fc.uniqueArray(fc.record({ name, value: fc.constantFrom('1', '2') }), {
    selector: (item) => item.name,
  });
  const containers = fc.uniqueArray(fc.record({ name, env: items }), { selector: (item) => item.name });
  const pod = fc.record({
    metadata: fc.record({ labels: fc.dictionary(name, name) }),
    spec: fc.record({ containers }),
  });
  fc.assert(
    fc.property(pod, pod, (object, configuration) => {
      const once = applyConfiguration(deepFreeze(object), deepFreeze(configuration), POD);
      expect(once.ok).toBe(true);
      const twice = applyConfiguration(once.ok ? once.object : {}, configuration, POD);
      expect(twice.ok && twice.object).toBe(once.ok && once.object);
    }),
  );
});
