import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type DiffLine, unifiedDiff } from './unified-diff.ts';

const SIGNS = { hunk: '', same: ' ', removed: '-', added: '+' };
const show = (lines: readonly DiffLine[]): string[] => lines.map(({ kind, text }) => SIGNS[kind] + text);

it('writes what diff -u writes', () => {
  expect(show(unifiedDiff('a\nb\nc\nd\ne\nf\n', 'a\nb\nC\nd\ne\nf\ng\n', 1))).toEqual([
    '@@ -2,3 +2,3 @@',
    ' b',
    '-c',
    '+C',
    ' d',
    '@@ -6 +6,2 @@',
    ' f',
    '+g',
  ]);
  // No more lines between two changes than both show around them: one hunk.
  expect(show(unifiedDiff('a\nb\nc\nd\n', 'A\nb\nc\nD\n', 1))[0]).toBe('@@ -1,4 +1,4 @@');
  expect(show(unifiedDiff('', 'a\n'))).toEqual(['@@ -0,0 +1 @@', '+a']);
});

it('is empty for equal texts', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n')).toEqual([]);
});

it('tells a last line without a line break from one with it', () => {
  const [, ...lines] = unifiedDiff('a\nb', 'a\nb\nc');
  expect(lines).toEqual([
    { kind: 'same', text: 'a' },
    { kind: 'removed', text: 'b', isOpen: true },
    { kind: 'added', text: 'b' },
    { kind: 'added', text: 'c', isOpen: true },
  ]);
});

it.each([900, 6000])('shows %d more lines of a long file as what they are', (count) => {
  const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}\n`);
  const more = lines.flatMap((line, at) => (at % 3 === 1 && at < 3 * count ? [line, 'more\n'] : [line]));
  const signs = unifiedDiff(lines.join(''), more.join(''), 0).map(({ kind }) => kind);
  expect(signs.filter((kind) => kind === 'added').length).toBe(count);
  expect(signs.filter((kind) => kind === 'removed').length).toBe(0);
});

it('finds its way where nothing is the same', () => {
  const [some, others] = ['a', 'b'].map((sign) => Array.from({ length: 1500 }, (_, at) => `${sign}${at}\n`).join(''));
  const signs = unifiedDiff(some ?? '', others ?? '', 0).map(({ kind }) => kind);
  expect(signs.filter((kind) => kind === 'same')).toEqual([]);
  expect(signs.length).toBe(3001);
});

const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 }).map((lines) => lines.join('\n'));

it('holds both texts, with enough context', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = unifiedDiff(before, after, 100);
      if (before === after) return diff.length === 0;
      const side = (absent: string): string =>
        diff
          .filter(({ kind }) => kind !== absent && kind !== 'hunk')
          .map((line) => line.text)
          .join('\n');
      return side('added') === before && side('removed') === after;
    }),
  );
});
