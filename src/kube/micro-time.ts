/** Times as Leases and Events have them. */

/** RFC 3339 with microseconds, the only form that a MicroTime has. */
export function microTime(time = new Date()): string {
  return time.toISOString().replace('Z', '000Z');
}
