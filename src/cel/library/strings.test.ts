import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { STRINGS } from './strings.ts';

const strings = (name: string, ...args: Parameters<typeof call>[2][]) => call(STRINGS, name, ...args);
const text = () => fc.string({ unit: 'grapheme' });

describe('strings', () => {
  it('counts code points, not UTF-16 units', () => {
    expect(strings('charAt', 'a😀b', 1)).toBe('😀');
    expect(strings('indexOf', 'a😀b', 'b')).toBe(2);
    expect(strings('lastIndexOf', '😀😀', '😀', 0)).toBe(0);
    expect(strings('substring', 'a😀b', 1, 2)).toBe('😀');
  });

  it('names an index that is out of range', () => {
    expect(strings('charAt', 'abc', 4)).toBe('error: index out of range: 4');
    expect(strings('substring', 'abc', 2, 1)).toBe('error: invalid substring range. start: 2, end: 1');
  });

  it('replaces and splits a number of times', () => {
    expect(strings('replace', 'aaa', 'a', '$&', 2)).toBe('$&$&a');
    expect(strings('replace', 'a😀', '', '-')).toBe('-a-😀-');
    expect(strings('split', 'a,b,c', ',', 2)).toEqual(['a', 'b,c']);
    expect(strings('split', '', '')).toEqual([]);
  });

  it('refuses to make a string that would fill the memory', () => {
    expect(strings('replace', 'a'.repeat(1_000_000), '', 'x'.repeat(1_000))).toMatch(/^error: replace: result exceeds/);
  });

  it('trims Unicode white space in linear time, and no byte order mark', () => {
    expect(strings('trim', '\u0085 \u3000x\ufeff\n')).toBe('x\ufeff');
    const inner = `a${' '.repeat(200_000)}b`;
    expect(strings('trim', inner)).toBe(inner);
  });

  it('joins again what it has split', () => {
    fc.assert(
      fc.property(text(), text(), (whole, separator) => {
        expect(strings('join', strings('split', whole, separator), separator)).toBe(whole);
      }),
    );
  });

  it('finds by indexOf what substring gives', () => {
    fc.assert(
      fc.property(text(), text(), text(), (before, part, after) => {
        const whole = before + part + after;
        const at = strings('indexOf', whole, part) as number;
        expect(strings('substring', whole, at, at + Array.from(part).length)).toBe(part);
      }),
    );
  });
});
