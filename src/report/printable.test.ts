import { expect, it } from 'vitest';
import { printable } from './printable.ts';

it('makes every text one line that commands no terminal, and leaves the rest as it is', () => {
  const report = { objects: [{ name: 'a\u001B[2J\n  Deployment b', line: 3, path: ['x\ty', 0] }], counts: { deny: 1 } };
  expect(printable(report)).toEqual({
    objects: [{ name: 'a [2J Deployment b', line: 3, path: ['x y', 0] }],
    counts: { deny: 1 },
  });
});

it('keeps the lines of an excerpt', () => {
  expect(printable({ excerpt: "'\u001B' + x\n      ^" })).toEqual({ excerpt: "' ' + x\n      ^" });
});

it('keeps the blanks in the name of a file: without them no file has it', () => {
  expect(printable({ file: 'our  shop \n.yaml', name: 'a  b' })).toEqual({ file: 'our  shop  .yaml', name: 'a b' });
});
