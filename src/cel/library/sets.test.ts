import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { Double } from '../value.ts';
import { SETS } from './sets.ts';

describe('sets', () => {
  it('compares across numeric types', () => {
    expect(call(SETS, 'sets.contains', [1, 2, 3], [new Double(2)])).toBe(true);
    expect(call(SETS, 'sets.contains', [1], [1, 2])).toBe(false);
  });

  it('ignores order and repetition', () => {
    expect(call(SETS, 'sets.equivalent', [1, 2, 2], [2, 1])).toBe(true);
    expect(call(SETS, 'sets.equivalent', [1], [1, 2])).toBe(false);
  });

  it('meets in one element, and never in none', () => {
    expect(call(SETS, 'sets.intersects', ['a', 'b'], ['b', 'c'])).toBe(true);
    expect(call(SETS, 'sets.intersects', [], [])).toBe(false);
  });

  it('does not hang on long lists', () => {
    const objects = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    expect(call(SETS, 'sets.contains', objects, objects)).toBe('error: lists are too long to be compared');
  });
});
