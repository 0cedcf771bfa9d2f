import { expect, test } from 'vitest';
import type { Activation } from '../../cel/activation.ts';
import { activation } from '../../cel/activation.ts';
import type { Program } from '../../cel/program.ts';
import type { JsonMap } from '../../cel/value.ts';
import { CelError } from '../../cel/value.ts';
import { CONDITIONS } from '../environment.ts';
import { OnceProgram } from './once-program.ts';

function programOf(source: string): Program {
  const compilation = CONDITIONS.compile(source);
  if (!compilation.ok) throw new Error(source);
  return compilation.program;
}

const inputs = (params: JsonMap): Activation => activation(CONDITIONS, { params });

test('is evaluated once, and costs the same each time', () => {
  const program = new OnceProgram(programOf('params.words.map(word, word.lowerAscii())'));
  const [first, second] = [inputs({ words: ['A', 'B'] }), inputs({ words: ['A', 'B'] })];
  const value = program.evaluate(first);
  expect(value).toEqual(['a', 'b']);
  expect(program.evaluate(second)).toBe(value);
  expect(second.cost).toBe(first.cost);
});

test('remembers no error: where the limit was reached, more may be left the next time', () => {
  const program = new OnceProgram(programOf('params.words.map(word, word.lowerAscii())'));
  expect(program.evaluate({ ...inputs({ words: ['A'] }), limit: 5 })).toBeInstanceOf(CelError);
  expect(program.evaluate(inputs({ words: ['A'] }))).toEqual(['a']);
  expect(program.evaluate({ ...inputs({ words: ['A'] }), limit: 5 })).toBeInstanceOf(CelError);
});

test.each([
  ["[['a' + 'b']].flatten()", true],
  ['[params.a].map(x, x)', true],
  ['[params.a, object.a].map(x, x)', false],
])('%s is remembered: %s', (source, expected) => {
  const program = new OnceProgram(programOf(source));
  const value = program.evaluate(activation(CONDITIONS, { params: { a: 1 }, object: { a: 1 } }));
  const again = program.evaluate(activation(CONDITIONS, { params: { a: 1 }, object: { a: 1 } }));
  expect(again).toEqual(value);
  expect(again === value).toBe(expected);
});
