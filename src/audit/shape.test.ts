import { expect, it } from 'vitest';
import type { JsonMap } from '../cel/value.ts';
import { containersPath, shapeErrors, withList } from './shape.ts';

const CONTAINERS = [{ name: 'a', image: 'x', ports: [{ containerPort: 80 }] }];

it('accepts what a server decodes, numbers for quantities included', () => {
  const resources = { limits: { cpu: 2, memory: '1Gi' } };
  const pod = { metadata: { name: 'a' }, spec: { containers: [{ ...CONTAINERS[0], resources }] } };
  expect(shapeErrors('', 'Pod', pod)).toEqual([]);
  expect(shapeErrors('apps', 'Deployment', { spec: { replicas: 2, template: pod } })).toEqual([]);
  expect(shapeErrors('', 'ConfigMap', { metadata: { labels: { a: 'b' } }, data: [] })).toEqual([]);
});

it.each<[string, string, JsonMap, (string | number)[], string]>([
  ['', 'Pod', { spec: { containers: ['sh'] } }, ['spec', 'containers', 0], 'is a string, expected an object'],
  ['', 'Pod', { spec: { containers: { name: 'a' } } }, ['spec', 'containers'], 'is an object, expected a list'],
  ['', 'Pod', { spec: { containers: [null] } }, ['spec', 'containers', 0], 'is null, expected an object'],
  [
    '',
    'Service',
    { metadata: { labels: { on: true } } },
    ['metadata', 'labels', 'on'],
    'is a boolean, expected a string',
  ],
  ['apps', 'Deployment', { spec: { replicas: '2' } }, ['spec', 'replicas'], 'is a string, expected a number'],
  [
    'batch',
    'CronJob',
    { spec: { jobTemplate: { spec: { template: { spec: { containers: [{ env: [{ value: 1 }] }] } } } } } },
    ['spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers', 0, 'env', 0, 'value'],
    'is a number, expected a string',
  ],
])('%s %s %j', (group, kind, object, path, message) => {
  expect(shapeErrors(group, kind, object)).toEqual([{ path, message }]);
});

it('finds every error of an object', () => {
  expect(shapeErrors('', 'Pod', { metadata: [], spec: { containers: ['sh', '-c'] } })).toHaveLength(3);
});

it('gives a workload without containers an empty list of them, and leaves any other as it is', () => {
  const path = containersPath('apps', 'Deployment') ?? [];
  const spec = { template: { spec: { containers: [] } } };
  expect(withList({ spec: { replicas: 2 } }, path)).toEqual({ spec: { replicas: 2, ...spec } });
  expect(withList({}, path)).toEqual({ spec });
  const whole = { spec };
  expect(withList(whole, path)).toBe(whole);
  expect(containersPath('', 'Service')).toBeUndefined();
});
