import type { Duration } from '../duration.ts';
import type { FunctionDeclaration, Library } from '../function.ts';
import { declare, member } from '../library/declare.ts';
import { type Timestamp, unixMilliseconds } from '../timestamp.ts';
import { DURATION, INT, STRING, TIMESTAMP } from '../type.ts';
import { CelError, type Result } from '../value.ts';
import { zoneOffset } from '../zone.ts';

/** Reads a part of a date; the date is shifted so that its UTC parts are those of the zone. */
type Part = (date: Date) => number;

const MILLISECOND = 1_000_000n;
const DAY = 86_400_000;

function inZone(part: Part, value: Timestamp, zone: string): Result {
  const instant = unixMilliseconds(value);
  const offset = zoneOffset(zone, instant);
  if (offset !== undefined) return part(new Date(instant + offset));
  const [hours = ''] = zone.split(':');
  return new CelError(
    zone.includes(':') ? `strconv.Atoi: parsing "${hours}": invalid syntax` : `unknown time zone ${zone}`,
  );
}

function getter(name: string, id: string, part: Part, unit?: bigint): FunctionDeclaration {
  const overloads = [
    member(`timestamp_to_${id}`, [TIMESTAMP], INT, (value: Timestamp) => part(new Date(unixMilliseconds(value)))),
    member(`timestamp_to_${id}_with_tz`, [TIMESTAMP, STRING], INT, (value: Timestamp, zone: string) =>
      inZone(part, value, zone),
    ),
  ];
  if (unit === undefined) return declare(name, overloads);
  return declare(name, [
    ...overloads,
    member(`duration_to_${id}`, [DURATION], INT, (value: Duration) => Number(value.nanoseconds / unit)),
  ]);
}

function dayOfYear(date: Date): number {
  const start = new Date(date);
  start.setUTCMonth(0, 1);
  return Math.round((date.getTime() - start.getTime()) / DAY);
}

/** The getters of timestamps, in UTC or in a named or numeric zone, and those of durations, which are whole totals. */
export const TIME: Library = {
  name: 'time',
  functions: [
    getter('getFullYear', 'year', (date) => date.getUTCFullYear()),
    getter('getMonth', 'month', (date) => date.getUTCMonth()),
    getter('getDayOfYear', 'day_of_year', dayOfYear),
    getter('getDayOfMonth', 'day_of_month', (date) => date.getUTCDate() - 1),
    getter('getDate', 'day_of_month_1_based', (date) => date.getUTCDate()),
    getter('getDayOfWeek', 'day_of_week', (date) => date.getUTCDay()),
    getter('getHours', 'hours', (date) => date.getUTCHours(), 3_600_000n * MILLISECOND),
    getter('getMinutes', 'minutes', (date) => date.getUTCMinutes(), 60_000n * MILLISECOND),
    getter('getSeconds', 'seconds', (date) => date.getUTCSeconds(), 1_000n * MILLISECOND),
    getter('getMilliseconds', 'milliseconds', (date) => date.getUTCMilliseconds(), MILLISECOND),
  ],
};
