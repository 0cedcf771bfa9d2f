/** How far long work has come, on a terminal; nowhere else. */

export interface ProgressBar {
  /** So much is done. */
  readonly at: (done: number) => void;
  /** Takes the bar away. */
  readonly end: () => void;
}

/** What it needs of standard error. */
export interface ProgressTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const WIDTH = 24;
// Work that takes less is over before anybody has read what it is.
const QUIET_MS = 700;
const REDRAW_MS = 100;

/**
 * A bar for `what` ("judging"), counted in `unit` ("objects") up to `total`, which may not be known. It is drawn on a terminal that can take it
 * back, after a moment, and never in a CI job, whose log would keep every step. `at` may be called as often as one likes.
 */
export function progressBar(
  what: string,
  unit: string,
  total?: number,
  terminal: ProgressTerminal = process.stderr,
  now: () => number = () => performance.now(),
): ProgressBar {
  if (!terminal.isTTY || process.env['TERM'] === 'dumb' || process.env['CI']) return { at: () => {}, end: () => {} };
  const start = now();
  let drawn: number | undefined;
  return {
    at: (done) => {
      const time = now();
      if (time - (drawn ?? start + QUIET_MS - REDRAW_MS) < REDRAW_MS) return;
      drawn = time;
      const line = lineOf(what, unit, done, total, (done / (time - start)) * 1000);
      terminal.write(`\r${line.slice(0, (terminal.columns ?? 80) - 1)}\u001B[K`);
    },
    end: () => {
      if (drawn !== undefined) terminal.write('\r\u001B[K');
      drawn = undefined;
    },
  };
}

function lineOf(what: string, unit: string, done: number, total: number | undefined, rate: number): string {
  const speed = `${counted(rate)} ${unit}/s`;
  if (total === undefined) return `${what} ${counted(done)} ${unit}, ${speed}`;
  const full = Math.round((done / Math.max(total, 1)) * WIDTH);
  const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`;
  return `${what} ${bar} ${counted(done)} of ${counted(total)} ${unit}, ${speed}`;
}

function counted(number: number): string {
  return Math.round(number).toLocaleString('en');
}
