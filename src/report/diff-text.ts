/** A unified diff with its two heading lines, in colours where somebody sees them. */
import { PLAIN, type Screen } from './paint.ts';
import { unifiedDiff } from './unified-diff.ts';

const SIGNS = { hunk: '', same: ' ', removed: '-', added: '+' } as const;

export interface TextChange {
  /** After `--- ` and `+++ `. */
  readonly from: string;
  readonly to: string;
  readonly before: string;
  readonly after: string;
}

/** Each line with its line break. On a terminal control characters are blanks: it must not obey them. */
export function diffText({ from, to, before, after }: TextChange, { paint }: Screen): string {
  // A program gets every byte.
  const shown = (text: string): string => (paint === PLAIN ? text : text.replace(/[^\P{Cc}\t]/gu, ' '));
  const colours = { hunk: paint.cyan, same: (text: string) => text, removed: paint.red, added: paint.green };
  return [
    paint.bold(`--- ${from}`),
    paint.bold(`+++ ${to}`),
    ...unifiedDiff(before, after).flatMap(({ kind, text, isOpen }) => [
      colours[kind](SIGNS[kind] + shown(text)),
      ...(isOpen ? ['\\ No newline at end of file'] : []),
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
