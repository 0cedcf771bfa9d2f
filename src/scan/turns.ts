/** Taking turns with admission on the one thread that both have: requests come in between, and soon. */
import { setImmediate } from 'node:timers/promises';
import { paced, type TokenBucket, tokenBucket } from '../kube/token-bucket.ts';

export interface Turns {
  /** Between two small pieces of work: lets requests in where we have had the thread for long enough. */
  next(): Promise<void>;
  /** Before an object is judged: keeps the pace, too. `again`: it has not changed, and is looked at because others may have. */
  judge(again: boolean): Promise<void>;
}

export interface Pace {
  /** Objects judged each second, at most. */
  readonly perSecond: number;
  /** Of these, those that are judged again: slower, where there is time until the round has to be over. */
  readonly againPerSecond: number;
}

// A request that comes while we work waits for this long, and for the piece of work that is under way.
const SLICE_MS = 2;

/** Each call rejects with the signal's reason once that aborts. */
export function takeTurns({ perSecond, againPerSecond }: Pace, signal: AbortSignal): Turns {
  const all = paced(evenly(perSecond), signal);
  const again = paced(evenly(againPerSecond), signal);
  let since = performance.now();
  return {
    next: async () => {
      signal.throwIfAborted();
      if (performance.now() - since < SLICE_MS) return;
      await setImmediate();
      since = performance.now();
    },
    judge: async (isAgain) => {
      await setImmediate();
      signal.throwIfAborted();
      if (isAgain) await again();
      await all();
      since = performance.now();
    },
  };
}

/** Half a core has no room for bursts: what timers of a millisecond cannot keep apart, and no more. */
function evenly(perSecond: number): TokenBucket {
  return tokenBucket(perSecond / 500, perSecond);
}
