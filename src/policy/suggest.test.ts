import { describe, expect, it } from 'vitest';
import { didYouMean } from './suggest.ts';

describe('didYouMean', () => {
  it.each([
    ['enforcment', 'enforcement'],
    ['Enforcement', 'enforcement'],
    ['validation', 'validations'],
    ['expresion', 'expression'],
  ])('%s -> %s', (word, meant) => {
    expect(didYouMean(word, ['expression', 'validations', 'enforcement'])).toBe(`did you mean "${meant}"?`);
  });

  it('says nothing where no word is near', () => {
    expect(didYouMean('colour', ['expression', 'path', 'fix'])).toBeUndefined();
    expect(didYouMean('x', [])).toBeUndefined();
  });
});
