import { expect, test } from 'vitest';
import { caseOf } from './cases.ts';
import { randomOf } from './random.ts';

test('a seed always makes the same case, and another seed or number another one', () => {
  const text = (seed: string, index: number): string => JSON.stringify(caseOf(seed, index));
  expect(text('a', 7)).toBe(text('a', 7));
  expect(text('a', 7)).not.toBe(text('b', 7));
  expect(text('a', 7).replaceAll('case-7', '')).not.toBe(text('a', 167).replaceAll('case-167', ''));
});

test('choices are spread evenly', () => {
  const random = randomOf('even');
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 4000; i++) {
    const choice = random.below(4);
    counts[choice] = (counts[choice] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('a weight of nothing is never picked', () => {
  const random = randomOf('weights');
  const picked = Array.from({ length: 1000 }, () =>
    random.weighted([
      [1, 'a'],
      [0, 'b'],
      [3, 'c'],
    ] as const),
  );
  expect(new Set(picked)).toEqual(new Set(['a', 'c']));
});
