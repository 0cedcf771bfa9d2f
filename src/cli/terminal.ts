/** What the process knows of the terminal it writes to. */
import { COLOURS, PLAIN, type Screen } from '../report/paint.ts';

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

// What a log or a pull request shows without breaking lines once more.
const WIDTH_WITHOUT_TERMINAL = 120;
const NARROWEST = 60;

/**
 * The terminal's width, else that of COLUMNS. Colours only where a terminal shows them: NO_COLOR and `colour: false` turn them off, FORCE_COLOR on; a dumb terminal
 * has none.
 */
export function screenOf(
  { isTTY = false, columns }: Terminal,
  env: Readonly<Record<string, string | undefined>>,
  colour = true,
): Screen {
  const wanted = isTTY && env['TERM'] !== 'dumb';
  const forced = env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0';
  const coloured = colour && !env['NO_COLOR'] && (wanted || forced);
  const width = columns ?? (Number(env['COLUMNS']) || WIDTH_WITHOUT_TERMINAL);
  return { width: Math.max(width, NARROWEST), paint: coloured ? COLOURS : PLAIN };
}
