/** Keeps the two webhook configurations as they have to be: filled while somebody can answer, and empty otherwise. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  CONFIGURATION_KINDS,
  type ConfigurationKind,
  type ConfigurationState,
  type WebhookConfigurations,
} from '../kube/webhook-configuration.ts';
import { errorMessage } from '../policy/problem.ts';
import type { WebhookLists } from './webhook-list.ts';

export interface RegistrationOptions {
  /** The two objects of the cluster. */
  readonly registrar: Pick<WebhookConfigurations, 'seen' | 'apply'>;
  /** Whether it is for us to write, at this moment. */
  readonly elected: () => boolean;
  /** Whether a replica is ready to answer, at this moment. */
  readonly answered: () => boolean;
  /** The lists for this moment, and the bundle in them; undefined where they cannot be known yet. */
  readonly wanted: () => { readonly lists: WebhookLists; readonly caBundle: string } | undefined;
  readonly events: RegistrationEvents;
  readonly times?: Partial<Times>;
}

export interface RegistrationEvents {
  filled(webhooks: readonly string[]): void;
  emptied(): void;
  /** The user has not installed this object. Once, until it is there. */
  missing(kind: ConfigurationKind): void;
  /** Told of a failure once, not of every attempt. */
  problem(message: string): void;
  /** Every attempt to write. */
  applied(ok: boolean): void;
}

export interface Registration {
  /** Something may have changed: the role, the policies, the bundle, who is ready, or the objects. */
  note(): void;
  /** For how long the objects, where there are any, have told API servers of this bundle; 0 where they have not. */
  inPlaceMs(caBundle: string): number;
  /** Empties both lists, elected or not, and writes no more. Rejects where it cannot. */
  empty(): Promise<void>;
  stop(): void;
}

interface Times {
  /** Endpoints that are all gone may be back in a moment: a node that was slow to say that it is alive. */
  readonly unansweredMs: number;
  /** Between two writes: whoever writes against us does not get a storm. */
  readonly betweenMs: number;
  readonly firstRetryMs: number;
  readonly lastRetryMs: number;
}

const TIMES: Times = { unansweredMs: 10_000, betweenMs: 250, firstRetryMs: 500, lastRetryMs: 30_000 };

/** Does nothing before the first note. */
export function keepRegistered(options: RegistrationOptions): Registration {
  const { registrar, elected, answered, wanted, events } = options;
  const times = { ...TIMES, ...options.times };
  const stopped = new AbortController();
  const state: State = {
    written: new Map(),
    answeredAt: Number.NEGATIVE_INFINITY,
    inPlace: undefined,
    filled: undefined,
    told: new Set(),
  };

  const write = async (kind: ConfigurationKind, webhooks: readonly object[]): Promise<void> => {
    const seen = registrar.seen(kind);
    if (seen === undefined) return;
    if (seen === null) {
      if (!state.told.has(kind)) events.missing(kind);
      state.told.add(kind);
      return;
    }
    state.told.delete(kind);
    const text = JSON.stringify(webhooks);
    const before = state.written.get(kind);
    // What somebody else has written to it since is mended by writing it again: the API server keeps who wrote what.
    if (before?.uid === seen.uid && before.version === seen.version && before.text === text) return;
    try {
      const after = await registrar.apply(kind, seen.uid, webhooks);
      state.written.set(kind, { ...after, text });
      events.applied(true);
    } catch (error) {
      events.applied(false);
      throw error;
    }
  };

  const writeBoth = async (lists: WebhookLists): Promise<void> => {
    for (const kind of CONFIGURATION_KINDS) if (!stopped.signal.aborted) await write(kind, lists[kind]);
  };

  const round = async (): Promise<void> => {
    if (!elected()) return forget(state);
    const want = wanted();
    if (want === undefined || CONFIGURATION_KINDS.some((kind) => registrar.seen(kind) === undefined)) return;
    if (answered()) state.answeredAt = performance.now();
    const isAnswered = performance.now() - state.answeredAt < times.unansweredMs;
    await writeBoth(isAnswered ? want.lists : NONE);
    // Told only now: `inPlaceMs` counts from here.
    if (state.inPlace?.caBundle !== want.caBundle) {
      state.inPlace = { caBundle: want.caBundle, since: performance.now() };
    }
    tell(state, isAnswered ? want.lists : NONE, events);
  };

  const loop = followNotes(round, { signal: stopped.signal, times, problem: events.problem });
  const check = setInterval(loop.note, times.unansweredMs).unref();
  return {
    note: loop.note,
    inPlaceMs: (caBundle) =>
      state.inPlace?.caBundle === caBundle && elected() ? performance.now() - state.inPlace.since : 0,
    empty: async () => {
      stopped.abort();
      clearInterval(check);
      await loop.ended;
      for (const kind of CONFIGURATION_KINDS) {
        const seen = registrar.seen(kind);
        if (seen) await registrar.apply(kind, seen.uid, []);
      }
      events.emptied();
    },
    stop: () => {
      stopped.abort();
      clearInterval(check);
    },
  };
}

const NONE: WebhookLists = { mutating: [], validating: [] };

interface State {
  readonly written: Map<ConfigurationKind, ConfigurationState & { readonly text: string }>;
  answeredAt: number;
  inPlace: { readonly caBundle: string; readonly since: number } | undefined;
  /** What was told last. */
  filled: string | undefined;
  readonly told: Set<ConfigurationKind>;
}

/** Whoever was elected meanwhile may have written something else. */
function forget(state: State): void {
  state.written.clear();
  state.inPlace = undefined;
  state.filled = undefined;
}

/** Once for each change of what is asked about; a bundle or a rule is no news. */
function tell(state: State, { mutating, validating }: WebhookLists, events: RegistrationEvents): void {
  const names = [...mutating, ...validating].map((webhook) => String((webhook as { readonly name?: unknown }).name));
  const filled = names.join(' ');
  if (state.written.size === 0 || filled === state.filled) return;
  const wasEmpty = state.filled === undefined;
  state.filled = filled;
  if (names.length > 0) events.filled(names);
  else if (!wasEmpty) events.emptied();
}

interface Following {
  readonly signal: AbortSignal;
  readonly times: Times;
  readonly problem: (message: string) => void;
}

/** Runs `round` after each note, one at a time, notes of a moment together; again and again where it fails. */
function followNotes(round: () => Promise<void>, { signal, times, problem }: Following) {
  let noted = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    let delay = times.firstRetryMs;
    let reported: string | undefined;
    signal.addEventListener('abort', () => noted.resolve());
    while (!signal.aborted) {
      await noted.promise;
      noted = Promise.withResolvers<void>();
      if (signal.aborted) return;
      try {
        await round();
        [delay, reported] = [times.firstRetryMs, undefined];
        await wait(times.betweenMs, undefined, { signal }).catch(() => undefined);
      } catch (error) {
        const message = errorMessage(error);
        if (message !== reported) problem(message);
        reported = message;
        noted.resolve();
        await wait(delay, undefined, { signal }).catch(() => undefined);
        delay = Math.min(delay * 2, times.lastRetryMs);
      }
    }
  };
  return { note: () => noted.resolve(), ended: run() };
}
