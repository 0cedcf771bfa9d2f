import { describe, expect, it } from 'vitest';
import { tokenize } from './lexer.ts';

const kinds = (source: string): string =>
  tokenize(source)
    .tokens.map(({ kind }) => kind)
    .join(' ');

describe('the lexer', () => {
  it.each([
    ['a.b[0]', 'identifier . identifier [ int ] end'],
    ['1 1u 0x1F 0x1Fu 1.5 .5 1e3 1.', 'int uint int uint double double double int . end'],
    [`'a' "b" r'\\d' """c\n""" b'x' bR"y"`, 'string string string string bytes bytes end'],
    ['true in null inside', 'true in null identifier end'],
    ['a // to the end\n b', 'identifier identifier end'],
    [
      'a<=b!=c&&d||e?f:g',
      'identifier <= identifier != identifier && identifier || identifier ? identifier : identifier end',
    ],
    ['a.`b/c-d`', 'identifier . escaped end'],
    ['', 'end'],
  ])('%s', (source, expected) => {
    expect(kinds(source)).toBe(expected);
  });

  it.each([
    ['a # b', '#', 2],
    ['a & b', '& ', 2],
    ["'ab", "'ab", 0],
    ["'a\nb'", "'a\n", 0],
    ["'\\q'", "'\\q", 0],
    ["'\\u12g4'", "'\\u12g", 0],
    ['a 😀', '😀', 2],
  ])('%j cannot be read at %j', (source, text, at) => {
    expect(tokenize(source).errors[0]).toEqual({ at, text });
  });

  it('counts places in UTF-16 units', () => {
    expect(tokenize("'😀' + x").tokens.map(({ at }) => at)).toEqual([0, 5, 7, 8]);
  });
});
