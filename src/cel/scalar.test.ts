import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { formatDouble } from './double-format.ts';
import { duration, formatDuration, parseDuration } from './duration.ts';
import { equals } from './equality.ts';
import { toJson } from './json.ts';
import { codePointCount } from './library/code-points.ts';
import { double, INT_MAX, INT_MIN, int, isDouble, isInt } from './number.ts';
import { formatTimestamp, parseTimestamp } from './timestamp.ts';
import { Double, MapValue, Optional, StructValue, Uint, type Value } from './value.ts';
import { zoneOffset } from './zone.ts';

describe('numbers', () => {
  it('are ints where they are integral and inside int64', () => {
    expect([1, -0, 2 ** 60, 2n ** 62n].map(isInt)).toEqual([true, true, true, true]);
    expect([1.5, Number.NaN, 2 ** 63, new Double(1)].map((value) => isDouble(value))).toEqual([true, true, true, true]);
    expect(int(INT_MAX)).toBe(INT_MAX);
    expect(int(INT_MAX + 1n)).toBeUndefined();
    expect(int(INT_MIN - 1n)).toBeUndefined();
    expect(double(2)).toBeInstanceOf(Double);
  });

  it.each([
    [1, new Double(1), true],
    [1, new Uint(1n), true],
    [2 ** 53, 2n ** 53n, true],
    [1.5, new Double(1), false],
    [Number.NaN, Number.NaN, false],
    [1, '1', false],
    [1, true, false],
    [null, 0, false],
  ] as readonly (readonly [Value, Value, boolean])[])('%o == %o is %s', (a, b, expected) => {
    expect(equals(a, b)).toBe(expected);
    expect(equals(b, a)).toBe(expected);
  });

  it('order across their types, and not with anything else', () => {
    expect(compare(1, new Double(1.5))).toBeLessThan(0);
    expect(compare(new Uint(3n), -1)).toBeGreaterThan(0);
    expect(compare(INT_MAX, 1)).toBeGreaterThan(0);
    expect(compare(1, 'a')).toBeUndefined();
    expect(compare(null, null)).toBeUndefined();
  });

  it.each([
    [1e6, '1e+06'],
    [123456.7, '123456.7'],
    [1e-5, '1e-05'],
    [0.0001, '0.0001'],
    [-0, '-0'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ])('%d is written %s', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });
});

describe('strings', () => {
  it('order by code points, not by UTF-16 units', () => {
    expect(compare('\u{1F600}', '\uFFFD')).toBeGreaterThan(0);
    expect(compare('a', 'B')).toBeGreaterThan(0);
    expect(codePointCount('a\u{1F600}b')).toBe(3);
  });
});

describe('maps and lists', () => {
  it('equal plain objects with the same entries', () => {
    const literal = new MapValue(new Map([['a', { key: 'a', value: 1 }]]));
    expect(equals(literal, { a: 1 })).toBe(true);
    expect(equals({ a: 1 }, literal)).toBe(true);
    expect(equals({ a: 1, b: 2 }, literal)).toBe(false);
    expect(equals([1, [2]], [1, [new Double(2)]])).toBe(true);
    expect(equals({ a: 1 }, [1])).toBe(false);
    expect(equals(new Optional({ a: [1] }), new Optional({ a: [1] }))).toBe(true);
  });
});

describe('times', () => {
  it.each([
    ['2024-02-29T12:30:45.123456789Z', '2024-02-29T12:30:45.123456789Z'],
    ['2024-01-01T00:00:00+01:00', '2024-01-01T00:00:00+01:00'],
    ['2024-01-01T00:00:00-00:30', '2024-01-01T00:00:00-00:30'],
    ['2024-01-01T00:00:00+00:00', '2024-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.5Z', '9999-12-31T23:59:59.5Z'],
  ])('%s is read', (text, written) => {
    const read = parseTimestamp(text);
    expect(read && formatTimestamp(read)).toBe(written);
  });

  it.each([
    '2023-02-29T00:00:00Z',
    '2024-01-01',
    '2024-01-01T24:00:00Z',
    '0000-01-01T00:00:00Z',
    '2024-01-01 00:00:00Z',
  ])('%s is refused', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it.each([
    ['1h30m', '5400s'],
    ['-1.5h', '-5400s'],
    ['1ms', '0.001s'],
    ['.5s', '0.5s'],
    ['0', '0s'],
  ])('duration %s is read', (text, written) => {
    const read = parseDuration(text);
    expect(read && formatDuration(read)).toBe(written);
  });

  it.each(['1d', '', '1', 's', '9999999999h', '1h -1m'])('duration %s is refused', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('leave the range of int64 with undefined', () => {
    expect(duration(INT_MAX + 1n)).toBeUndefined();
  });

  it('know zones by name and by offset', () => {
    const winter = Date.UTC(2024, 0, 15);
    const summer = Date.UTC(2024, 6, 15);
    expect(zoneOffset('America/New_York', winter)).toBe(-5 * 3_600_000);
    expect(zoneOffset('America/New_York', summer)).toBe(-4 * 3_600_000);
    expect(zoneOffset('+02:30', winter)).toBe(2.5 * 3_600_000);
    expect(zoneOffset('Nowhere/Land', winter)).toBeUndefined();
    expect(zoneOffset('x:y', winter)).toBeUndefined();
  });
});

describe('a value as JSON', () => {
  it('keeps plain parts as they are', () => {
    const plain = { a: [1, { b: null }] };
    expect(toJson(plain)).toBe(plain);
  });

  it('unwraps what JSON does not know', () => {
    const struct = new StructValue('Object', {
      spec: new StructValue('Object.spec', { replicas: 3, ratio: new Double(2) }),
    });
    expect(toJson(struct)).toEqual({ spec: { replicas: 3, ratio: 2 } });
    expect(toJson(new MapValue(new Map([[1, { key: 1, value: new Uint(2n) }]])))).toEqual({ '1': 2 });
    expect(toJson(Uint8Array.of(1, 2))).toBe('AQI=');
    expect(toJson(Optional.NONE)).toBeNull();
  });
});
