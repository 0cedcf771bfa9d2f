/** A unified diff of two texts, as `diff -u` writes it: for people, who read it, and for `patch`. */

export type DiffLine = { readonly kind: 'hunk' | 'same' | 'removed' | 'added'; readonly text: string };

/**
 * The hunks of the difference, `context` unchanged lines around each; empty where the texts are equal. `text` is without
 * the sign; that of a hunk is its whole header. Meant for texts of some hundred lines: time grows with their product.
 */
export function unifiedDiff(before: string, after: string, context = 3): DiffLine[] {
  const edits = editsOf(linesOf(before), linesOf(after));
  const changed = edits.flatMap((edit, index) => (edit.kind === 'same' ? [] : [index]));
  const lines: DiffLine[] = [];
  for (let at = 0; at < changed.length; ) {
    const first = changed[at] ?? 0;
    let last = first;
    while (at < changed.length && (changed[at] ?? 0) - last <= 2 * context) last = changed[at++] ?? last;
    const from = Math.max(0, first - context);
    const hunk = edits.slice(from, last + context + 1);
    lines.push({ kind: 'hunk', text: header(edits, from, hunk) }, ...hunk);
  }
  return lines;
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function header(edits: readonly DiffLine[], from: number, hunk: readonly DiffLine[]): string {
  const range = (absent: DiffLine['kind']): string => {
    const start = edits.slice(0, from).filter(({ kind }) => kind !== absent).length;
    const length = hunk.filter(({ kind }) => kind !== absent).length;
    return `${length === 0 ? start : start + 1}${length === 1 ? '' : `,${length}`}`;
  };
  return `@@ -${range('added')} +${range('removed')} @@`;
}

/** The shortest script that makes `after` of `before`, by the longest common subsequence. */
function editsOf(before: readonly string[], after: readonly string[]): DiffLine[] {
  const common = commonLengths(before, after);
  const edits: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const down = common[i + 1]?.[j] ?? -1;
    const right = common[i]?.[j + 1] ?? -1;
    if (i < before.length && j < after.length && before[i] === after[j]) {
      edits.push({ kind: 'same', text: before[i++] ?? '' });
      j++;
    } else if (i < before.length && (j >= after.length || down >= right)) {
      edits.push({ kind: 'removed', text: before[i++] ?? '' });
    } else {
      edits.push({ kind: 'added', text: after[j++] ?? '' });
    }
  }
  return edits;
}

/** At [i][j]: how many lines the texts from their lines i and j on have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    const row = table[i] ?? [];
    const below = table[i + 1] ?? [];
    for (let j = after.length - 1; j >= 0; j--) {
      row[j] = before[i] === after[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return table;
}
