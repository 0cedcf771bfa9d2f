import { expect, it } from 'vitest';
import type { JsonMap } from '../cel/value.ts';
import { completed, shapeErrors } from './shape.ts';

const CONTAINERS = [{ name: 'a', image: 'x', ports: [{ containerPort: 80 }] }];

it('accepts what a server decodes, numbers for quantities included', () => {
  const resources = { limits: { cpu: 2, memory: '1Gi' } };
  const pod = { metadata: { name: 'a' }, spec: { containers: [{ ...CONTAINERS[0], resources }] } };
  expect(shapeErrors('', 'Pod', pod)).toEqual([]);
  expect(shapeErrors('apps', 'Deployment', { spec: { replicas: 2, template: pod } })).toEqual([]);
  expect(shapeErrors('', 'ConfigMap', { metadata: { labels: { a: 'b' } }, data: { port: '80' } })).toEqual([]);
  expect(shapeErrors('example.com', 'ConfigMap', { metadata: { labels: { a: 'b' } }, data: [] })).toEqual([]);
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
  ['', 'ConfigMap', { data: { port: 80 } }, ['data', 'port'], 'is a number, expected a string'],
  ['', 'Secret', { stringData: { on: true } }, ['stringData', 'on'], 'is a boolean, expected a string'],
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

it('fills in what a server would, and says what was missing', () => {
  const spec = { template: { spec: { containers: [] } } };
  const path = ['spec', 'template', 'spec', 'containers'];
  expect(completed('apps', 'Deployment', { spec: { replicas: 2 } })).toEqual({
    object: { spec: { replicas: 2, ...spec } },
    missing: [path],
  });
  expect(completed('apps', 'Deployment', {})).toEqual({ object: { spec }, missing: [path] });
  expect(completed('', 'Pod', { spec: { containers: [{ name: 'a' }, {}], initContainers: [{}] } })).toEqual({
    object: { spec: { containers: [{ name: 'a' }, { name: '' }], initContainers: [{ name: '' }] } },
    missing: [
      ['spec', 'containers', 1, 'name'],
      ['spec', 'initContainers', 0, 'name'],
    ],
  });
});

it('leaves a whole object as it is', () => {
  for (const [kind, whole] of [
    ['Pod', { spec: { containers: [{ name: 'a' }] } }],
    ['Service', { spec: {} }],
  ] as const) {
    const { object, missing } = completed('', kind, whole);
    expect(object).toBe(whole);
    expect(missing).toEqual([]);
  }
});
