/** Many changes at once become one round of work. */

/** A single change is followed at once, as people see it; a burst as soon as it pauses, or after this long at the latest. */
const QUIET_MS = 50;
const LATEST_MS = 400;

export interface Bursts {
  /** Something has changed: the next round begins after a pause. */
  note(): void;
  stop(): void;
}

/** Runs `round` after changes, never twice at a time; what is noted while it runs has a round of its own. */
export function settleBursts(round: () => Promise<void>): Bursts {
  let timer: NodeJS.Timeout | undefined;
  let since: number | undefined;
  let running = false;
  let stopped = false;
  const run = async (): Promise<void> => {
    [since, running] = [undefined, true];
    await round().finally(() => {
      running = false;
    });
    plan();
  };
  const plan = (): void => {
    clearTimeout(timer);
    if (running || stopped || since === undefined) return;
    const left = since + LATEST_MS - performance.now();
    timer = setTimeout(run, Math.max(0, Math.min(QUIET_MS, left)));
  };
  return {
    note: () => {
      since ??= performance.now();
      plan();
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
