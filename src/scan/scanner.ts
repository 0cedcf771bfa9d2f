/** The background scan: round after round while it is started, each one the state of the cluster as a report. */
import { exceptionOutcomes } from '../audit/exceptions.ts';
import type { WantedResource } from '../audit/wanted.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { errorMessage, type Problem } from '../policy/problem.ts';
import { makeReport, type Report, type ReportedFinding } from '../report/report.ts';
import { collapse, type Outcomes } from './collapse.ts';
import { createMemory, type Memory } from './memory.ts';
import { pause } from './pause.ts';
import { type RoundParts, scanRound } from './round.ts';
import { paceOf, periodOf } from './schedule.ts';
import { takeTurns } from './turns.ts';

/** Who scans what, asked for at the beginning of each round. */
export interface Ground {
  readonly resources: readonly WantedResource[];
  /** What is not even known to be there. */
  readonly problems: readonly Problem[];
  readonly isOurs: (namespace: string) => boolean;
}

export interface ScannerOptions extends Pick<RoundParts, 'view' | 'objects'> {
  /** As the report calls the cluster. */
  readonly cluster: string;
  /** How long a change may take to be in the report, in milliseconds: kept wherever `objectsPerSecond` allows it. */
  readonly interval: number;
  readonly objectsPerSecond: number;
  readonly set: () => PolicySet;
  readonly exceptions: () => readonly ExceptionSource[];
  /** Rejects where the cluster does not answer: the round is tried again. */
  readonly ground: (set: PolicySet, signal: AbortSignal) => Promise<Ground>;
  /** Told of each scan; resolves with what is wrong all the same, and rejects where a round should follow soon. */
  readonly scanned: (scan: Scan, signal: AbortSignal) => Promise<readonly string[]>;
  /** Hears of what is wrong, once for as long as it stays the same. */
  readonly failed: (message: string) => void;
}

/** What came of a round. */
export interface Scan {
  readonly outcomes: Outcomes;
  readonly set: PolicySet;
  readonly isOurs: (namespace: string) => boolean;
  /** Objects looked at, and how many of them had to be judged. */
  readonly objects: number;
  readonly judged: number;
  readonly problems: readonly Problem[];
  /** In milliseconds of the epoch. */
  readonly endedAt: number;
  readonly seconds: number;
  /** Made when it is asked for: of a large cluster it takes a while. */
  report(): Report;
}

export interface Scanner {
  /** Begins with a round at once. */
  start(): void;
  /** Ends within moments, forgets everything, and may be started again. */
  stop(): void;
  /** Begins the next round now, or as soon as the present one is over. */
  wake(): void;
  /** Undefined before the first round has ended, and while it is stopped. */
  latest(): Scan | undefined;
}

// A cluster that does not answer is asked again before the next round would be due.
const RETRY_MS = 15_000;
// However often it is woken.
const BREATH_MS = 1000;

/** A scanner that does nothing before it is started. */
export function createScanner(options: ScannerOptions): Scanner {
  let active: AbortController | undefined;
  let latest: Scan | undefined;
  let wake = new AbortController();
  const woken = (): AbortSignal => wake.signal;
  return {
    start: () => {
      if (active !== undefined) return;
      active = new AbortController();
      const { signal } = active;
      const told = (scan: Scan): void => {
        if (!signal.aborted) latest = scan;
      };
      void run(options, signal, woken, told);
    },
    stop: () => {
      active?.abort();
      [active, latest] = [undefined, undefined];
    },
    wake: () => {
      wake.abort();
      wake = new AbortController();
    },
    latest: () => latest,
  };
}

async function run(
  options: ScannerOptions,
  signal: AbortSignal,
  /** Aborts with the next call of `wake`. */
  woken: () => AbortSignal,
  told: (scan: Scan) => void,
): Promise<void> {
  const memory = createMemory();
  let reported: string | undefined;
  for (let number = 1; !signal.aborted; number++) {
    const began = performance.now();
    // Asked for before the round: what changes during it has a round of its own.
    const change = woken();
    let due = periodOf(options.interval);
    let wrong: string;
    try {
      const scan = await scanOnce(options, memory, number, signal);
      told(scan);
      wrong = (await options.scanned(scan, signal)).join('; ');
    } catch (error) {
      wrong = errorMessage(error);
      due = Math.min(due, RETRY_MS);
    }
    if (signal.aborted) return;
    if (wrong !== '' && wrong !== reported) options.failed(wrong);
    reported = wrong;
    await pause(Math.min(BREATH_MS, options.interval), signal);
    await pause(Math.max(0, began + due - performance.now()), AbortSignal.any([signal, change]));
  }
}

async function scanOnce(options: ScannerOptions, memory: Memory, number: number, signal: AbortSignal): Promise<Scan> {
  const { view, objects, cluster } = options;
  const [began, now] = [performance.now(), Date.now()];
  const [set, exceptions] = [options.set(), options.exceptions()];
  const turns = takeTurns(paceOf(options.interval, options.objectsPerSecond, memory.passing()), signal);
  const { resources, problems: beforehand, isOurs } = await options.ground(set, signal);
  const granted = exceptions.map(({ exception }) => exception);
  const given = { number, set, exceptions: granted, view, resources, objects, isOurs, memory, turns, now, signal };
  const round = await scanRound(given);
  const outcomes = await collapse(memory.all(), turns);
  const problems = [...beforehand, ...round.problems];
  const judged = memory.size();
  const excused = exceptionOutcomes(exceptions, exceptions.length === 0 ? [] : findingsIn(memory), now);
  return {
    outcomes,
    set,
    isOurs,
    objects: judged,
    judged: round.judged,
    problems,
    endedAt: Date.now(),
    seconds: (performance.now() - began) / 1000,
    report: once(() =>
      makeReport({
        cluster,
        policies: set.policies.map(({ policy }) => policy),
        objects: [...outcomes.values()].flat(),
        problems,
        skipped: [],
        exceptions: excused,
        files: 0,
        judged,
      }),
    ),
  };
}

/** Of single objects: under owners, one of two findings may be left. */
function findingsIn(memory: Memory): readonly ReportedFinding[] {
  return Array.from(memory.all(), ({ outcome }) => outcome?.findings ?? []).flat();
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
