/** A rate limit: so many at once, and then as many as come back with time. */
import { setTimeout } from 'node:timers/promises';

export interface TokenBucket {
  /** Takes one, where there is one. */
  take(now: number): boolean;
  /** Milliseconds until there is one; 0 where there is. */
  wait(now: number): number;
}

/** A full bucket of `burst`, one at least, that gets `perSecond` more each second. Times in milliseconds. */
export function tokenBucket(burst: number, perSecond: number): TokenBucket {
  // A smaller one would never have a whole one to give.
  const size = Math.max(1, burst);
  let tokens = size;
  let at: number | undefined;
  const fill = (now: number): void => {
    // A clock that is set back, by an hour for example, would take away what comes in an hour.
    const passed = Math.max(0, now - (at ?? now));
    tokens = Math.min(size, tokens + (passed / 1000) * perSecond);
    at = now;
  };
  return {
    take: (now) => {
      fill(now);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    wait: (now) => {
      fill(now);
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}

/** Waits until the bucket has one, and takes it; rejects with the signal's reason once that aborts. Who asks first is not served first. */
export function paced(bucket: TokenBucket, signal?: AbortSignal): () => Promise<void> {
  return async () => {
    while (!bucket.take(performance.now())) {
      await setTimeout(bucket.wait(performance.now()), undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  };
}
