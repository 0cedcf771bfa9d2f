import { expect, test } from 'vitest';
import { containerAt, placesIn } from './places.ts';

const pod = {
  spec: {
    containers: [{ name: 'app', command: ['a', 'b'] }],
    initContainers: [{ name: 'first', env: [{ name: 'X' }] }],
  },
};

test('an object or list is found by identity', () => {
  const places = placesIn(pod);
  expect(places(pod)).toEqual([]);
  expect(places(pod.spec.initContainers[0]?.env[0])).toEqual(['spec', 'initContainers', 0, 'env', 0]);
  expect(places(pod.spec.containers[0]?.command)).toEqual(['spec', 'containers', 0, 'command']);
});

test('equal things, scalars and null are not found', () => {
  const places = placesIn(pod);
  expect(places({ name: 'X' })).toBeUndefined();
  expect(places('app')).toBeUndefined();
  expect(places(null)).toBeUndefined();
  expect(placesIn(null)(pod)).toBeUndefined();
});

test('a very deep object is no problem', () => {
  let deep: { child?: object } = {};
  const root = deep;
  for (let depth = 0; depth < 50_000; depth++) deep = deep.child = {};
  expect(placesIn(root as never)(deep as never)).toHaveLength(50_000);
});

test('a path knows its container', () => {
  expect(containerAt(pod, ['spec', 'containers', 0, 'readinessProbe'])).toBe('app');
  expect(containerAt(pod, ['spec', 'initContainers', 0])).toBe('first');
  expect(containerAt(pod, ['spec', 'containers', 7])).toBeUndefined();
  expect(containerAt(pod, ['spec', 'containers'])).toBeUndefined();
  expect(containerAt({ spec: { containers: 'x' } }, ['spec', 'containers', 0])).toBeUndefined();
  expect(containerAt(pod, ['metadata'])).toBeUndefined();
});
