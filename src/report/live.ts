/** What is known of a cluster at this moment, as pages show it: the outcome of the background scan, and who was refused. */
import type { Report } from './report.ts';

export interface ScanState {
  /** Of the last scan that came to its end; undefined before the first one, and on a replica that does not scan. */
  report(): Report | undefined;
  /** Refused requests, the latest first, the same refusal once; bounded. */
  denials(): readonly Denial[];
  /** When the report was made, in milliseconds of the epoch. */
  scannedAt(): number | undefined;
}

/** Requests that were refused for the same reasons. */
export interface Denial {
  /** Of the last one, in milliseconds of the epoch. */
  readonly time: number;
  /** Empty for an object without one. */
  readonly namespace: string;
  /** `Deployment shop/web`, `ClusterRole admin`. */
  readonly object: string;
  /** Ids, sorted. */
  readonly policies: readonly string[];
  /** What the client was told. */
  readonly message: string;
  readonly count: number;
}
