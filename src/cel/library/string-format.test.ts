import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import { DYN, INT, list, STRING } from '../type.ts';
import { Double, type Value } from '../value.ts';
import { checkFormat } from './format-check.ts';
import { STRING_FORMAT } from './string-format.ts';

const format = (template: string, ...args: readonly Value[]): Value => call(STRING_FORMAT, 'format', template, args);

describe('format', () => {
  it.each<readonly [string, Value, string]>([
    ['%s', [1, new Double(2), 'a', null], '[1, 2.000000, "a", null]'],
    ['%s', { b: 1, a: [true] }, '{"a":[true], "b":1}'],
    ['%.0f', 2.5, '2'],
    ['%.0f', 3.5, '4'],
    ['%.2f', 1234567.891, '1,234,567.89'],
    ['%.1f', -0.04, '-0.0'],
    ['%e', 1234566.5, '1.234566×10⁰⁶'],
    ['%e', 9.9999996, '1.000000×10⁰¹'],
    ['%.3e', 'Infinity', '  ∞'],
    ['%x', -255, '-ff'],
    ['%X', 'é', 'C3A9'],
    ['%b', true, '1'],
    ['100%% %d', 5, '100% 5'],
  ])('%s of %j is %s', (template, value, text) => expect(format(template, value)).toBe(text));

  it('says what is wrong', () => {
    expect(format('%d', 'a')).toBe(
      'error: error during formatting: decimal clause can only be used on integers, was given string',
    );
    expect(format('%s %s', 'a')).toBe('error: index 1 out of range');
    expect(format('%é', 1)).toBe('error: could not parse formatting clause: unrecognized formatting clause "Ã"');
    expect(format('%.999999f', 1.5)).toMatch(/exceeds maximum allowed precision/);
  });

  it('rounds as toFixed does where nothing lies half way', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.nat(12), (value, precision) => {
        fc.pre(!Number.isInteger(value * 2 ** 20));
        expect((format(`%.${precision}f`, value) as string).replaceAll(',', '')).toBe(value.toFixed(precision));
      }),
    );
  });

  it('is checked where everything is literal', () => {
    const part = { type: STRING };
    expect(checkFormat('%d', [part])).toEqual({
      message: 'error during formatting: decimal clause can only be used on integers, was given string',
      argument: part,
    });
    expect(checkFormat('%d %s', [{ type: DYN }, { type: list(INT), parts: [{ type: INT }] }])).toBeUndefined();
    expect(checkFormat('%d', [{ type: INT }, part])?.message).toBe(
      'too many arguments supplied to string.format (expected 1, got 2)',
    );
  });
});
