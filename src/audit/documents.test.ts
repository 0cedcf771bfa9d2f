import { expect, it } from 'vitest';
import { splitDocuments } from './documents.ts';

it('cuts at the markers, and knows the line each document begins on', () => {
  const text = 'a: 1\n---\nb: 2\n--- {c: 3}\n...\n# between\n---\r\nd: 4\r\n...\ne: 5';
  expect(splitDocuments(text).map(({ text, linesBefore }) => [linesBefore, text])).toEqual([
    [0, 'a: 1\n'],
    [1, '---\nb: 2\n'],
    [3, '--- {c: 3}\n'],
    [6, '---\r\nd: 4\r\n'],
    [8, '\ne: 5'],
  ]);
  for (const { start, text: part } of splitDocuments(text)) expect(text.slice(start).startsWith(part)).toBe(true);
});

it('leaves out what holds nothing', () => {
  expect(splitDocuments('')).toEqual([]);
  expect(splitDocuments('\n---\n# comment\n---\n\n--- # more\n...\n')).toEqual([]);
  expect(splitDocuments('%YAML 1.1\n---\na: 1\n')).toEqual([{ text: '---\na: 1\n', linesBefore: 1, start: 10 }]);
});

it('takes dashes inside a document for what they are', () => {
  const text = 'a: |\n  ---\n  b\n----\nc---: 1\n---x: 2\n';
  expect(splitDocuments(text)).toEqual([{ text, linesBefore: 0, start: 0 }]);
});
