import { expect, it } from 'vitest';
import { paced, tokenBucket } from './token-bucket.ts';

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

it('holds no more after a long time', () => {
  const bucket = tokenBucket(2, 10);
  bucket.take(0);
  expect([1, 2, 3].map(() => bucket.take(3_600_000))).toEqual([true, true, false]);
});

it('takes nothing back where the clock is set back', () => {
  const bucket = tokenBucket(2, 10);
  expect(bucket.take(3_600_000)).toBe(true);
  expect([bucket.take(0), bucket.take(0)]).toEqual([true, false]);
  expect(bucket.wait(0)).toBe(100);
  expect(bucket.take(100)).toBe(true);
});

it('makes who is paced wait for a turn, and no longer than until the signal aborts', async () => {
  const stop = new AbortController();
  const next = paced(tokenBucket(1, 0.01), stop.signal);
  await next();
  const waiting = next();
  stop.abort(new Error('no longer elected'));
  await expect(waiting).rejects.toThrow('no longer elected');
});
