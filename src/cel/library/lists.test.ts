import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { Double, type Value } from '../value.ts';
import { LISTS } from './lists.ts';

const lists = (name: string, ...args: readonly Value[]): Value => call(LISTS, name, ...args);
const int = fc.maxSafeInteger();

describe('lists', () => {
  it('sums ints exactly up to int64', () => {
    expect(lists('sum', [Number.MAX_SAFE_INTEGER, 2])).toBe(9_007_199_254_740_993n);
    expect(lists('sum', [2n ** 63n - 1n, 1])).toBe('error: integer overflow');
    expect(lists('sum', [0.5, new Double(2)])).toBe(2.5);
  });

  it('has no minimum of nothing', () => expect(lists('min', [])).toBe('error: min called on empty list'));

  it('orders strings by code points', () => {
    expect(lists('sort', ['😀', '\uffee', 'a'])).toEqual(['a', '\uffee', '😀']);
  });

  it('sorts what is alike only', () => {
    expect(lists('sort', [1, 'a'])).toBe('error: list elements must have the same type');
    expect(lists('@sortByAssociatedKeys', ['foo', 'bar', 'baz'], [3, 1, 2])).toEqual(['bar', 'baz', 'foo']);
  });

  it('finds the distinct ones of numbers across types, and of objects', () => {
    expect(lists('distinct', [1, new Double(1), 2, { a: 1 }, { a: new Double(1) }, Number.NaN, Number.NaN])).toEqual([
      1,
      2,
      { a: 1 },
      Number.NaN,
      Number.NaN,
    ]);
  });

  it('does not hang on a long list of objects', () => {
    const objects = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    expect(lists('distinct', objects)).toBe('error: list is too long to be compared');
  });

  it('sorts into a sorted list with the same sum', () => {
    fc.assert(
      fc.property(fc.array(int, { maxLength: 40 }), (items) => {
        const sorted = lists('sort', items);
        expect(lists('isSorted', sorted)).toBe(true);
        expect(lists('sum', sorted)).toBe(lists('sum', items));
      }),
    );
  });

  it('reverses twice into the same list, and slices into its parts', () => {
    fc.assert(
      fc.property(fc.array(int), fc.nat(), (items, cut) => {
        const at = items.length === 0 ? 0 : cut % items.length;
        expect(lists('reverse', lists('reverse', items))).toEqual(items);
        const parts = [lists('slice', items, 0, at), lists('slice', items, at, items.length)];
        expect(lists('flatten', parts)).toEqual(items);
      }),
    );
  });
});
