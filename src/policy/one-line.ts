// Most texts: looking for what a line must not hold costs more than seeing that it holds words and single spaces only.
const PLAIN_LINE = /^[!-~]+(?: [!-~]+)*$/;

/**
 * The text in one line, with single spaces for line breaks and control characters: texts hold names and values that anybody
 * may choose, which must neither forge a line of ours nor command a terminal.
 */
export function oneLine(text: string): string {
  if (PLAIN_LINE.test(text)) return text;
  return text.replace(RUNS, ' ').trim();
}

/** The same for the name of a file, which keeps its blanks, or no file has it. */
export function oneLineName(name: string): string {
  return name.replace(CONTROLS, ' ');
}

const COMMANDING = String.raw`\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}`;
const CONTROLS = new RegExp(`[${COMMANDING}]`, 'gu');
const RUNS = new RegExp(`[\\s${COMMANDING}]+`, 'gu');
