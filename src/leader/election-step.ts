/** What a candidate does next: a pure function of the Lease, of when it last changed, and of the time. As client-go does it. */
import type { LeaseRecord, StoredLease } from '../kube/lease.ts';

/** The Lease as it was read last, and since when it is known to be like that, by this machine's own clock that never jumps. */
export interface Observed {
  readonly lease: StoredLease | undefined;
  /** Milliseconds. */
  readonly since: number;
}

export interface Candidate {
  readonly identity: string;
  /** How long others leave a holder alone that has stopped to renew. */
  readonly durationSeconds: number;
}

/** Wait: another holds it. Write: this record, over the version that was read. */
export type ElectionStep =
  | { readonly do: 'wait' }
  | { readonly do: 'write'; readonly record: LeaseRecord; readonly over: string | undefined };

/**
 * Takes in what was read at `now`: the time it is known since starts anew with every change, and only then. Nobody's clock is
 * compared with another's: who does not see a change for the whole duration knows that the holder has stopped.
 */
export function observe(before: Observed | undefined, lease: StoredLease | undefined, now: number): Observed {
  if (before !== undefined && before.lease?.version === lease?.version) return before;
  return { lease, since: now };
}

/** `now` is of the same clock as `observed.since`; `wallClock` (RFC 3339) only goes into the record, for people. */
export function electionStep(
  { lease, since }: Observed,
  { identity, durationSeconds }: Candidate,
  now: number,
  wallClock: string,
): ElectionStep {
  const fresh = { holder: identity, durationSeconds, acquireTime: wallClock, renewTime: wallClock };
  if (lease === undefined) return { do: 'write', record: { ...fresh, transitions: 0 }, over: undefined };
  const { record, version } = lease;
  if (record.holder === identity) {
    const { acquireTime, transitions } = record;
    return { do: 'write', record: { ...fresh, acquireTime: acquireTime || wallClock, transitions }, over: version };
  }
  // The holder may have asked for more time than we would.
  const left = since + Math.max(durationSeconds, record.durationSeconds) * 1000 - now;
  if (record.holder !== '' && left > 0) return { do: 'wait' };
  return { do: 'write', record: { ...fresh, transitions: record.transitions + 1 }, over: version };
}

/** The record that gives the Lease up: anyone may take it at once. */
export function released(record: LeaseRecord, wallClock: string): LeaseRecord {
  return { ...record, holder: '', durationSeconds: 1, acquireTime: wallClock, renewTime: wallClock };
}
