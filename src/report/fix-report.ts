/** What `tidegate fix` made of some files: one model for whoever shows it. */
import type { Finding } from '../engine/decision.ts';
import type { Position, Problem } from '../policy/problem.ts';

export interface FixReport {
  /** The files that change, in the order in which they were given. */
  readonly files: readonly FileChange[];
  /** The findings that are gone, in order of the files and the objects in them. */
  readonly fixed: readonly FixedFinding[];
  /** Those that stay, in the same order. */
  readonly left: readonly LeftFinding[];
  /** Whether those of them that have no fix are marked in the files. */
  readonly marked: boolean;
  /** How many fields were set that the webhook would set at admission, if that was asked for; how many it would still set. */
  readonly mutations: { readonly asked: boolean; readonly written: number; readonly open: number };
  /** How many fixes of milder findings than were asked for there are. */
  readonly milder: number;
  /** What kept anything from being judged. */
  readonly problems: readonly Problem[];
  /** Files read. */
  readonly read: number;
}

export interface FileChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export interface FixedFinding extends Finding {
  readonly file: string;
}

export interface LeftFinding extends Finding {
  readonly file: string;
  /** `Deployment shop/web`. */
  readonly object: string;
  /** Where it is in the file as it was read, and as it is now. */
  readonly before: Position;
  readonly after: Position;
  /** Why its fix was not made; absent where it has none: the value is one that only a person can know. */
  readonly refused?: string;
}
