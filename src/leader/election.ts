/** Who of the replicas does what only one may do: the holder of a Lease. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LeaseStore, StoredLease } from '../kube/lease.ts';
import { microTime } from '../kube/micro-time.ts';
import { errorMessage } from '../policy/problem.ts';
import { electionStep, type Observed, observe, released } from './election-step.ts';

export interface Election {
  /** Whether the role is ours at this very moment: false as soon as another could have taken it. */
  elected(): boolean;
  /** Calls `listener` whenever that changes, and now where it has been told already that we are elected. */
  onChange(listener: (elected: boolean) => void): void;
  /** Whom the Lease named when it was last seen, which may be nobody and may be over. */
  holder(): string | undefined;
  /** Gives the role up at once and the Lease back, so that another need not wait for its end. Never rejects. */
  stop(): Promise<void>;
}

export interface ElectionTimes {
  /** Milliseconds: how long others leave the holder alone. */
  readonly duration: number;
  /** How long a holder that cannot renew goes on; shorter than `duration`, by more than clocks drift apart meanwhile. */
  readonly renewDeadline: number;
  readonly retry: number;
}

export interface ElectionOptions {
  readonly identity: string;
  /** Told of a failure once, not of every attempt. */
  readonly report: (message: string) => void;
  readonly times?: ElectionTimes;
}

/** Those of Kubernetes' own components. */
const TIMES: ElectionTimes = { duration: 15_000, renewDeadline: 10_000, retry: 2_000 };
// Candidates that lost together shall not come back together.
const JITTER = 1.2;
const RELEASE_TIMEOUT_MS = 3_000;

/** Runs for the Lease of `store` until it is stopped. */
export function runElection(store: LeaseStore, options: ElectionOptions): Election {
  const { identity, report, times = TIMES } = options;
  const listeners: ((elected: boolean) => void)[] = [];
  const stopped = new AbortController();
  const state: State = { observed: undefined, until: Number.NEGATIVE_INFINITY, told: false, deadline: undefined };
  // Asked for at each use and not kept by a timer: one that fires late would leave two of us in office.
  const elected = (): boolean => !stopped.signal.aborted && performance.now() < state.until;
  const tell = (): void => {
    clearTimeout(state.deadline);
    const now = elected();
    if (now) state.deadline = setTimeout(tell, state.until - performance.now()).unref();
    if (now === state.told) return;
    state.told = now;
    for (const listener of listeners) listener(now);
  };
  const candidate = { identity, durationSeconds: Math.ceil(times.duration / 1000) };

  /** True where the Lease is ours after it. `known`: to be renewed as it was written last, without reading it. */
  const attempt = async (known: StoredLease | undefined, signal: AbortSignal): Promise<boolean> => {
    // From before the request: others count from when they see it, which is later.
    const started = performance.now();
    const lease = known ?? (await store.read(signal));
    const observed = observe(state.observed, lease, performance.now());
    const step = electionStep(observed, candidate, performance.now(), microTime());
    state.observed = observed;
    if (step.do === 'wait') return false;
    const written = await store.write(step.record, step.over, signal);
    if (written === undefined) return false;
    state.observed = { lease: written, since: performance.now() };
    state.until = started + times.renewDeadline;
    return true;
  };
  const round = async (): Promise<void> => {
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(times.renewDeadline / 2)]);
    if (elected() && (await attempt(state.observed?.lease, signal))) return;
    // Somebody wrote to it: perhaps ourselves, in a request whose answer was lost.
    if (!(await attempt(undefined, signal))) state.until = Number.NEGATIVE_INFINITY;
  };

  const running = run(stopped.signal, { round, elected, tell, report, retry: times.retry });
  return {
    elected,
    holder: () => state.observed?.lease?.record.holder || undefined,
    onChange: (listener) => {
      listeners.push(listener);
      if (state.told) listener(true);
    },
    stop: async () => {
      const held = elected();
      stopped.abort();
      tell();
      await running;
      if (held) await release(store, identity).catch(() => undefined);
    },
  };
}

interface State {
  observed: Observed | undefined;
  /** Elected before this moment of the clock that never jumps. */
  until: number;
  told: boolean;
  deadline: NodeJS.Timeout | undefined;
}

interface Run {
  readonly round: () => Promise<void>;
  readonly elected: () => boolean;
  readonly tell: () => void;
  readonly report: (message: string) => void;
  readonly retry: number;
}

async function run(signal: AbortSignal, { round, elected, tell, report, retry }: Run): Promise<void> {
  let reported: string | undefined;
  while (!signal.aborted) {
    try {
      await round();
      reported = undefined;
    } catch (error) {
      const message = errorMessage(error);
      if (!signal.aborted && message !== reported) report(message);
      reported = message;
    }
    tell();
    const pause = elected() ? retry : retry * (1 + Math.random() * JITTER);
    await wait(pause, undefined, { signal }).catch(() => undefined);
  }
}

async function release(store: LeaseStore, identity: string): Promise<void> {
  const signal = AbortSignal.timeout(RELEASE_TIMEOUT_MS);
  const lease = await store.read(signal);
  if (lease?.record.holder === identity) await store.write(released(lease.record, microTime()), lease.version, signal);
}
