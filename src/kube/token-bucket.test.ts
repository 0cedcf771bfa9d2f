import { expect, it } from 'vitest';
import { tokenBucket } from './token-bucket.ts';

it('gives so many at once, and then as many as come back with time', () => {
  const bucket = tokenBucket(2, 1);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
  expect(bucket.wait(0)).toBe(1000);
  expect(bucket.take(1000)).toBe(true);
});

it('has one to give however slowly they come', () => {
  const bucket = tokenBucket(0.5, 0.25);
  expect([bucket.take(0), bucket.take(0)]).toEqual([true, false]);
  expect(bucket.wait(0)).toBe(4000);
  expect(bucket.take(4000)).toBe(true);
});
