import fc from 'fast-check';
import { expect, it } from 'vitest';
import { replaced } from '../../test/support/replace.ts';
import { textEdit } from './text-edit.ts';

it('names the lines of the file', () => {
  expect(textEdit('a\nb\nc\n', 'a\nB\nc\nd\n', 10)).toEqual({
    diff: '@@ -11,3 +11,4 @@\n a\n-b\n+B\n c\n+d\n',
    replacements: [
      { start: { line: 12, column: 1 }, end: { line: 13, column: 1 }, text: 'B\n' },
      { start: { line: 14, column: 1 }, end: { line: 14, column: 1 }, text: 'd\n' },
    ],
  });
});

it('keeps the end of a file without a line break', () => {
  expect(textEdit('a\nb', 'a\nB', 0)).toEqual({
    diff: '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n\\ No newline at end of file\n',
    replacements: [{ start: { line: 2, column: 1 }, end: { line: 2, column: 2 }, text: 'B' }],
  });
});

it('makes the one text of the other, wherever they stand', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b\r', '', 'ü\u{1F600}'), { maxLength: 12 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, fc.nat(3), (before, after, above) => {
      const head = 'x\n'.repeat(above);
      expect(replaced(head + before, textEdit(before, after, above).replacements)).toBe(head + after);
    }),
  );
});
