/** One collection of the cluster, kept up to date: client-node's ListWatch, started anew whenever it gives up. */
import { setTimeout } from 'node:timers/promises';
import { type KubeConfig, ListWatch, Watch } from '@kubernetes/client-node';
import type { JsonObject } from './client.ts';
import { type Collection, collectionPath, fieldSelectorOf, listCollection, slim } from './collection.ts';

export interface Informer {
  /** The object, null where there is none, undefined while that is not known. `namespace` is empty for cluster-scoped ones. */
  get(namespace: string, name: string): JsonObject | null | undefined;
  /** The objects of a namespace, or with an empty one of all; undefined while they are not known. */
  list(namespace: string): readonly JsonObject[] | undefined;
  /** Calls `listener` some time after anything changed: once for each list, and for each object that changes after it. */
  onChange(listener: () => void): void;
  state(): InformerState;
  /** Settles when the first attempt has ended, whether it could read the collection or not. */
  readonly attempted: Promise<void>;
  stop(): void;
}

/** How well a collection is known. */
export interface InformerState {
  /** Whether there are answers; they may be of a moment before the connection was lost. */
  readonly synced: boolean;
  /** Lists and watches that failed since the start. */
  readonly failures: number;
  /** When the collection was last listed as a whole, in milliseconds of the epoch. */
  readonly listedAt: number | undefined;
}

/** What went wrong with a watch; it is tried again by itself. */
export interface WatchProblem extends Collection {
  readonly message: string;
  /** Forbidden, or no such resource: nothing is known of the collection until that changes. */
  readonly unreadable: boolean;
}

/** A restarting API server is back after seconds; one that is gone is not asked more than twice a minute. */
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;

/**
 * Watches a collection, or the part of it that its `namespace` and `name` leave, until it is stopped. Through disconnects the last known objects stay; a new list
 * replaces them, so that nothing deleted in between survives. `report` is told of a failure once, not of every attempt;
 * `connecting` of every attempt to watch, the first and each after the API server has closed the watch or gone away.
 */
export function informer(
  config: KubeConfig,
  collection: Collection,
  report: (problem: WatchProblem) => void,
  connecting: () => void = () => undefined,
): Informer {
  const state: State = {
    stopped: new AbortController(),
    current: undefined,
    known: undefined,
    failures: 0,
    listedAt: undefined,
  };
  const first = Promise.withResolvers<void>();
  const listeners: (() => void)[] = [];
  const changed = (watch: ListWatch<object> | undefined): void => {
    // While it lists, nobody is told of every object: what is known is still the list before.
    if (state.known === watch) for (const listener of listeners) listener();
  };
  const attempt = (): Attempt => listWatch(config, collection, connecting, changed);
  void follow(collection, attempt, state, { attempted: first.resolve, changed, report });
  return {
    get: (namespace, name) =>
      state.known === undefined ? undefined : ((state.known.get(name, namespace) ?? null) as JsonObject | null),
    list: (namespace) => state.known?.list(namespace) as readonly JsonObject[] | undefined,
    onChange: (listener) => void listeners.push(listener),
    state: () => ({ synced: state.known !== undefined, failures: state.failures, listedAt: state.listedAt }),
    attempted: first.promise,
    stop: () => {
      state.stopped.abort();
      void state.current?.stop();
      first.resolve();
    },
  };
}

interface State {
  readonly stopped: AbortController;
  /** The latest attempt, to be stopped. */
  current: ListWatch<object> | undefined;
  /** The latest that has listed: answers come from it, also while the next one tries. */
  known: ListWatch<object> | undefined;
  failures: number;
  listedAt: number | undefined;
}

interface Tell {
  readonly attempted: () => void;
  readonly changed: (watch: ListWatch<object> | undefined) => void;
  readonly report: (problem: WatchProblem) => void;
}

async function follow(collection: Collection, next: () => Attempt, state: State, tell: Tell): Promise<void> {
  const { signal } = state.stopped;
  let delay = FIRST_RETRY_MS;
  let reported: string | undefined;
  while (!signal.aborted) {
    const attempt = next();
    state.current = attempt.watch;
    await attempt.start();
    // Stopped while it listed: ListWatch has opened the watch all the same.
    if (signal.aborted) return void attempt.watch.stop();
    if (attempt.failure() === undefined) {
      state.known = attempt.watch;
      state.listedAt = Date.now();
      [delay, reported] = [FIRST_RETRY_MS, undefined];
      tell.changed(attempt.watch);
    }
    tell.attempted();
    const failure = await attempt.failed;
    if (signal.aborted) return;
    state.failures++;
    const problem = { ...collection, message: describe(failure), unreadable: isUnreadable(failure) };
    if (problem.unreadable && state.known !== undefined) {
      state.known = undefined;
      tell.changed(undefined);
    }
    if (problem.message !== reported) tell.report(problem);
    reported = problem.message;
    await setTimeout(delay, undefined, { signal }).catch(() => undefined);
    delay = Math.min(delay * 2, LAST_RETRY_MS);
  }
}

interface Attempt {
  readonly watch: ListWatch<object>;
  /** Lists and opens the watch; never rejects. */
  start(): Promise<void>;
  failure(): unknown;
  /** Resolves with the first failure, at once or after days. */
  readonly failed: Promise<unknown>;
}

function listWatch(
  config: KubeConfig,
  collection: Collection,
  connecting: () => void,
  changed: (watch: ListWatch<object>) => void,
): Attempt {
  const path = collectionPath(collection);
  const selector = fieldSelectorOf(collection);
  const { promise: failed, resolve } = Promise.withResolvers<unknown>();
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error ?? new Error('the watch ended');
    resolve(failure);
  };
  const list = () => listCollection(config, path, selector);
  const watch = new ListWatch(path, new CarefulWatch(config), list, false, undefined, selector);
  watch.on('error', fail);
  watch.on('change', (object) => {
    slim(object);
    changed(watch);
  });
  watch.on('connect', connecting);
  return { watch, start: () => watch.start().catch(fail), failure: () => failure, failed };
}

/**
 * client-node calls `watch` again from a callback that nobody awaits: what it throws before it connects (an unreadable
 * token file, a failing credential plugin) would end the process as an unhandled rejection.
 */
class CarefulWatch extends Watch {
  override async watch(...[path, query, onEvent, onEnd]: Parameters<Watch['watch']>): Promise<AbortController> {
    try {
      return await super.watch(path, query, onEvent, onEnd);
    } catch (error) {
      onEnd(error);
      return new AbortController();
    }
  }
}

function isUnreadable(error: unknown): boolean {
  const code = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  return code === 401 || code === 403 || code === 404;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`.split('\n')[0] ?? '';
}
