import fc from 'fast-check';
import { RE2JS } from 're2js';
import { beforeEach, describe, expect, it } from 'vitest';
import { OverBudget } from './budget.ts';
import { computedRegex, literalRegex } from './regex.ts';
import { regexSize } from './regex-size.ts';
import { CelError } from './value.ts';
import { startWork } from './work.ts';

beforeEach(startWork);

describe('the size of a pattern', () => {
  it.each([
    ['abc', 3],
    ['a{1000}', 1001],
    ['((a{10}){10}){5}', 870],
    ['(?:ab|cd){3,7}', 49],
    ['[[:alpha:]\\]]{5}', 12],
    ['(?i)\\pL{100}', 808],
    ['\\Qa{9}\\E+', 9],
    [')(', 2],
  ])('%s is %i', (pattern, size) => {
    expect(regexSize(pattern)).toBe(size);
  });

  const parts = [
    'a',
    'b',
    '.',
    '\\d',
    '\\pL',
    '[a-z]',
    '[^x\\]]',
    '|',
    '(',
    '(?:',
    ')',
    '*',
    '+?',
    '{3}',
    '{2,9}',
    '{7,}',
  ];
  it('is about that of the program, and never far below', () => {
    const pattern = fc.array(fc.constantFrom(...parts), { maxLength: 25 }).map((chosen) => chosen.join(''));
    fc.assert(
      fc.property(pattern, (text) => {
        const regex = literalRegex(text);
        if (regex instanceof CelError) return;
        expect(RE2JS.compile(text).programSize()).toBeLessThanOrEqual(2 * regexSize(text) + 10);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['[', '[:', '[:a', '(?', '(?P<', '\\x{', '\\p{', '\\Q', '{1', '('])(
    'of %s without an end is found',
    (text) => {
      const began = performance.now();
      expect(regexSize(`a${text.repeat(50_000)}`)).toBeGreaterThan(0);
      expect(performance.now() - began).toBeLessThan(1000);
    },
  );
});

describe('a pattern', () => {
  it('that is too large is refused', () => {
    expect(literalRegex('a{1000}'.repeat(100))).toMatchObject({
      message: 'error parsing regexp: expression too large',
    });
  });

  it('that is computed is compiled within the limit of an evaluation', () => {
    expect(() => computedRegex('a{1000}'.repeat(100))).toThrow(OverBudget);
    expect(() => computedRegex('a'.repeat(1_000_000))).toThrow(OverBudget);
  });

  it('that was computed before costs no work again', () => {
    const again = () => computedRegex('(a{10}){50}');
    for (let count = 0; count < 1000; count++) expect(again()).toBe(again());
  });

  it('searches within the limit of an evaluation', () => {
    const regex = literalRegex('(a?){500}a{500}');
    if (regex instanceof CelError) throw new Error(regex.message);
    const search = () => regex.test('a'.repeat(500));
    expect(search()).toBe(true);
    expect(() => Array.from({ length: 100 }, search)).toThrow(OverBudget);
  });
});
