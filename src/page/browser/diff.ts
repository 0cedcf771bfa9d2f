/** A diff, line by line: what goes and what comes is told by sign and colour, and in words to a screen reader. */
import { element, hidden } from './element.ts';

const KINDS: Readonly<Record<string, readonly [kind: string, word: string]>> = {
  '+': ['added', 'added: '],
  '-': ['removed', 'removed: '],
  '@': ['hunk', ''],
};

export function diffBlock(diff: string, label: string): HTMLElement {
  const lines = diff.replace(/\n$/, '').split('\n');
  return element('pre', { class: 'diff', tabindex: 0, role: 'region', 'aria-label': label }, ...lines.map(diffLine));
}

function diffLine(line: string): HTMLElement {
  const [kind, word] = KINDS[line[0] ?? ''] ?? ['same', ''];
  const text = kind === 'hunk' ? whereOf(line) : line;
  return element('span', { class: `line ${kind}` }, word === '' ? undefined : hidden(word), `${text}\n`);
}

/** `@@ -78,6 +78,9 @@` is of a file, for programs; `@@ spec.containers[0] @@` is ours. */
function whereOf(line: string): string {
  const where = line.replace(/^@@ ?| ?@@.*$/g, '');
  const [, from] = /^-(\d+)(?:,\d+)? \+\d+/.exec(where) ?? [];
  return from === undefined ? where : `line ${from}`;
}
