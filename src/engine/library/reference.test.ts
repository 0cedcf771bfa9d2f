import { expect, test } from 'vitest';
import { CONFIG_MAP, configReferences, missingKeys, REFERENCE_FUNCTIONS, SECRET } from './reference.ts';

const SPEC = {
  containers: [
    {
      name: 'web',
      env: [
        { name: 'A', value: 'x' },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'map', key: 'b' } } },
        { name: 'C', valueFrom: { secretKeyRef: { name: 'secret', key: 'c' } } },
        { name: 'D', valueFrom: { configMapKeyRef: { name: 'maybe', key: 'd', optional: true } } },
        { name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ],
      envFrom: [{ configMapRef: { name: 'all' } }, { prefix: 'X_', secretRef: { name: 'all', optional: false } }],
    },
  ],
  initContainers: [{ name: 'init', envFrom: [{ secretRef: { name: 'init' } }] }],
  volumes: [
    { name: 'a', configMap: { name: 'volume', items: [{ key: 'k', path: 'p' }] } },
    { name: 'b', secret: { secretName: 'volume' } },
    { name: 'c', secret: { secretName: 'maybe', optional: true } },
    { name: 'd', projected: { sources: [{ configMap: { name: 'part' } }, { secret: { name: 'part' } }] } },
    { name: 'e', emptyDir: {} },
  ],
};

test('finds the very references of a kind that must be there', () => {
  const maps = configReferences(SPEC, CONFIG_MAP);
  expect(maps.map(({ name }) => name)).toEqual(['map', 'all', 'volume', 'part']);
  expect(maps[0]).toBe(SPEC.containers[0]?.env[1]?.valueFrom?.configMapKeyRef);
  const secrets = configReferences(SPEC, SECRET);
  expect(secrets.map(({ name, secretName }) => name ?? secretName)).toEqual([
    'secret',
    'all',
    'init',
    'volume',
    'part',
  ]);
});

test('passes over what has another shape', () => {
  expect(configReferences({}, SECRET)).toEqual([]);
  expect(configReferences({ containers: 'x', volumes: [null, { secret: 'x' }, { projected: [] }] }, SECRET)).toEqual(
    [],
  );
});

test('is satisfied by an object with the keys, by nothing without one', () => {
  const call = REFERENCE_FUNCTIONS.find(({ name }) => name === 'isSatisfied')?.overloads[0]?.call;
  expect(call?.({ name: 'map', key: 'a' }, { data: { a: 'x' } })).toBe(true);
  expect(call?.({ name: 'map', key: 'b' }, { data: { a: 'x' } })).toBe(false);
  expect(call?.({ name: 'map' }, {})).toBe(true);
  expect(call?.({ name: 'map' }, null)).toBe(false);
});

test('tells the keys that are asked for and not there', () => {
  const found = { data: { a: 'x' }, binaryData: { b: 'eA==' } };
  expect(missingKeys({ name: 'map', key: 'a' }, found)).toEqual([]);
  expect(missingKeys({ name: 'map', key: 'c' }, found)).toEqual(['c']);
  expect(missingKeys({ name: 'map', items: [{ key: 'd' }, { key: 'b' }, { key: 'toString' }] }, found)).toEqual([
    'd',
    'toString',
  ]);
  expect(missingKeys({ name: 'map' }, {})).toEqual([]);
});
