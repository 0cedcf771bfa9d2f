import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../../test/support/freeze.ts';
import { deployment, pod } from '../../../test/support/policies.ts';
import type { JsonMap } from '../../cel/value.ts';
import { withDefaults } from './defaults.ts';
import { KIND_DEFAULTS } from './defaults-table.ts';

// That the values are the API server's is proven on a real one: test/cluster/defaults.test.ts.
const at = (object: JsonMap, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], object);

const container = (object: JsonMap, ...path: (string | number)[]): unknown =>
  at(withDefaults(object), 'spec', 'containers', 0, ...path);

describe('what was not written is filled in', () => {
  test('everywhere in a Pod', () => {
    const object = pod([{ name: 'a', readinessProbe: { httpGet: { port: 80 } } }]);
    expect(at(withDefaults(object), 'spec', 'terminationGracePeriodSeconds')).toBe(30);
    expect(container(object, 'readinessProbe')).toEqual({
      httpGet: { port: 80, path: '/', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
      successThreshold: 1,
      failureThreshold: 3,
    });
  });
  test.each([
    ['nginx', 'Always'],
    ['nginx:latest', 'Always'],
    ['nginx:1', 'IfNotPresent'],
    ['localhost:5000/nginx', 'Always'],
    [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
    [`nginx:latest@sha256:${'a'.repeat(64)}`, 'Always'],
    ['Nginx', 'IfNotPresent'],
    ['nginx@latest', 'IfNotPresent'],
    ['', 'IfNotPresent'],
  ])('the pull policy of %j: %s', (image, expected) => {
    expect(container(pod([{ name: 'a', image }]), 'imagePullPolicy')).toBe(expected);
  });
  test('but nothing that was written is changed, be it 0, false or another word', () => {
    const spec = { replicas: 0, revisionHistoryLimit: 0, strategy: { type: 'Recreate' } };
    expect(withDefaults(deployment([], {}, spec))['spec']).toMatchObject(spec);
    expect(at(withDefaults(deployment([], {}, spec)), 'spec', 'strategy')).toEqual({ type: 'Recreate' });
  });
});

describe('requests from limits and ports of the node', () => {
  const containers = [{ name: 'a', ports: [{ containerPort: 80 }], resources: { limits: { cpu: 2 } } }];
  test('come to a Pod', () => {
    const object = pod(containers);
    const hosted = { ...object, spec: { ...(object['spec'] as JsonMap), hostNetwork: true } };
    expect(container(hosted, 'resources')).toEqual({ limits: { cpu: '2' }, requests: { cpu: '2' } });
    expect(container(hosted, 'ports', 0, 'hostPort')).toBe(80);
  });
  test('and not to a template', () => {
    const object = deployment(containers, { hostNetwork: true });
    const inside = at(withDefaults(object), 'spec', 'template', 'spec', 'containers', 0) as JsonMap;
    expect(inside['resources']).toEqual({ limits: { cpu: '2' } });
    expect(inside['ports']).toEqual([{ containerPort: 80, protocol: 'TCP' }]);
  });
});

test('a second time nothing is left to do, and the very same object comes back', () => {
  const object = withDefaults(pod([{ name: 'a', image: 'a', resources: { limits: { cpu: 2 } } }]));
  expect(withDefaults(object)).toBe(object);
});

test('the object that was given may be frozen, and keeps its parts where nothing was missing', () => {
  const metadata = { name: 'a', annotations: { b: 'c' } };
  const given = deepFreeze(pod([{ name: 'a' }], metadata));
  expect(withDefaults(given)['metadata']).toBe(given['metadata']);
});

test('kinds without defaults are left alone', () => {
  const route = { apiVersion: 'example.com/v1', kind: 'Deployment', metadata: { name: 'a' }, spec: {} };
  expect(withDefaults(route)).toBe(route);
});

test('whatever is in the place of an object or a list, nothing breaks', () => {
  for (const key of KIND_DEFAULTS.keys()) {
    const [group, kind] = key.split('/') as [string, string];
    const apiVersion = group === '' ? 'v1' : `${group}/v1`;
    for (const odd of [null, 'x', 7, [], [null, 'x', []], {}]) {
      const template = { metadata: odd, spec: { containers: odd, volumes: odd, resources: odd } };
      const spec = { template, strategy: odd, updateStrategy: odd, limits: odd, ports: odd, behavior: odd };
      for (const object of [{ spec: odd }, { spec }, { template }, { stringData: odd }, { metadata: odd }, template]) {
        expect(withDefaults({ apiVersion, kind, ...(object as JsonMap) })['kind']).toBe(kind);
      }
    }
  }
});
