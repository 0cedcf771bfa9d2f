/** A wait that an abort ends, and that keeps no process alive. */
import { setTimeout } from 'node:timers/promises';

/** Resolves after `ms`, or when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined);
}
