/** What is the case at this moment, asked for at each scrape: nobody has to remember to tell. All parts may be missing. */
export interface Readings {
  /** Ends of the certificates in use, in milliseconds of the epoch. */
  certificates?(): { readonly serving?: number; readonly authority?: number };
  elected?(): boolean;
  /** By what is in force of each policy whose latest version does not compile. */
  brokenPolicies?(): readonly ('previous' | 'none')[];
  /** When each PolicyException ends, in milliseconds of the epoch. */
  exceptionEnds?(): readonly number[];
  watches?(): readonly WatchReading[];
  eventQueueLength?(): number;
  /** Undefined where this replica does not scan, or has not yet. */
  scan?(): ScanReading | undefined;
}

/** The last scan. */
export interface ScanReading {
  /** In milliseconds of the epoch. */
  readonly endedAt: number;
  readonly seconds: number;
  readonly objects: number;
  readonly judged: number;
  /** Bounded by whoever tells it. */
  readonly debt: readonly { readonly namespace: string; readonly policy: string; readonly findings: number }[];
}

/** One watched resource. */
export interface WatchReading {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  /** The plural. */
  readonly resource: string;
  readonly synced: boolean;
  /** Since the start. */
  readonly failures: number;
  /** When it was last listed, in milliseconds of the epoch. */
  readonly listedAt: number | undefined;
}
