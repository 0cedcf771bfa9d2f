/** Keeps the status of Policies and PolicyExceptions at what is known of them, while this replica is the elected one. */
import type { StatusError } from '../kube/client.ts';
import { errorMessage } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import type { LiveCatalog } from '../sources/live-catalog.ts';
import { exceptionStatus, policyStatus, type Status, says } from './ready-condition.ts';

export interface StatusWriterOptions {
  readonly catalog: Pick<LiveCatalog, 'states' | 'exceptionStates' | 'onChange'>;
  /** Applies a status to the very object (same uid); rejects as serverSideApply does. */
  readonly apply: (object: LiveObject, status: Status) => Promise<unknown>;
  /** Hears of a failure once, until writing has worked again. */
  readonly report: (message: string) => void;
  readonly now?: () => number;
}

export interface StatusWriter {
  /** The elected one writes from now on; the others only read. */
  start(): void;
  pause(): void;
}

/** No more than 20 writes a second, whatever happens: a thousand policies take a minute, and nobody waits for them. */
const PACE_MS = 50;
/** Exceptions expire without a change, and a status may be overwritten by somebody else. */
const LOOK_AGAIN_MS = 30_000;
const RETRY_MS = 5000;

/** Writes nothing until it is started. A status is written only where it differs from the one that is there. */
export function statusWriter(options: StatusWriterOptions): StatusWriter {
  let active: AbortController | undefined;
  let wake = Promise.withResolvers<void>();
  options.catalog.onChange(() => {
    wake.resolve();
    wake = Promise.withResolvers<void>();
  });
  return {
    start: () => {
      if (active !== undefined) return;
      active = new AbortController();
      void run(options, active.signal, () => wake.promise);
    },
    pause: () => {
      active?.abort();
      active = undefined;
    },
  };
}

async function run(options: StatusWriterOptions, signal: AbortSignal, changed: () => Promise<void>): Promise<void> {
  let reported = false;
  while (!signal.aborted) {
    // Asked for before the round: what changes during it is not missed.
    const change = changed();
    const failure = await writeAll(options, signal);
    if (signal.aborted) return;
    if (failure !== undefined && !reported) options.report(failure);
    reported = failure !== undefined;
    const pause = waitFor(failure === undefined ? LOOK_AGAIN_MS : RETRY_MS, signal);
    await Promise.race([change, pause.over]);
    pause.end();
  }
}

/** Over after some time, when it is ended, or when the signal aborts. */
function waitFor(ms: number, signal: AbortSignal): { readonly over: Promise<void>; end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    resolve();
  };
  signal.addEventListener('abort', end);
  return { over: promise.finally(end), end };
}

/** One look at all of them; returns why one could not be written. */
async function writeAll(options: StatusWriterOptions, signal: AbortSignal): Promise<string | undefined> {
  const { catalog, apply, now = Date.now } = options;
  let failure: string | undefined;
  const write = async (object: LiveObject, status: Status): Promise<void> => {
    if (signal.aborted || says(object.status, status)) return;
    try {
      await apply(object, status);
      await waitFor(PACE_MS, signal).over;
    } catch (error) {
      if (!isGone(error)) failure ??= `${object.kind}/${object.metadata.name}: ${errorMessage(error)}`;
    }
  };
  for (const state of catalog.states()) {
    await write(state.object, policyStatus(state, now()));
  }
  for (const state of catalog.exceptionStates()) await write(state.object, exceptionStatus(state, now()));
  return failure;
}

/** Deleted meanwhile, or made anew with another uid: the next list will say so. */
function isGone(error: unknown): boolean {
  const code = (error as Partial<StatusError> | null)?.statusCode;
  return code === 404 || code === 409;
}
