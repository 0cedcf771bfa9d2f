/** A unified diff of two texts, as `diff -u` writes it: for people, who read it, and for `patch`. */

export interface DiffLine {
  readonly kind: 'hunk' | 'same' | 'removed' | 'added';
  readonly text: string;
  /** No line break follows: it is the end of a file without one. */
  readonly isOpen?: true;
}

/**
 * The hunks of the difference, `context` unchanged lines around each; empty where the texts are equal. `text` is without
 * the sign; that of a hunk is its whole header. Of more than a thousand changed lines it may not be the shortest diff any more.
 */
export function unifiedDiff(before: string, after: string, context = 3): DiffLine[] {
  const edits = editsOf(linesOf(before), linesOf(after));
  const changed = edits.flatMap((edit, index) => (edit.kind === 'same' ? [] : [index]));
  const lines: DiffLine[] = [];
  for (let at = 0; at < changed.length; ) {
    const first = changed[at] ?? 0;
    let last = first;
    while (at < changed.length && (changed[at] ?? 0) - last <= 2 * context + 1) last = changed[at++] ?? last;
    const from = Math.max(0, first - context);
    const hunk = edits.slice(from, last + context + 1);
    lines.push({ kind: 'hunk', text: header(edits, from, hunk) }, ...hunk);
  }
  return lines;
}

/** Each with its line break; the last one may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function lineOf(kind: DiffLine['kind'], line: string): DiffLine {
  return line.endsWith('\n') ? { kind, text: line.slice(0, -1) } : { kind, text: line, isOpen: true };
}

function header(edits: readonly DiffLine[], from: number, hunk: readonly DiffLine[]): string {
  const range = (absent: DiffLine['kind']): string => {
    const start = edits.slice(0, from).filter(({ kind }) => kind !== absent).length;
    const length = hunk.filter(({ kind }) => kind !== absent).length;
    return `${length === 0 ? start : start + 1}${length === 1 ? '' : `,${length}`}`;
  };
  return `@@ -${range('added')} +${range('removed')} @@`;
}

/** A script that makes `after` of `before`: the shortest one, unless more changes than one search finds are needed. */
function editsOf(before: readonly string[], after: readonly string[]): DiffLine[] {
  const script: DiffLine[] = [];
  for (let [i, j] = [0, 0]; i < before.length || j < after.length; ) {
    const [left, right] = [before.slice(i), after.slice(j)];
    const found = searched(left, right);
    for (const line of scriptOf(left, right, found)) script.push(line);
    i += found.i;
    j += found.j;
  }
  return script;
}

/** The script of one search, read from its end back to the beginning. */
function scriptOf(before: readonly string[], after: readonly string[], found: Search): DiffLine[] {
  const script: DiffLine[] = [];
  let { i, j } = found;
  for (let changes = found.rounds.length - 1; changes > 0; changes--) {
    const reached = found.rounds[changes - 1] as Reached;
    const isDown = comesFromAbove(reached, i - j, changes);
    const from = furthest(reached, isDown ? i - j + 1 : i - j - 1);
    const start = isDown ? from : from + 1;
    while (i > start) script.push(lineOf('same', before[--i] as string)) && j--;
    script.push(isDown ? lineOf('added', after[--j] as string) : lineOf('removed', before[--i] as string));
  }
  while (i > 0) script.push(lineOf('same', before[--i] as string));
  return script.reverse();
}

/** After some number of changes: how far in `before` one comes on each diagonal that one can be on, the lowest first. */
type Reached = Int32Array;

function furthest(reached: Reached, diagonal: number): number {
  return reached[(diagonal + reached.length - 1) / 2] ?? 0;
}

/** What was reached by how many changes, up to the place that the search has come to: the end of both, if it could. */
interface Search {
  readonly rounds: readonly Reached[];
  readonly i: number;
  readonly j: number;
}

// A search takes the square of its changes of time and memory. Another one goes on from where it has come to.
const MAX_CHANGES = 1000;

/** Myers 1986: with each change more, as far as one comes on each diagonal. */
function searched(before: readonly string[], after: readonly string[]): Search {
  const rounds: Reached[] = [];
  let last: Reached = new Int32Array();
  for (let changes = 0; changes <= MAX_CHANGES; changes++) {
    const reached = new Int32Array(changes + 1);
    rounds.push(reached);
    for (let diagonal = -changes; diagonal <= changes; diagonal += 2) {
      const isDown = comesFromAbove(last, diagonal, changes);
      let i = changes === 0 ? 0 : isDown ? furthest(last, diagonal + 1) : furthest(last, diagonal - 1) + 1;
      while (i < before.length && i - diagonal < after.length && before[i] === after[i - diagonal]) i++;
      reached[(diagonal + changes) / 2] = i;
      if (i >= before.length && i - diagonal >= after.length) return { rounds, i: before.length, j: after.length };
    }
    last = reached;
  }
  return { rounds, ...furthestOf(last, before.length, after.length) };
}

/** The place that most lines of both lie behind. */
function furthestOf(reached: Reached, lines: number, others: number): { readonly i: number; readonly j: number } {
  let best = { i: 0, j: 0 };
  for (const [index, i] of reached.entries()) {
    const j = i - (2 * index - reached.length + 1);
    if (i <= lines && j <= others && i + j > best.i + best.j) best = { i, j };
  }
  return best;
}

/** Whether the last change on the way to this diagonal was a line added. */
function comesFromAbove(last: Reached, diagonal: number, changes: number): boolean {
  if (diagonal === -changes) return true;
  return diagonal !== changes && furthest(last, diagonal - 1) < furthest(last, diagonal + 1);
}
