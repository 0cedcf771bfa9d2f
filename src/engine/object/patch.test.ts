import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deepFreeze } from '../../../test/support/freeze.ts';
import type { Value } from '../../cel/value.ts';
import type { Patch } from '../decision.ts';
import { applyPatch } from './patch.ts';

const apply = (object: Value, ...patch: Patch) => applyPatch(deepFreeze(object), patch);
const result = (object: Value, ...patch: Patch) => {
  const patched = apply(object, ...patch);
  return patched.ok ? patched.object : patched.message;
};

describe('add', () => {
  test('sets a member, or replaces it', () => {
    expect(result({ a: 1 }, { op: 'add', path: '/b', value: 2 })).toEqual({ a: 1, b: 2 });
    expect(result({ a: 1 }, { op: 'add', path: '/a', value: 2 })).toEqual({ a: 2 });
  });
  test('inserts into a list, at its end with -', () => {
    expect(result({ a: [1, 3] }, { op: 'add', path: '/a/1', value: 2 })).toEqual({ a: [1, 2, 3] });
    expect(result({ a: [1] }, { op: 'add', path: '/a/-', value: 2 })).toEqual({ a: [1, 2] });
    expect(result({ a: [1] }, { op: 'add', path: '/a/1', value: 2 })).toEqual({ a: [1, 2] });
    expect(result({ a: [1] }, { op: 'add', path: '/a/-1', value: 2 })).toEqual({ a: [1, 2] });
  });
  test('fails where the parent is missing, beyond the end, or at the root', () => {
    const missing = apply({}, { op: 'add', path: '/metadata/annotations', value: {} });
    expect(missing).toEqual({
      ok: false,
      reason: 'path',
      message: 'add /metadata/annotations: there is nothing to add it to at this path',
      original: 'add operation does not apply: doc is missing path: "/metadata/annotations": missing value',
    });
    expect(apply({ a: [] }, { op: 'add', path: '/a/1', value: 0 })).toMatchObject({ ok: false });
    expect(apply({ a: [] }, { op: 'add', path: '/a/x', value: 0 })).toMatchObject({ ok: false });
    expect(apply({ a: 'text' }, { op: 'add', path: '/a/x', value: 0 })).toMatchObject({ ok: false });
    expect(apply({ a: null }, { op: 'add', path: '/a/x', value: 0 })).toMatchObject({ ok: false });
    expect(apply({}, { op: 'add', path: '', value: {} })).toMatchObject({ ok: false });
    expect(apply({}, { op: 'add', path: 'a', value: {} })).toMatchObject({ ok: false });
  });
});

describe('replace, as the API server does it', () => {
  test('sets a member that is not there', () => {
    expect(result({}, { op: 'replace', path: '/a', value: 1 })).toEqual({ a: 1 });
  });
  test('refuses an index that is not there', () => {
    expect(apply({ a: [] }, { op: 'replace', path: '/a/0', value: 1 })).toMatchObject({ ok: false });
    expect(apply({ a: [] }, { op: 'replace', path: '/a/-', value: 1 })).toMatchObject({ ok: false });
  });
  test('replaces the whole object by an object or a list only', () => {
    expect(result({ a: 1 }, { op: 'replace', path: '', value: { b: 2 } })).toEqual({ b: 2 });
    expect(apply({ a: 1 }, { op: 'replace', path: '', value: 'text' })).toMatchObject({ ok: false });
  });
});

describe('remove', () => {
  test('takes out a member or an item', () => {
    expect(result({ a: [1, 2, 3], b: 1 }, { op: 'remove', path: '/a/1' }, { op: 'remove', path: '/b' })).toEqual({
      a: [1, 3],
    });
    expect(result({ a: [1, 2] }, { op: 'remove', path: '/a/-1' })).toEqual({ a: [1] });
  });
  test('fails where nothing is', () => {
    expect(apply({ a: [] }, { op: 'remove', path: '/b' })).toMatchObject({ ok: false });
    expect(apply({ a: [] }, { op: 'remove', path: '/a/0' })).toMatchObject({ ok: false });
    expect(apply({ a: [] }, { op: 'remove', path: '/b/c' })).toMatchObject({ ok: false });
    expect(apply({ a: [] }, { op: 'remove', path: '' })).toMatchObject({ ok: false });
  });
});

describe('test', () => {
  test('compares deeply, members in any order', () => {
    expect(apply({ a: { x: [1], y: 2 } }, { op: 'test', path: '/a', value: { y: 2, x: [1] } })).toMatchObject({
      ok: true,
    });
    expect(apply({ a: null }, { op: 'test', path: '/b', value: null })).toMatchObject({ ok: true });
    expect(apply({ a: 1 }, { op: 'test', path: '', value: { a: 1 } })).toMatchObject({ ok: true });
  });
  test('tells another value from a path that leads nowhere', () => {
    expect(apply({ a: 1 }, { op: 'test', path: '/a', value: 2 })).toMatchObject({ ok: false, reason: 'test' });
    expect(apply({ a: 1 }, { op: 'test', path: '/b', value: 2 })).toMatchObject({ ok: false, reason: 'test' });
    expect(apply({ a: 1 }, { op: 'test', path: '/b/c', value: 2 })).toMatchObject({ ok: false, reason: 'path' });
    expect(apply({ a: [] }, { op: 'test', path: '/a/0', value: 2 })).toMatchObject({ ok: false, reason: 'path' });
  });
  test('undoes the operations before it', () => {
    const before = deepFreeze({ a: 1 });
    expect(
      applyPatch(before, [
        { op: 'add', path: '/b', value: 1 },
        { op: 'test', path: '/a', value: 2 },
      ]),
    ).toMatchObject({ ok: false });
    expect(before).toEqual({ a: 1 });
  });
});

test('move and copy', () => {
  expect(result({ a: { b: 1 } }, { op: 'move', from: '/a/b', path: '/c' })).toEqual({ a: {}, c: 1 });
  expect(result({ a: [1, 2] }, { op: 'move', from: '/a/0', path: '/a/-' })).toEqual({ a: [2, 1] });
  expect(
    result({ a: { b: 1 } }, { op: 'copy', from: '/a', path: '/c' }, { op: 'add', path: '/c/d', value: 2 }),
  ).toEqual({ a: { b: 1 }, c: { b: 1, d: 2 } });
  expect(
    result({ a: { b: 1 } }, { op: 'copy', from: '/a', path: '/c' }, { op: 'add', path: '/a/d', value: 2 }),
  ).toEqual({ a: { b: 1, d: 2 }, c: { b: 1 } });
  expect(apply({}, { op: 'move', from: '/a', path: '/c' })).toMatchObject({ ok: false });
  expect(apply({}, { op: 'copy', from: '', path: '/c' })).toMatchObject({ ok: false });
});

test('__proto__ and constructor are members like any other', () => {
  const patched = apply({}, { op: 'add', path: '/__proto__', value: { polluted: true } });
  expect(patched.ok && Object.hasOwn(patched.object as object, '__proto__')).toBe(true);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(apply({}, { op: 'add', path: '/constructor/prototype/x', value: 1 })).toMatchObject({ ok: false });
  expect(apply({}, { op: 'remove', path: '/toString' })).toMatchObject({ ok: false });
});

test('what the patch does not touch stays the same reference', () => {
  const before = deepFreeze({ a: { deep: { x: 1 } }, b: { list: [{ y: 1 }, { z: 1 }] } });
  const patched = applyPatch(before, [{ op: 'replace', path: '/b/list/1/z', value: 2 }]);
  const after = (patched as unknown as { object: typeof before }).object;
  expect(after.a).toBe(before.a);
  expect(after.b.list[0]).toBe(before.b.list[0]);
  expect(after.b.list[1]).toEqual({ z: 2 });
});

test('no patch makes it throw or change its input', () => {
  const path = fc
    .array(fc.oneof(fc.constantFrom('a', 'b', '-', '0', '1', '__proto__', '-1')), { maxLength: 3 })
    .map((steps) => steps.map((step) => `/${step}`).join(''));
  const operation = fc.oneof(
    fc.record({
      op: fc.constantFrom('add' as const, 'replace' as const, 'test' as const),
      path,
      value: fc.jsonValue() as fc.Arbitrary<Value>,
    }),
    fc.record({ op: fc.constant('remove' as const), path }),
    fc.record({ op: fc.constantFrom('move' as const, 'copy' as const), from: path, path }),
  );
  fc.assert(
    fc.property(fc.jsonValue() as fc.Arbitrary<Value>, fc.array(operation), (object, patch) => {
      const text = JSON.stringify(object);
      const patched = applyPatch(deepFreeze(object), patch);
      expect(typeof patched.ok).toBe('boolean');
      expect(JSON.stringify(object)).toBe(text);
    }),
  );
});
