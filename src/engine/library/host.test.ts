import { expect, it } from 'vitest';
import { hostCovers } from './host.ts';

it.each([
  ['shop.example', 'shop.example', true],
  ['Shop.Example', 'shop.EXAMPLE', true],
  ['*.shop.example', 'a.shop.example', true],
  ['*.shop.example', '*.shop.example', true],
  ['*.shop.example', 'a.b.shop.example', false],
  ['*.shop.example', 'shop.example', false],
  ['*.shop.example', '.shop.example', false],
  ['a.shop.example', '*.shop.example', false],
  ['*.example', '*.shop.example', false],
  ['*', 'localhost', false],
  ['', '', false],
])('%s covers %s: %s', (pattern, host, expected) => {
  expect(hostCovers(pattern, host)).toBe(expected);
});
