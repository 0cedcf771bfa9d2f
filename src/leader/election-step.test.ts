import { describe, expect, it } from 'vitest';
import type { LeaseRecord } from '../kube/lease.ts';
import { electionStep, observe, released } from './election-step.ts';

const ME = { identity: 'a', durationSeconds: 15 };
const THEN = '2026-11-21T10:00:00.000000Z';
const WALL = '2026-11-21T12:00:00.000000Z';
const HELD: LeaseRecord = { holder: 'b', durationSeconds: 15, acquireTime: THEN, renewTime: THEN, transitions: 3 };
const stored = (record: LeaseRecord, version = '7') => ({ record, version });
const step = (record: LeaseRecord | undefined, sinceMs: number, nowMs: number) =>
  electionStep({ lease: record && stored(record), since: sinceMs }, ME, nowMs, WALL);

describe('electionStep', () => {
  it('makes a Lease where there is none', () => {
    const record = { holder: 'a', durationSeconds: 15, acquireTime: WALL, renewTime: WALL, transitions: 0 };
    expect(step(undefined, 0, 0)).toEqual({ do: 'write', record, over: undefined });
  });

  it('leaves a holder alone until it has not renewed for its whole duration, as seen from here', () => {
    expect(step(HELD, 1000, 15_999)).toEqual({ do: 'wait' });
    expect(step(HELD, 1000, 16_000)).toEqual({
      do: 'write',
      record: { ...HELD, holder: 'a', acquireTime: WALL, renewTime: WALL, transitions: 4 },
      over: '7',
    });
  });

  it('grants a holder the longer of both durations', () => {
    expect(step({ ...HELD, durationSeconds: 60 }, 0, 59_999)).toEqual({ do: 'wait' });
    expect(step({ ...HELD, durationSeconds: 1 }, 0, 14_999)).toEqual({ do: 'wait' });
  });

  it.each(['1970-01-01T00:00:00.000000Z', '2999-01-01T00:00:00.000000Z', '', 'noise'])(
    'does not care what time another’s clock wrote: %s',
    (time) => {
      const strange = { ...HELD, acquireTime: time, renewTime: time };
      expect(step(strange, 0, 14_999)).toEqual({ do: 'wait' });
      expect(step(strange, 0, 15_000)).toMatchObject({ do: 'write' });
    },
  );

  it('renews what is ours: the time of acquisition and the number of transitions stay', () => {
    expect(step({ ...HELD, holder: 'a' }, 0, 1)).toEqual({
      do: 'write',
      record: { ...HELD, holder: 'a', renewTime: WALL },
      over: '7',
    });
  });

  it('takes a released one at once', () => {
    const free = released(HELD, THEN);
    expect(free).toMatchObject({ holder: '', durationSeconds: 1 });
    expect(step(free, 0, 0)).toMatchObject({ do: 'write', record: { holder: 'a', transitions: 4 } });
  });
});

describe('observe', () => {
  it('counts anew with every change and only then', () => {
    const first = observe(undefined, stored(HELD), 100);
    const same = observe(first, stored(HELD), 200);
    expect(same.since).toBe(100);
    expect(observe(same, stored(HELD, '8'), 300).since).toBe(300);
    expect(observe(same, undefined, 300)).toEqual({ lease: undefined, since: 300 });
  });
});
