import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { JsonMap } from '../cel/value.ts';
import type { Patch } from '../engine/decision.ts';
import { diff } from '../engine/object/diff.ts';
import { applyPatch } from '../engine/object/patch.ts';
import { combined } from './combine.ts';

it('leaves out a patch that touches what an earlier one touches', () => {
  const patches: Patch[] = [
    [{ op: 'add', path: '/spec/a', value: { x: 1 } }],
    [{ op: 'add', path: '/spec/a', value: { y: 1 } }],
    [{ op: 'replace', path: '/spec/a/z', value: 1 }],
    [{ op: 'replace', path: '/spec/ab', value: 1 }],
  ];
  expect(combined(patches).taken).toEqual([0, 3]);
});

it('takes items out of a list from its end, and not two into it at once', () => {
  const patches: Patch[] = [
    [{ op: 'remove', path: '/env/0' }],
    [{ op: 'remove', path: '/env/2' }],
    [{ op: 'replace', path: '/env/1/value', value: 'x' }],
    [{ op: 'replace', path: '/env/2/value', value: 'x' }],
    [{ op: 'add', path: '/env/3', value: {} }],
  ];
  const { taken, patch } = combined(patches);
  expect(taken).toEqual([0, 1, 2]);
  expect(patch.map(({ path }) => path)).toEqual(['/env/1/value', '/env/2', '/env/0']);
});

/** A change of one item, told by its id. */
type Change = { readonly id: number; readonly field?: 'a' | 'b'; readonly value?: number };
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ id: fc.nat(5) }),
  fc.record({ id: fc.nat(5), field: fc.constantFrom('a', 'b'), value: fc.integer({ min: 10, max: 20 }) }),
);

function changed(object: JsonMap, { id, field, value }: Change): JsonMap {
  const items = object['items'] as readonly JsonMap[];
  const next = items.flatMap((item) => {
    if (item['id'] !== id) return [item];
    return field === undefined ? [] : [{ ...item, [field]: value ?? 0 }];
  });
  return { ...object, items: next };
}

it('does to each item what its patch was made for', () => {
  const object: JsonMap = { items: [0, 1, 2, 3, 4, 5].map((id) => ({ id, a: 0, b: 0 })) };
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const patches = changes.map((one) => diff(object, changed(object, one)));
      const { taken, patch } = combined(patches);
      const expected = taken.reduce((value, index) => changed(value, changes[index] as Change), object);
      expect(applyPatch(object, patch)).toEqual({ ok: true, object: expected });
      expect(taken).toContain(0);
    }),
  );
});
