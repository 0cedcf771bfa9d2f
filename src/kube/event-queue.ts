/**
 * Events on their way: few at a time, repeats as a count, and no more than the API server and its etcd can do without noticing.
 * Nothing here is ever waited for: what is too much is dropped and counted.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { type TokenBucket, tokenBucket } from './token-bucket.ts';

/** All of an Event but who writes it and when. */
export interface EventDraft {
  readonly regarding: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
  };
  readonly type: string;
  readonly reason: string;
  readonly action: string;
  readonly note: string;
}

export interface EventSink {
  /** Writes a new Event; resolves with its name. */
  create(draft: EventDraft): Promise<string>;
  /** Says of an Event that it happened `count` times until now. */
  repeat(draft: EventDraft, name: string, count: number): Promise<void>;
}

export type EventOutcome = 'written' | 'queue_full' | 'rate_limited' | 'failed';

export interface EventQueue {
  /** Takes a draft, or drops it. Never throws, never waits. */
  offer(draft: EventDraft): void;
  /** How many wait to be written. */
  length(): number;
  /** Drops what waits; resolves when nothing is being written any more. */
  stop(): Promise<void>;
}

export interface EventLimits {
  readonly waiting: number;
  /** Of all Events. */
  readonly burst: number;
  readonly perSecond: number;
  /** Of Events that say something new of one object. */
  readonly objectBurst: number;
  readonly objectPerSecond: number;
  /** How long repeats are only counted before the count is written. */
  readonly repeatMs: number;
}

// client-go's own writers stop at 1 in 5 minutes for an object after 25; ours has less to say.
/** Those of the product. */
export const EVENT_LIMITS: EventLimits = {
  waiting: 500,
  burst: 50,
  perSecond: 5,
  objectBurst: 5,
  objectPerSecond: 1 / 60,
  repeatMs: 60_000,
};

// Below the hour after which an API server forgets an Event.
const MEMORY_MS = 30 * 60_000;
const MAX_REMEMBERED = 2000;

/** What was said of one object, for one reason. */
interface Told {
  readonly draft: EventDraft;
  readonly since: number;
  readonly bucket: TokenBucket;
  /** Undefined until it is written. */
  name: string | undefined;
  count: number;
  /** Whether a repeat waits for others to come. */
  counting: boolean;
}

/** A queue in front of `sink`; `observe` hears what became of each Event, repeats that were only counted left out. */
export function eventQueue(
  sink: EventSink,
  observe: (outcome: EventOutcome) => void,
  limits: EventLimits = EVENT_LIMITS,
  clock: () => number = Date.now,
): EventQueue {
  const told = new Map<string, Told>();
  const queue: Told[] = [];
  const stopped = new AbortController();
  const all = tokenBucket(limits.burst, limits.perSecond);
  let working: Promise<void> | undefined;

  const pause = (ms: number): Promise<void> =>
    wait(ms, undefined, { signal: stopped.signal, ref: false }).catch(() => undefined);

  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !stopped.signal.aborted; next = queue.shift()) {
      while (!all.take(clock()) && !stopped.signal.aborted) await pause(all.wait(clock()));
      if (!stopped.signal.aborted) observe(await written(sink, next).catch(() => 'failed' as const));
    }
    working = undefined;
  };
  const isFull = (): boolean => {
    if (queue.length < limits.waiting) return false;
    observe('queue_full');
    return true;
  };
  const enqueue = (one: Told): void => {
    if (isFull()) return;
    queue.push(one);
    working ??= work();
  };
  const repeated = (one: Told): void => {
    one.count++;
    if (one.counting) return;
    one.counting = true;
    // At the end of the wait all repeats until then are one count.
    void pause(limits.repeatMs).then(() => {
      one.counting = false;
      if (!stopped.signal.aborted) enqueue(one);
    });
  };

  return {
    offer: (draft) => {
      if (stopped.signal.aborted) return;
      const now = clock();
      const { uid, kind, namespace, name } = draft.regarding;
      const key = `${uid || `${kind} ${namespace}/${name}`} ${draft.reason}`;
      const known = told.get(key);
      const recent = known !== undefined && now - known.since <= MEMORY_MS ? known : undefined;
      if (recent?.draft.note === draft.note) {
        repeated(recent);
        return;
      }
      // What is not written is not remembered: in a flood, memory stays as it is.
      if (isFull()) return;
      const bucket = recent?.bucket ?? tokenBucket(limits.objectBurst, limits.objectPerSecond);
      if (!bucket.take(now)) {
        observe('rate_limited');
        return;
      }
      const fresh: Told = { draft, since: now, bucket, name: undefined, count: 1, counting: false };
      told.delete(key);
      told.set(key, fresh);
      if (told.size > MAX_REMEMBERED) told.delete(told.keys().next().value as string);
      enqueue(fresh);
    },
    length: () => queue.length,
    stop: async () => {
      stopped.abort();
      queue.length = 0;
      await working;
    },
  };
}

async function written(sink: EventSink, one: Told): Promise<EventOutcome> {
  const { count } = one;
  if (one.name === undefined) one.name = await sink.create(one.draft);
  if (count > 1) await sink.repeat(one.draft, one.name, count);
  return 'written';
}
