import { expect, it } from 'vitest';
import { oneLine } from './one-line.ts';

it.each([
  ['words and spaces', 'words and spaces'],
  ['', ''],
  ['  two\n  lines\r\n', 'two lines'],
  ['a\u2028b\u0085c', 'a b c'],
  ['name\n✗ deny: forged', 'name ✗ deny: forged'],
  ['\u001B[2Jcleared', '[2Jcleared'],
  ['read \u202Ebackwards', 'read backwards'],
  ['für 蛸 and 🐙', 'für 蛸 and 🐙'],
])('%j is %j in one line', (text, line) => {
  expect(oneLine(text)).toBe(line);
});
