import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { type EventDraft, type EventLimits, type EventOutcome, type EventSink, eventQueue } from './event-queue.ts';

const LIMITS: EventLimits = {
  waiting: 10,
  burst: 1000,
  perSecond: 1000,
  objectBurst: 3,
  objectPerSecond: 1,
  repeatMs: 20,
};

const draft = (uid: string, note = 'no probe'): EventDraft => ({
  regarding: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: `pod-${uid}`, uid },
  type: 'Warning',
  reason: 'PolicyWarning',
  action: 'Admitted',
  note,
});

function setUp(limits: Partial<EventLimits> = {}, create: EventSink['create'] = async () => 'event-1') {
  const outcomes: EventOutcome[] = [];
  const sink = { create: vi.fn(create), repeat: vi.fn(async () => undefined) };
  let now = 0;
  const queue = eventQueue(
    sink,
    (outcome) => outcomes.push(outcome),
    { ...LIMITS, ...limits },
    () => now,
  );
  const pass = (ms: number): void => {
    now += ms;
  };
  return { queue, sink, outcomes, pass };
}

describe('the queue of Events', () => {
  it('writes what it is offered, one after the other', async () => {
    const { queue, sink, outcomes } = setUp();
    for (const uid of ['a', 'b', 'c']) queue.offer(draft(uid));
    await vi.waitFor(() => expect(outcomes).toEqual(['written', 'written', 'written']));
    expect(sink.create.mock.calls.map(([{ regarding }]) => regarding.uid)).toEqual(['a', 'b', 'c']);
    expect(queue.length()).toBe(0);
  });

  it('counts repeats and writes the count once', async () => {
    const { queue, sink, outcomes } = setUp();
    for (let count = 0; count < 50; count++) queue.offer(draft('a'));
    await vi.waitFor(() => expect(sink.repeat).toHaveBeenCalledOnce());
    expect(sink.create).toHaveBeenCalledOnce();
    expect(sink.repeat).toHaveBeenCalledWith(draft('a'), 'event-1', 50);
    queue.offer(draft('a'));
    await vi.waitFor(() => expect(sink.repeat).toHaveBeenLastCalledWith(draft('a'), 'event-1', 51));
    expect(outcomes).toEqual(['written', 'written', 'written']);
  });

  it('lets one object say only so much', async () => {
    const { queue, outcomes, pass } = setUp();
    for (let count = 0; count < 5; count++) queue.offer(draft('a', `note ${count}`));
    await vi.waitFor(() => expect(outcomes).toHaveLength(5));
    expect(outcomes.toSorted()).toEqual(['rate_limited', 'rate_limited', 'written', 'written', 'written']);
    pass(1000);
    queue.offer(draft('a', 'later'));
    await vi.waitFor(() => expect(outcomes.filter((one) => one === 'written')).toHaveLength(4));
  });

  it('drops and counts what does not fit, and waits for nothing, while the API server hangs', async () => {
    const { queue, outcomes } = setUp({}, () => new Promise(() => undefined));
    for (let count = 0; count < 100; count++) queue.offer(draft(`uid-${count}`));
    await setImmediate();
    expect(queue.length()).toBe(10);
    expect(outcomes).toEqual(Array.from({ length: 89 }, () => 'queue_full'));
  });

  it('goes on after a failure', async () => {
    let calls = 0;
    const { queue, outcomes } = setUp({}, async () => {
      calls++;
      if (calls === 1) throw new Error('forbidden');
      return 'event-2';
    });
    queue.offer(draft('a'));
    queue.offer(draft('b'));
    await vi.waitFor(() => expect(outcomes).toEqual(['failed', 'written']));
  });

  it('writes no faster than it may', async () => {
    const { queue, outcomes, pass } = setUp({ burst: 2, perSecond: 100 });
    for (const uid of ['a', 'b', 'c']) queue.offer(draft(uid));
    await vi.waitFor(() => expect(outcomes).toHaveLength(2));
    expect(queue.length()).toBe(0);
    pass(10);
    await vi.waitFor(() => expect(outcomes).toHaveLength(3));
  });

  it('drops what waits when it is stopped', async () => {
    const { queue, sink } = setUp({ burst: 1, perSecond: 0.001 });
    for (const uid of ['a', 'b', 'c']) queue.offer(draft(uid));
    await vi.waitFor(() => expect(sink.create).toHaveBeenCalledOnce());
    await queue.stop();
    queue.offer(draft('d'));
    expect(queue.length()).toBe(0);
    expect(sink.create).toHaveBeenCalledOnce();
  });
});
