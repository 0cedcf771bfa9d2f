/** Two texts -> what is to be done to the one to have the other. */
import type { Replacement, TextEdit } from '../report/report.ts';
import { type DiffLine, unifiedDiff } from '../report/unified-diff.ts';

const SIGNS = { hunk: '', same: ' ', removed: '-', added: '+' } as const;

/** In whole lines. `linesBefore` are those that stand in the file above the texts. */
export function textEdit(before: string, after: string, linesBefore: number): TextEdit {
  const lines = unifiedDiff(before, after).map((line) => (line.kind === 'hunk' ? moved(line, linesBefore) : line));
  const diff = lines.flatMap(({ kind, text, isOpen }) => [
    SIGNS[kind] + text,
    ...(isOpen ? ['\\ No newline at end of file'] : []),
  ]);
  return { diff: diff.map((line) => `${line}\n`).join(''), replacements: replacementsOf(lines) };
}

/** `@@ -12,7 +12,9 @@`, further down. */
function moved(hunk: DiffLine, lines: number): DiffLine {
  const text = hunk.text.replace(/([-+])(\d+)/g, (_, sign: string, start: string) => sign + (Number(start) + lines));
  return { ...hunk, text };
}

/** One for each run of lines that go or come. */
function replacementsOf(lines: readonly DiffLine[]): readonly Replacement[] {
  const replacements: Replacement[] = [];
  let line = 0;
  for (let at = 0; at < lines.length; ) {
    const { kind, text } = lines[at] as DiffLine;
    if (kind === 'hunk') line = firstLine(text);
    if (kind === 'same') line++;
    const run = runAt(lines, at);
    if (run.length > 0) replacements.push(replacementOf(run, line));
    line += run.filter((one) => one.kind === 'removed').length;
    at += Math.max(run.length, 1);
  }
  return replacements;
}

/** The number of the first line of a hunk. Of one without lines of `before` the line above is named. */
function firstLine(hunk: string): number {
  const [, start = '1', length] = /^@@ -(\d+)(?:,(\d+))?/.exec(hunk) ?? [];
  return length === '0' ? Number(start) + 1 : Number(start);
}

function runAt(lines: readonly DiffLine[], start: number): readonly DiffLine[] {
  let end = start;
  while (lines[end]?.kind === 'removed' || lines[end]?.kind === 'added') end++;
  return lines.slice(start, end);
}

function replacementOf(run: readonly DiffLine[], line: number): Replacement {
  const removed = run.filter(({ kind }) => kind === 'removed');
  const last = removed.at(-1);
  // A line without a break ends behind its last character; nothing begins below it.
  const end = last?.isOpen
    ? { line: line + removed.length - 1, column: last.text.length + 1 }
    : { line: line + removed.length, column: 1 };
  const added = run.filter(({ kind }) => kind === 'added');
  return {
    start: { line, column: 1 },
    end,
    text: added.map(({ text, isOpen }) => (isOpen ? text : `${text}\n`)).join(''),
  };
}
