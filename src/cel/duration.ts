import { formatDouble } from './double-format.ts';
import { INT_MAX, INT_MIN } from './number.ts';
import { Boxed, type Value } from './value.ts';

/** A span of time in whole nanoseconds, inside int64 (about 292 years either way). */
export class Duration extends Boxed {
  readonly typeName = 'google.protobuf.Duration';
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    super();
    this.nanoseconds = nanoseconds;
  }

  override equals(other: Value): boolean {
    return other instanceof Duration && other.nanoseconds === this.nanoseconds;
  }
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/** The duration of nanoseconds, or undefined outside int64. */
export function duration(nanoseconds: bigint): Duration | undefined {
  return nanoseconds < INT_MIN || nanoseconds > INT_MAX ? undefined : new Duration(nanoseconds);
}

/** Reads Go's notation, such as `1h30m` or `-1.5s`; undefined for anything else, days among it. */
export function parseDuration(text: string): Duration | undefined {
  const sign = text.startsWith('-') ? -1n : 1n;
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === '0') return new Duration(0n);
  let total = 0n;
  let at = 0;
  while (at < body.length) {
    PART.lastIndex = at;
    const match = PART.exec(body);
    const whole = match?.[1] ?? '';
    const fraction = match?.[2] ?? '';
    if (!match || whole + fraction === '') return undefined;
    const unit = UNITS[match[3] ?? ''] ?? 0n;
    // What is finer than a nanosecond is cut off, unit by unit.
    total += BigInt(whole || '0') * unit + (fraction ? (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length) : 0n);
    at += match[0].length;
  }
  return at === 0 ? undefined : duration(sign * total);
}

/** Seconds as a decimal number with `s`, such as `5400s` or `0.5s`. */
export function formatDuration(value: Duration): string {
  const seconds = value.nanoseconds / 1_000_000_000n;
  const rest = value.nanoseconds % 1_000_000_000n;
  return `${formatDouble(Number(seconds) + Number(rest) / 1e9, 'fixed')}s`;
}
