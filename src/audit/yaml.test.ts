import { describe, expect, it } from 'vitest';
import { readYaml, writeYaml } from './yaml.ts';

function value(text: string): unknown {
  const reading = readYaml(text);
  if (!reading.ok) throw new Error(reading.message);
  return reading.value;
}

describe('scalars are what the clients of the API server make of them', () => {
  it.each([
    ['yes', true],
    ['On', true],
    ['y', true],
    ['off', false],
    ['N', false],
    ['yEs', 'yEs'],
    ['"yes"', 'yes'],
    ['0777', 511],
    ['0o17', 15],
    ['0x1F', 31],
    ['-0b101', -5],
    ['1_000', 1000],
    ['08', 8],
    ['1:30', '1:30'],
    ['1.0', 1],
    ['+.5', 0.5],
    ['1e3', 1000],
    ['1e400', '1e400'],
    ['-0', 0],
    ['1.5Gi', '1.5Gi'],
    ['2', 2],
    ['2001-12-14', '2001-12-14'],
    ['.inf', '.inf'],
    ['!!str 5', '5'],
    ['!!int "5"', 5],
    ['!!binary aGVsbG8=', 'hello'],
    ['!Ref name', 'name'],
  ])('%s', (scalar, expected) => {
    expect(value(`a: ${scalar}\n`)).toEqual({ a: expected });
  });

  it('and so are keys', () => {
    expect(value('yes: 1\n0777: 2\nnull1: 3')).toEqual({ true: 1, 511: 2, null1: 3 });
  });
});

describe('a document', () => {
  it('has no fields that are null, as the server has none', () => {
    expect(value('a:\nb: ~\nc: {d: null}\ne: [null]')).toEqual({ c: {}, e: [null] });
  });

  it('merges maps, its own keys first', () => {
    expect(value('p: &p {a: 1, b: 2}\nq:\n  <<: *p\n  b: 3')).toEqual({ p: { a: 1, b: 2 }, q: { a: 1, b: 3 } });
  });

  it('shares nothing between two places, since findings are located by identity', () => {
    const read = value('p: &p {a: {}}\nq: *p') as { p: { a: object }; q: { a: object } };
    expect(read.q).toEqual(read.p);
    expect(read.q).not.toBe(read.p);
    expect(read.q.a).not.toBe(read.p.a);
  });

  it('may hold a key called __proto__', () => {
    expect(Object.keys(value('__proto__: {a: 1}') as object)).toEqual(['__proto__']);
  });

  it('with nothing in it has no value', () => {
    expect(readYaml('# only a comment\n')).toEqual({ ok: true, value: undefined });
  });

  it('keeps the last of two equal keys, and says where it is', () => {
    expect(readYaml('a:\n  cpu: 1\n  "cpu": 2\n')).toEqual({
      ok: true,
      value: { a: { cpu: 2 } },
      duplicate: { key: 'cpu', position: { line: 3, column: 4 } },
    });
  });

  it('may go on to the left of its block inside quotes and brackets', () => {
    const text = "a:\n  b:\n    c: ['x', 'y;\nz', {\n}]\n    d: 1\n";
    expect(value(text)).toEqual({ a: { b: { c: ['x', 'y; z', {}], d: 1 } } });
  });
});

describe('what cannot be read', () => {
  it('is named with its place', () => {
    expect(readYaml('a: 1\n{{- if .Values.b }}\nb: 2\n')).toMatchObject({ ok: false, position: { line: 2 } });
    expect(readYaml('a: 1\nb: {{ .Values.b }}\n')).toEqual({
      ok: false,
      message: 'a key must be a scalar',
      offset: 0,
      position: { line: 2, column: 4 },
    });
    expect(readYaml('a: "b\n')).toMatchObject({ ok: false });
  });

  it('includes aliases that expand without end', () => {
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1,1]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join()}]`);
    }
    expect(readYaml(bomb.join('\n'))).toMatchObject({ ok: false, message: 'its aliases expand without end' });
    expect(readYaml('a: &a [*a]')).toMatchObject({ ok: false, message: 'its aliases expand without end' });
  });

  it('includes nesting deeper than any object', () => {
    expect(readYaml('['.repeat(10_000))).toMatchObject({ ok: false });
  });
});

it('what is written is read back as the same', () => {
  const given = {
    a: ['yes', '0777', '1_000', '1:30', 'null', '', '=', '1e3', 7, true],
    b: { on: 'x: y', c: 'a\n\nb\n' },
  };
  expect(value(writeYaml(given))).toEqual({ ...given, b: { ...given.b } });
});
