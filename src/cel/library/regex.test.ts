import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { REGEX } from './regex.ts';

describe('regex', () => {
  it('finds the first match and all of them', () => {
    expect(call(REGEX, 'find', 'abc 123', '[0-9]+')).toBe('123');
    expect(call(REGEX, 'find', 'abc', 'x')).toBe('');
    expect(call(REGEX, 'findAll', 'a1b22', '[0-9]+')).toEqual(['1', '22']);
    expect(call(REGEX, 'findAll', 'aaa', 'a', 2)).toEqual(['a', 'a']);
  });

  it('takes empty matches as Go does', () => {
    expect(call(REGEX, 'findAll', 'baac', 'a*')).toEqual(['', 'aa', '']);
  });

  it('says what is wrong with an expression, at once where it is a literal', () => {
    expect(call(REGEX, 'find', 'a', '(')).toBe('error: Illegal regex: error parsing regexp: missing closing ): `(`');
    const [find] = REGEX.functions.flatMap(({ overloads }) => overloads);
    expect(find?.checkLiterals?.([undefined, '('])).toBe('error parsing regexp: missing closing ): `(`');
  });

  it('is linear on an attack', () => {
    expect(call(REGEX, 'find', `${'a'.repeat(5_000)}!`, '^(a+)+$')).toBe('');
  });
});
