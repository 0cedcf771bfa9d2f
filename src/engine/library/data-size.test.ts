import { expect, test } from 'vitest';
import { dataSize } from './data-size.ts';

const encoded = (bytes: number): string => Buffer.alloc(bytes, 7).toString('base64');

test('a ConfigMap: keys and values in bytes, binaryData decoded', () => {
  expect(dataSize({ kind: 'ConfigMap', data: { a: 'xyz', 'b.txt': 'é' } })).toBe(1 + 3 + 5 + 2);
  for (const bytes of [0, 1, 2, 3, 4, 1000]) {
    expect(dataSize({ kind: 'ConfigMap', data: { a: 'x' }, binaryData: { bin: encoded(bytes) } })).toBe(2 + 3 + bytes);
  }
  expect(
    dataSize({ kind: 'ConfigMap', binaryData: { b: `${encoded(30).slice(0, 20)}\n${encoded(30).slice(20)}\n` } }),
  ).toBe(31);
});

test('a Secret: data decoded, stringData as it stands and in the place of data', () => {
  expect(dataSize({ kind: 'Secret', data: { a: encoded(10), b: encoded(5) }, stringData: { a: 'xy' } })).toBe(3 + 6);
});

test('nothing at all, or nothing that is text', () => {
  expect(dataSize({ kind: 'ConfigMap' })).toBe(0);
  expect(dataSize({ kind: 'ConfigMap', data: null, binaryData: 'x' })).toBe(0);
  expect(dataSize({ kind: 'ConfigMap', data: { a: 1 } })).toBe(1);
});
