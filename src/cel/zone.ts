const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** The offset from UTC of a time zone at an instant, both in milliseconds; undefined where there is no such zone. */
export function zoneOffset(zone: string, instant: number): number | undefined {
  if (zone === '' || zone === 'UTC') return 0;
  return zone.includes(':') ? numericOffset(zone) : namedOffset(zone, instant);
}

// `+02:00`, `-07:30`, `02:00`: hours and minutes, the sign covers both.
function numericOffset(zone: string): number | undefined {
  const match = /^([+-]?)(\d+):([+-]?\d+)$/.exec(zone);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

function namedOffset(zone: string, instant: number): number | undefined {
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

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = FORMATS.get(zone);
  if (known) return known;
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
    FORMATS.set(zone, format);
    return format;
  } catch {
    return undefined;
  }
}
