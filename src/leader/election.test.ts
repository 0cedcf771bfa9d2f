import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LeaseStore, StoredLease } from '../kube/lease.ts';
import { type Election, runElection } from './election.ts';

// The real rules a hundred times faster. A real API server, restarts and cut connections: test/cluster/election.test.ts.
const TIMES = { duration: 1000, renewDeadline: 400, retry: 40 };

/** One Lease for all, optimistic as an API server; `cut` are the identities whose requests get no answer. */
function sharedLease() {
  let lease: StoredLease | undefined;
  let version = 0;
  const cut = new Set<string>();
  const reach = async (identity: string, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    if (!cut.has(identity)) return;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('no answer'))));
  };
  const storeFor = (identity: string): LeaseStore => ({
    read: async (signal) => {
      await reach(identity, signal);
      return lease;
    },
    write: async (record, over, signal) => {
      await reach(identity, signal);
      if (over !== lease?.version) return undefined;
      version += 1;
      lease = { record, version: String(version) };
      return lease;
    },
  });
  return { storeFor, cut, current: () => lease?.record };
}

describe('runElection', () => {
  let running: Election[] = [];
  afterEach(async () => {
    await Promise.all(running.map((one) => one.stop()));
    running = [];
  });
  const run = (shared: ReturnType<typeof sharedLease>, identity: string, problems: string[] = []): Election => {
    const report = (message: string): void => void problems.push(message);
    const election = runElection(shared.storeFor(identity), { identity, report, times: TIMES });
    running.push(election);
    return election;
  };

  it('elects one of two that start at once, and tells only that one', async () => {
    const shared = sharedLease();
    const [a, b] = [run(shared, 'a'), run(shared, 'b')];
    const told: string[] = [];
    a.onChange((elected) => told.push(`a ${elected}`));
    b.onChange((elected) => told.push(`b ${elected}`));
    await vi.waitFor(() => expect(a.elected() || b.elected()).toBe(true));
    await wait(5 * TIMES.retry);
    expect([a, b].filter((one) => one.elected())).toHaveLength(1);
    expect(told).toEqual([a.elected() ? 'a true' : 'b true']);
  });

  it('tells whoever asks late', async () => {
    const a = run(sharedLease(), 'a');
    const told: boolean[] = [];
    a.onChange((elected) => told.push(elected));
    await vi.waitFor(() => expect(told).toEqual([true]));
    a.onChange((elected) => told.push(elected));
    expect(told).toEqual([true, true]);
  });

  it('hands over within a retry when the holder stops', async () => {
    const shared = sharedLease();
    const a = run(shared, 'a');
    await vi.waitFor(() => expect(a.elected()).toBe(true));
    const b = run(shared, 'b');
    await a.stop();
    expect(a.elected()).toBe(false);
    expect(shared.current()?.holder).not.toBe('a');
    await vi.waitFor(() => expect(b.elected()).toBe(true), { timeout: TIMES.duration / 2 });
    expect(shared.current()?.transitions).toBe(1);
  });

  it('never has two in office while connections come and go', async () => {
    const shared = sharedLease();
    const all = ['a', 'b', 'c'].map((identity) => ({ identity, election: run(shared, identity) }));
    const holders = new Set<string>();
    let most = 0;
    const end = performance.now() + 6000;
    for (let turn = 0; performance.now() < end; turn += 1) {
      if (turn % 150 === 0) {
        shared.cut.clear();
        const holder = all.find(({ election }) => election.elected());
        if (holder !== undefined) shared.cut.add(holder.identity);
      }
      const inOffice = all.filter(({ election }) => election.elected());
      most = Math.max(most, inOffice.length);
      for (const { identity } of inOffice) holders.add(identity);
      await wait(10);
    }
    expect(most).toBe(1);
    expect(holders.size).toBeGreaterThan(1);
  }, 10_000);

  it('is out of office when it could not renew by the deadline, before another can be elected', async () => {
    const shared = sharedLease();
    const problems: string[] = [];
    const a = run(shared, 'a', problems);
    await vi.waitFor(() => expect(a.elected()).toBe(true));
    const told: boolean[] = [];
    a.onChange((elected) => told.push(elected));
    const b = run(shared, 'b');
    shared.cut.add('a');
    const since = performance.now();
    await vi.waitFor(() => expect(a.elected()).toBe(false), { timeout: 2000, interval: 5 });
    expect(performance.now() - since).toBeLessThan(TIMES.duration);
    expect(b.elected()).toBe(false);
    await vi.waitFor(() => expect(b.elected()).toBe(true), { timeout: 3000 });
    expect(told).toEqual([true, false]);
    expect(problems[0]).toMatch(/abort|no answer/);
  });

  it('is out of office at once when the clock shows it, though no timer had the time to say so', async () => {
    const shared = sharedLease();
    const a = run(shared, 'a');
    await vi.waitFor(() => expect(a.elected()).toBe(true));
    const end = performance.now() + TIMES.renewDeadline + 20;
    while (performance.now() < end);
    expect(a.elected()).toBe(false);
    await vi.waitFor(() => expect(a.elected()).toBe(true));
  });
});
