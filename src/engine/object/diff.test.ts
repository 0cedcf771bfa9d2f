import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../../test/support/freeze.ts';
import type { Value } from '../../cel/value.ts';
import { diff } from './diff.ts';
import { applyPatch } from './patch.ts';

test('equal trees, shared or not, give nothing', () => {
  const object = { a: [1, { b: null }] };
  expect(diff(object, object)).toEqual([]);
  expect(diff(object, structuredClone(object))).toEqual([]);
});

test('members are added, removed and replaced one by one, with escaped names', () => {
  expect(diff({ a: 1, b: { x: 1 }, 'c/d': 1 }, { a: 2, b: { x: 1, y: 2 }, e: 1 })).toEqual([
    { op: 'replace', path: '/a', value: 2 },
    { op: 'add', path: '/b/y', value: 2 },
    { op: 'remove', path: '/c~1d' },
    { op: 'add', path: '/e', value: 1 },
  ]);
});

test('a missing parent is added as a whole', () => {
  expect(diff({ spec: {} }, { spec: { lifecycle: { preStop: { sleep: { seconds: 5 } } } } })).toEqual([
    { op: 'add', path: '/spec/lifecycle', value: { preStop: { sleep: { seconds: 5 } } } },
  ]);
});

describe('lists', () => {
  test('a change inside a named item touches that field only, even when items moved in front of it', () => {
    const before = [{ name: 'app', image: 'a:1' }, { name: 'sidecar' }];
    const after = [{ name: 'init', image: 'i' }, { name: 'app', image: 'a:2' }, { name: 'sidecar' }];
    expect(diff(before, after)).toEqual([
      { op: 'add', path: '/0', value: { name: 'init', image: 'i' } },
      { op: 'replace', path: '/1/image', value: 'a:2' },
    ]);
  });
  test('a renamed item is changed in place', () => {
    const item = { image: 'registry.example/team/application:1.2.3', ports: [{ containerPort: 8080 }] };
    expect(diff([{ name: 'a', ...item }], [{ name: 'b', ...item }])).toEqual([
      { op: 'replace', path: '/0/name', value: 'b' },
    ]);
  });
  test('an item that has nothing in common is replaced as a whole', () => {
    expect(diff([{ a: 1, b: 2 }], [{ c: 3, d: 4 }])).toEqual([{ op: 'replace', path: '/0', value: { c: 3, d: 4 } }]);
  });
  test('items without names are found by what they are', () => {
    expect(diff(['a', 'b', 'c', 'd'], ['b', 'c', 'x', 'd', 'e'])).toEqual([
      { op: 'remove', path: '/0' },
      { op: 'add', path: '/2', value: 'x' },
      { op: 'add', path: '/4', value: 'e' },
    ]);
  });
  test('several removals count what the ones before have done', () => {
    expect(diff([1, 2, 3, 4], [2])).toEqual([
      { op: 'remove', path: '/0' },
      { op: 'remove', path: '/1' },
      { op: 'remove', path: '/1' },
    ]);
  });
  test('very long lists are compared by index', () => {
    const before = Array.from({ length: 1000 }, (_, index) => index);
    const after = [...before.slice(1, 500), ...before.slice(501), 1, 2].reverse();
    const patched = applyPatch(before, diff(before, after));
    expect(patched).toEqual({ ok: true, object: after });
  });
});

describe('the patch of two trees makes the second of the first', () => {
  const roundTrip = (before: Value, after: Value): void => {
    const patch = diff(deepFreeze(before), deepFreeze(after));
    expect(applyPatch(before, patch)).toEqual({ ok: true, object: after });
    expect(diff(before, after)).toEqual(patch);
  };
  const container = fc.oneof(
    fc.dictionary(fc.string(), fc.jsonValue()),
    fc.array(fc.jsonValue()),
  ) as fc.Arbitrary<Value>;
  const named = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      image: fc.constantFrom('x', 'y'),
      args: fc.array(fc.constantFrom('p', 'q', 'r')),
    }),
    { selector: (item) => item.name },
  );

  test('any JSON', () => fc.assert(fc.property(container, container, roundTrip)));
  test('lists of few different items', () => {
    const list = fc.array(fc.constantFrom<Value>(1, 2, 3, { name: 'a' }, { a: [1] }));
    fc.assert(fc.property(list, list, (a, b) => roundTrip(a, b)));
  });
  test('lists of named items', () =>
    fc.assert(fc.property(named, named, (a, b) => roundTrip({ containers: a }, { containers: b }))));
});
