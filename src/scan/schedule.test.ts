import { expect, it } from 'vitest';
import { paceOf, periodOf } from './schedule.ts';

const MINUTES = 60_000;

it('leaves a change that was just missed the time to be in the report within the interval', () => {
  const interval = 10 * MINUTES;
  const again = 5000;
  const { againPerSecond } = paceOf(interval, 100, again);
  expect(periodOf(interval) + (again / againPerSecond) * 1000).toBeLessThan(0.95 * interval);
});

it('goes no faster than it is told to, and not slower than a crawl', () => {
  expect(paceOf(MINUTES, 100, 1_000_000)).toEqual({ perSecond: 100, againPerSecond: 100 });
  expect(paceOf(10 * MINUTES, 100, 0).againPerSecond).toBe(5);
  expect(paceOf(10 * MINUTES, 100, 900).againPerSecond).toBe(10);
});
