import { Boxed, type Value } from './value.ts';

/** A point in time in nanoseconds since 1970, in the years 1 to 9999. */
export class Timestamp extends Boxed {
  readonly typeName = 'google.protobuf.Timestamp';
  readonly nanoseconds: bigint;
  /** Minutes east of UTC that the timestamp was written in: only its text shows them. */
  readonly offset: number;

  constructor(nanoseconds: bigint, offset = 0) {
    super();
    this.nanoseconds = nanoseconds;
    this.offset = offset;
  }

  override equals(other: Value): boolean {
    return other instanceof Timestamp && other.nanoseconds === this.nanoseconds;
  }
}

const SECOND = 1_000_000_000n;
const FIRST = -62_135_596_800n * SECOND;
const LAST = 253_402_300_799n * SECOND + 999_999_999n;

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** The timestamp of nanoseconds since 1970, or undefined outside the years 1 to 9999. */
export function timestamp(nanoseconds: bigint, offset = 0): Timestamp | undefined {
  return nanoseconds < FIRST || nanoseconds > LAST ? undefined : new Timestamp(nanoseconds, offset);
}

/** Reads RFC 3339; undefined for anything else and for days that no calendar has. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59)
    return undefined;
  const minutes = Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0);
  const offset = match[8] === '-' ? -minutes : minutes;
  if (Number(match[9] ?? 0) > 24 || Number(match[10] ?? 0) > 60) return undefined;
  const local = epochSeconds(year, month, day) + hour * 3600 + minute * 60 + second;
  const seconds = local - offset * 60;
  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return timestamp(BigInt(seconds) * SECOND + fraction, offset);
}

/** RFC 3339 in the zone it was written in, with as many digits of the fraction as it needs. */
export function formatTimestamp(value: Timestamp): string {
  const seconds = floorDiv(value.nanoseconds, SECOND);
  const fraction = value.nanoseconds - seconds * SECOND;
  const date = new Date((Number(seconds) + value.offset * 60) * 1000);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const rest = date
    .toISOString()
    .replace(/^[+-]?\d+-/, '')
    .slice(0, 'MM-DDTHH:MM:SS'.length);
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${year}-${rest}${digits}${formatOffset(value.offset)}`;
}

function formatOffset(offset: number): string {
  if (offset === 0) return 'Z';
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

/** True for the first instant of the year 1, which Go calls zero. */
export function isZeroTime(value: Timestamp): boolean {
  return value.nanoseconds === FIRST;
}

/** Whole seconds since 1970, rounded down. */
export function unixSeconds(value: Timestamp): bigint {
  return floorDiv(value.nanoseconds, SECOND);
}

/** Milliseconds since 1970, rounded down: what a Date holds. */
export function unixMilliseconds(value: Timestamp): number {
  return Number(floorDiv(value.nanoseconds, 1_000_000n));
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
}

// Date.UTC takes the years 0 to 99 for 1900 to 1999, so the year is set by itself.
function epochSeconds(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 1000;
}
