/** A rate limit: so many at once, and then as many as come back with time. */
export interface TokenBucket {
  /** Takes one, where there is one. */
  take(now: number): boolean;
  /** Milliseconds until there is one; 0 where there is. */
  wait(now: number): number;
}

/** A full bucket of `burst` that gets `perSecond` more each second. Times in milliseconds. */
export function tokenBucket(burst: number, perSecond: number): TokenBucket {
  let tokens = burst;
  let at: number | undefined;
  const fill = (now: number): void => {
    tokens = Math.min(burst, tokens + ((now - (at ?? now)) / 1000) * perSecond);
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
