import { describe, expect, it } from 'vitest';
import { takeTurns } from './turns.ts';

const { signal } = new AbortController();

describe('turns', () => {
  it('let others in between two objects', async () => {
    const turns = takeTurns({ perSecond: 10_000, againPerSecond: 10_000 }, signal);
    let others = 0;
    const other = (): void => {
      others++;
      if (others < 1000) setImmediate(other);
    };
    setImmediate(other);
    for (let count = 0; count < 20; count++) await turns.judge(false);
    expect(others).toBeGreaterThanOrEqual(19);
  });

  it('keep the pace, and a slower one for what is judged again', async () => {
    const began = performance.now();
    const turns = takeTurns({ perSecond: 10_000, againPerSecond: 100 }, signal);
    for (let count = 0; count < 6; count++) await turns.judge(true);
    // The first is free.
    expect(performance.now() - began).toBeGreaterThan(45);
  });

  it('end with the signal, also in a wait', async () => {
    const stop = new AbortController();
    const turns = takeTurns({ perSecond: 0.001, againPerSecond: 1 }, stop.signal);
    await turns.judge(false);
    const waiting = turns.judge(false);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(turns.next()).rejects.toThrow('stopped');
  });
});
