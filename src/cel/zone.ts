import { countWork } from './work.ts';

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** The offset from UTC of a time zone at an instant, both in milliseconds; undefined where there is no such zone. */
export function zoneOffset(zone: string, instant: number): number | undefined {
  if (zone === '' || zone === 'UTC') return 0;
  return zone.includes(':') ? numericOffset(zone) : namedOffset(zone, instant);
}

// Longer than any clock needs, and short enough to stay exact.
const MOST_DIGITS = 6;

// `+02:00`, `-07:30`, `02:00`: hours and minutes, the sign covers both.
function numericOffset(zone: string): number | undefined {
  const match = /^([+-]?)(\d+):([+-]?\d+)$/.exec(zone);
  if (!match || zone.length > 2 * MOST_DIGITS) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

/** The names without a slash in the time zone database; the platform knows more of them, and offsets such as `+0530`. */
const PLAIN_NAMES = new Set(
  'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire Factory GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya Local MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK Singapore Turkey UCT UTC Universal W-SU WET Zulu'.split(
    ' ',
  ),
);

// Here, and on an API server in its container.
const UTC_TOO = new Set(['Local', 'Factory']);

/** The database's names are told apart by case; the platform's are not. */
function isName(zone: string, canonical: string): boolean {
  if (!zone.includes('/')) return PLAIN_NAMES.has(zone);
  if (zone.toLowerCase() === canonical.toLowerCase()) return zone === canonical;
  return /^[A-Z][^/]*(?:\/[A-Z][^/]*)+$/.test(zone) && !/[A-Z]{4}/.test(zone);
}

function namedOffset(zone: string, instant: number): number | undefined {
  if (UTC_TOO.has(zone)) return 0;
  const format = formatOf(zone);
  if (!format) return undefined;
  const parts: Record<string, number> = {};
  let era = 'AD';
  for (const { type, value } of format.formatToParts(instant)) {
    if (type === 'era') era = value;
    else parts[type] = Number(value);
  }
  const local = new Date(0);
  const year = parts['year'] ?? 0;
  local.setUTCFullYear(era.startsWith('B') ? 1 - year : year, (parts['month'] ?? 1) - 1, parts['day'] ?? 1);
  local.setUTCHours(parts['hour'] ?? 0, parts['minute'] ?? 0, parts['second'] ?? 0);
  return local.getTime() - Math.floor(instant / 1000) * 1000;
}

// A name that is not known yet takes the time of that many steps inside a value; one that is unknown is looked up each time.
const LOOKUP_WORK = 300;

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = FORMATS.get(zone);
  if (known) return known;
  countWork(LOOKUP_WORK);
  try {
    const options = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    const format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone, era: 'short', hourCycle: 'h23' });
    if (!isName(zone, format.resolvedOptions().timeZone)) return undefined;
    FORMATS.set(zone, format);
    return format;
  } catch {
    return undefined;
  }
}
