/** Colours as functions, so that a renderer need not know whether anybody sees them. */

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const ESC = '\u001B[';
const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    text === '' ? '' : `${ESC}${on}m${text}${ESC}${off}m`;
const plain = (text: string): string => text;

/** ANSI colours of a terminal. */
export const COLOURS: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  yellow: sgr(33, 39),
  green: sgr(32, 39),
  cyan: sgr(36, 39),
};

/** No colours: for files, pipes and NO_COLOR. */
export const PLAIN: Paint = { bold: plain, dim: plain, red: plain, yellow: plain, green: plain, cyan: plain };

/** What a renderer for people is told about the place its text goes to. */
export interface Screen {
  /** Columns; text is broken to fit. */
  readonly width: number;
  readonly paint: Paint;
}
