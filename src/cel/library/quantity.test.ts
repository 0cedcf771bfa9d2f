import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import type { Value } from '../value.ts';
import { QUANTITY } from './quantity.ts';
import { canonical, type Quantity } from './quantity-value.ts';

const quantity = (text: string): Value => call(QUANTITY, 'quantity', text);
const shown = (text: string): string => canonical(quantity(text) as Quantity);
const compare = (a: string, b: string): Value => call(QUANTITY, 'compareTo', quantity(a), quantity(b));

describe('quantity', () => {
  it.each([
    ['1000m', '1'],
    ['1Gi', '1024Mi'],
    ['0.5', '500m'],
    ['1e3', '1k'],
    ['0.5Ki', '512'],
    ['1E', '1000P'],
    ['0.0000000001', '1n'],
  ])('%s is %s', (a, b) => expect(compare(a, b)).toBe(0));

  it.each([
    ['50M', '50Mi'],
    ['-1', '0'],
    ['-2', '-1500m'],
    ['999999999999999999999', '1e21'],
    ['1n', '1e2000000000'],
    ['-1e2000000000', '1n'],
  ])('%s is less than %s', (a, b) => expect(compare(a, b)).toBe(-1));

  it.each([
    ['1500m', '1500m'],
    ['1.5', '1500m'],
    ['1024Ki', '1Mi'],
    ['1536Ki', '1536Ki'],
    ['0.5Ki', '512'],
    ['1000k', '1M'],
    ['1200e1', '12e3'],
    ['-0.0001', '-100u'],
  ])('writes %s as %s', (text, form) => expect(shown(text)).toBe(form));

  it('says why a string is none', () => {
    expect(quantity('200K')).toBe("error: unable to parse quantity's suffix");
    expect(quantity('Pi')).toBe('error: unable to parse numeric part of quantity');
    expect(quantity('1,5')).toMatch(/^error: quantities must match the regular expression/);
  });

  it('reads any string in linear time', () => {
    expect(quantity(`${'0'.repeat(200_000)}x`)).toMatch(/^error/);
    expect(shown('1e-999999999')).toBe('1e-9');
  });

  it('adds exactly, and refuses sums that nobody could write down', () => {
    const sum = call(QUANTITY, 'add', quantity('0.1'), quantity('0.2'));
    expect(canonical(sum as Quantity)).toBe('300m');
    expect(call(QUANTITY, 'add', quantity('1e2000000000'), quantity('1n'))).toMatch(
      /^error: quantities are too far apart/,
    );
  });

  it('is no integer to Kubernetes beyond what an int64 surely holds', () => {
    expect(call(QUANTITY, 'asInteger', quantity('1Ti'))).toBe(1_099_511_627_776);
    expect(call(QUANTITY, 'isInteger', quantity('100Ti'))).toBe(false);
    expect(call(QUANTITY, 'asInteger', quantity('9223372036854775k'))).toBe(9_223_372_036_854_775_000n);
  });

  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e3', 'e-3', 'u', 'T', 'Ti');
  const factor: Readonly<Record<string, bigint>> = {
    u: 1n,
    m: 1_000n,
    'e-3': 1_000n,
    '': 1_000_000n,
    k: 10n ** 9n,
    e3: 10n ** 9n,
    M: 10n ** 12n,
    G: 10n ** 15n,
    T: 10n ** 18n,
    Ki: 1024n * 10n ** 6n,
    Mi: 1024n ** 2n * 10n ** 6n,
    Gi: 1024n ** 3n * 10n ** 6n,
    Ti: 1024n ** 4n * 10n ** 6n,
  };

  it('compares and adds as integers of the smallest unit do', () => {
    // Beyond 2^63 Kubernetes cuts binary quantities off.
    const number = fc.integer({ min: -(2 ** 22), max: 2 ** 22 });
    fc.assert(
      fc.property(number, suffix, number, suffix, (a, unitA, b, unitB) => {
        const left = BigInt(a) * (factor[unitA] ?? 0n);
        const right = BigInt(b) * (factor[unitB] ?? 0n);
        expect(compare(`${a}${unitA}`, `${b}${unitB}`)).toBe(left < right ? -1 : left > right ? 1 : 0);
        const sum = call(QUANTITY, 'add', quantity(`${a}${unitA}`), quantity(`${b}${unitB}`));
        expect(call(QUANTITY, 'compareTo', sum, quantity(`${left + right}u`))).toBe(0);
      }),
    );
  });

  it('reads its own canonical form as the same quantity', () => {
    fc.assert(
      fc.property(fc.integer(), suffix, (number, unit) => {
        const text = `${number}${unit}`;
        expect(compare(text, shown(text))).toBe(0);
      }),
    );
  });
});
