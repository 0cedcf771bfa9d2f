import { describe, expect, it } from 'vitest';
import { readDocuments } from './yaml-document.ts';

/** The text that stands in the file where the character at `offset` of the value at `a` is located. */
function typedAt(text: string, offset: number): string {
  const [document] = readDocuments(text, 'f.yaml').documents;
  const position = document?.locate(['a'], offset);
  const line = text.split('\n')[(position?.line ?? 0) - 1] ?? '';
  return line.slice((position?.column ?? 0) - 1);
}

function readValue(text: string): string {
  const value = readDocuments(text, 'f.yaml').documents[0]?.value as { readonly a: string };
  return value.a;
}

const CASES: readonly (readonly [style: string, text: string])[] = [
  ['plain', 'a: one X two'],
  ['plain over lines', 'a: one\n   two\n   three X four'],
  ['plain over a blank line', 'a: one\n\n\n   two X'],
  ['single quotes', "a: 'it''s X'"],
  ['single quotes over lines', "a: 'it''s\n  on two X'"],
  ['double quotes', 'a: "tab\\t \\u00e9 \\U0001F600 \\x41 X"'],
  ['double quotes with an escaped line break', 'a: "one \\\n  two X"'],
  ['double quotes over lines', 'a: "one \\n\n  two X"'],
  ['literal block', 'a: |\n  one\n    two\n  three X'],
  ['literal block with CRLF', 'a: |\r\n  one\r\n  three X\r\n'],
  ['literal block with an indicator', 'a: |2-\n    one\n  X'],
  ['literal block after blank lines', 'a: |\n\n\n  one\n\n  X'],
  ['folded block', 'a: >-\n  one\n  two\n\n  three X'],
  ['folded block with an indented line', 'a: >\n  one\n    two\n  three X'],
  ['flow mapping', '{a: one X}'],
  ['JSON', '{"a": "say \\"X\\""}'],
];

describe('sourceOffset', () => {
  it.each(CASES)('finds a character of %s', (_, text) => {
    expect(typedAt(text, readValue(text).indexOf('X'))).toMatch(/^X/);
  });

  it.each(CASES)('finds the first letter of %s', (_, text) => {
    const value = readValue(text);
    const first = value.search(/\S/);
    expect(typedAt(text, first)[0]).toBe(value[first]);
  });
});
