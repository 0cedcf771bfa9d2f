import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Expr, OPERATOR } from './ast.ts';
import { parse } from './parser.ts';
import { unparse } from './unparse.ts';
import { Double, Uint, type Value } from './value.ts';

/** The tree without offsets, which a text written anew has elsewhere. */
function shape(tree: unknown): unknown {
  if (typeof tree === 'bigint') return `${tree}n`;
  if (tree instanceof Uint8Array) return ['bytes', ...tree];
  if (tree instanceof Uint) return ['uint', `${tree.value}`];
  if (tree instanceof Double) return ['double', Object.is(tree.value, -0) ? '-0' : tree.value];
  if (Array.isArray(tree)) return tree.map(shape);
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree)
      .filter(([key]) => key !== 'at')
      .map(([key, value]) => [key, shape(value)]),
  );
}

function parsed(source: string): Expr | undefined {
  const result = parse(source, true);
  return result.ok ? result.expr : undefined;
}

function expectSame(expr: Expr): void {
  const text = unparse(expr);
  expect([text, shape(parsed(text))]).toEqual([text, shape(expr)]);
}

const ORACLE = new URL('../../test/oracle/expressions/', import.meta.url);

describe('the tree of the text is the tree', () => {
  it.each(readdirSync(ORACLE))('of each expression in %s', (file) => {
    const { expressions } = JSON.parse(readFileSync(new URL(file, ORACLE), 'utf8')) as { expressions: string[] };
    const trees = expressions.flatMap((source) => parsed(source) ?? []);
    expect(trees.length).toBeGreaterThan(0);
    trees.forEach(expectSame);
  });

  it('of any tree that a source can have', () => {
    fc.assert(fc.property(tree, expectSame), { numRuns: 3000 });
  });
});

const at = 0;
const call = (name: string, ...args: readonly Expr[]): Expr => ({ kind: 'call', at, name, args });
const name = fc.constantFrom('a', 'object', 'variables', '.a', 'has', 'optional');
const variable = fc.constantFrom('a', 'item', '_x');
const field = fc.constantFrom('spec', 'in', 'a-b', 'true', 'kubernetes.io/name', '__proto__x');
const value = fc.oneof(
  fc.constantFrom<Value>(null, true, false, 0, -1, 9007199254740993n, -(2n ** 63n), new Uint(7n), 0.5, -2.5e-9),
  fc.constantFrom<Value>(
    new Double(1),
    new Double(-0),
    new Double(1e300),
    new Double(1e21),
    new Uint8Array([0, 65, 39]),
  ),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('it\'s "so"', '^\\d+$', '\\', "\\'", 'a\nb\r\tc', '\u0000\u007f\u0085\u2028', '\u{1f600}'),
);

const { tree } = fc.letrec<{ tree: Expr }>((tie) => {
  const some = tie('tree');
  const optional = fc.boolean();
  const binary = fc.constantFrom(
    '@in',
    '_==_',
    '_!=_',
    '_<_',
    '_<=_',
    '_>=_',
    '_>_',
    '_+_',
    '_-_',
    '_*_',
    '_/_',
    '_%_',
  );
  return {
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      value.map((one): Expr => ({ kind: 'literal', at, value: one })),
      name.map((one): Expr => ({ kind: 'ident', at, name: one })),
      fc
        .record({ operand: some, field, mode: fc.constantFrom('value', 'optional', 'test') })
        .map((parts): Expr => ({ kind: 'select', at, ...parts })),
      fc.tuple(binary, some, some).map(([operator, a, b]) => call(operator, a, b)),
      fc
        .tuple(fc.constantFrom(OPERATOR.and, OPERATOR.or), fc.array(some, { minLength: 2, maxLength: 4 }))
        .map(([operator, args]) => call(operator, ...args)),
      fc.tuple(fc.constantFrom(OPERATOR.not, OPERATOR.negate), some).map(([operator, a]) => call(operator, a)),
      fc.tuple(some, some, some).map((args) => call(OPERATOR.conditional, ...args)),
      fc.tuple(fc.constantFrom(OPERATOR.index, OPERATOR.optionalIndex), some, some).map(([o, a, b]) => call(o, a, b)),
      fc.tuple(fc.constantFrom('f', '.f'), fc.array(some, { maxLength: 2 })).map(([f, args]) => call(f, ...args)),
      fc
        .record({ name: fc.constantFrom('f', 'size', 'map'), target: some, args: fc.array(some, { maxLength: 1 }) })
        .map((parts): Expr => ({ kind: 'call', at, ...parts })),
      fc
        .array(fc.record({ value: some, optional }), { maxLength: 3 })
        .map((elements): Expr => ({ kind: 'list', at, elements })),
      fc
        .array(fc.record({ key: some, value: some, optional }), { maxLength: 2 })
        .map((entries): Expr => ({ kind: 'map', at, entries })),
      fc
        .record({
          name: fc.constantFrom('Object', 'Object.spec', '.a.b'),
          fields: fc.array(fc.record({ at: fc.constant(at), name: field, value: some, optional }), { maxLength: 2 }),
        })
        .map((parts): Expr => ({ kind: 'struct', at, ...parts })),
      fc
        .record({
          macro: fc.constantFrom('all', 'exists', 'existsOne', 'filter'),
          range: some,
          first: variable,
          body: some,
        })
        .map((parts): Expr => ({ kind: 'fold', at, ...parts })),
      fc
        .record({ range: some, first: fc.constant('a'), second: fc.constant('b'), filter: some, body: some })
        .chain((parts) =>
          fc
            .constantFrom('map', 'transformMap', 'transformMapEntry')
            .map((macro): Expr => ({ kind: 'fold', at, macro, ...parts })),
        ),
      fc
        .tuple(some, fc.constantFrom('optMap', 'optFlatMap'), variable, some)
        .map(([target, macro, bound, body]) => optionalMacro(target, macro, bound, body)),
      fc.tuple(some, variable, some).map(([list, bound, key]) => sortBy(list, bound, key)),
    ),
  };
});

function optionalMacro(target: Expr, macro: string, bound: string, body: Expr): Expr {
  const init: Expr = { kind: 'call', at, name: 'value', target, args: [] };
  const bind: Expr = { kind: 'bind', at, name: bound, init, body };
  const present: Expr = { kind: 'call', at, name: 'hasValue', target, args: [] };
  const result = macro === 'optMap' ? call('optional.of', bind) : bind;
  return call(OPERATOR.conditional, present, result, call('optional.none'));
}

function sortBy(list: Expr, bound: string, key: Expr): Expr {
  const sorted = parsed(`[a].sortBy(${bound}, 0)`);
  if (sorted?.kind !== 'bind' || sorted.body.kind !== 'call') throw new Error('sortBy expands to something else');
  const [keys] = sorted.body.args;
  const isSortable = ['list', 'select', 'ident', 'fold', 'bind', 'call'].includes(list.kind);
  const args = [{ ...keys, body: key } as Expr];
  return { ...sorted, init: isSortable ? list : { kind: 'list', at, elements: [] }, body: { ...sorted.body, args } };
}
