import { expect, test } from 'vitest';
import { isBuiltInGroup, withoutEmptied } from './typed-object.ts';

test('a map that has been emptied is left out, an empty struct stays', () => {
  const before = { metadata: { labels: { a: 'b' }, name: 'x' }, spec: { volumes: [{ name: 'v' }] } };
  const after = { metadata: { labels: {}, name: 'x' }, spec: { volumes: [{ name: 'v', emptyDir: {} }] }, data: {} };
  expect(withoutEmptied(before, after)).toEqual({
    metadata: { name: 'x' },
    spec: { volumes: [{ name: 'v', emptyDir: {} }] },
  });
});

test('what has not changed is the very same, and a member called __proto__ is kept', () => {
  const spec = { nodeSelector: { disk: 'ssd' } };
  expect(withoutEmptied({ spec }, { spec, data: { a: 'b' } })['spec']).toBe(spec);
  const odd = JSON.parse('{"data": {"__proto__": "x"}}');
  expect(JSON.stringify(withoutEmptied({}, odd))).toBe(JSON.stringify(odd));
});

test.each(['', 'apps', 'batch', 'networking.k8s.io', 'rbac.authorization.k8s.io'])(
  '%j is of Kubernetes itself',
  (group) => {
    expect(isBuiltInGroup(group)).toBe(true);
  },
);

test.each(['example.com', 'gateway.networking.k8s.io', 'tidegate.dev'])('%j is not', (group) => {
  expect(isBuiltInGroup(group)).toBe(false);
});
