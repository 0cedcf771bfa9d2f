/** When rounds begin and how fast they go, so that what changes is in the report within the interval, and no faster than that. */
import type { Pace } from './turns.ts';

// What changes right after it was looked at waits for the end of the next round: that one has to begin before the interval
// is over, and the rest is for its own length and for writing what it found.
const PERIOD = 0.7;
const SPREAD = 0.15;
const SLOWEST = 5;

/** From the beginning of a round to that of the next, in milliseconds. */
export function periodOf(intervalMs: number): number {
  return intervalMs * PERIOD;
}

/** The pace of a round that has `again` objects to judge again. */
export function paceOf(intervalMs: number, perSecond: number, again: number): Pace {
  const needed = again / ((intervalMs / 1000) * SPREAD);
  return { perSecond, againPerSecond: Math.min(perSecond, Math.max(SLOWEST, needed)) };
}
