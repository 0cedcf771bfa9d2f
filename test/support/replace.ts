/** What a reader of our reports does with the replacements of an edit. */
import type { Replacement } from '../../src/report/report.ts';

/** The text with each of them made; they are in order, and none touches another. */
export function replaced(text: string, replacements: readonly Replacement[]): string {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offset = ({ line, column }: Replacement['start']): number => (starts[line - 1] ?? Number.NaN) + column - 1;
  let out = '';
  let at = 0;
  for (const { start, end, text: piece } of replacements) {
    if (!(offset(start) >= at && offset(end) >= offset(start))) throw new Error('they touch, or are out of order');
    out += text.slice(at, offset(start)) + piece;
    at = offset(end);
  }
  return out + text.slice(at);
}
