import { describe, expect, it } from 'vitest';
import { children, type Expr } from './ast.ts';
import { formatIssues } from './issue.ts';
import { parse } from './parser.ts';

/** The tree in brackets, names first. */
function shape(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return JSON.stringify(expr.value);
    case 'ident':
      return expr.name;
    case 'select':
      return `${shape(expr.operand)}${{ value: '.', optional: '.?', test: '.has ' }[expr.mode]}${expr.field}`;
    case 'call':
      return `(${[expr.name, ...children(expr).map(shape)].join(' ')})`;
    case 'fold':
      return `(${[expr.macro, expr.first, expr.second, ...children(expr).map(shape)].filter(Boolean).join(' ')})`;
    default:
      return `(${[expr.kind, ...children(expr).map(shape)].join(' ')})`;
  }
}

function parsed(source: string): string {
  const result = parse(source);
  return result.ok ? shape(result.expr) : formatIssues(source, result.issues);
}

describe('precedence', () => {
  it.each([
    ['a + b * c', '(_+_ a (_*_ b c))'],
    ['a - b - c', '(_-_ (_-_ a b) c)'],
    ['a * b % c', '(_%_ (_*_ a b) c)'],
    ['(a + b) * c', '(_*_ (_+_ a b) c)'],
    ['a < b == c', '(_==_ (_<_ a b) c)'],
    ['a + b < c && d', '(_&&_ (_<_ (_+_ a b) c) d)'],
    ['a || b && c || d', '(_||_ a (_&&_ b c) d)'],
    ['a ? b : c ? d : e', '(_?_:_ a b (_?_:_ c d e))'],
    ['a || b ? c : d', '(_?_:_ (_||_ a b) c d)'],
    ['!a.b', '(!_ a.b)'],
    ['!!a', 'a'],
    ['-a + b', '(_+_ (-_ a) b)'],
    ['a - -1', '(_-_ a -1)'],
    ['-1.size()', '(size -1)'],
    ['a.b[c].d(e)', '(d (_[_] a.b c) e)'],
    ['a in b == c', '(_==_ (@in a b) c)'],
    ["a.?b[?'c']", '(_[?_] a.?b "c")'],
    ['[a, ?b]', '(list a b)'],
    ["{'a': b}", '(map "a" b)'],
    ['Object.spec{a: b}', '(struct b)'],
    ['.a.b', '.a.b'],
  ])('%s', (source, expected) => {
    expect(parsed(source)).toBe(expected);
  });
});

describe('macros', () => {
  it.each([
    ['has(a.b)', 'a.has b'],
    ['a.all(x, x)', '(all x a x)'],
    ['a.exists(i, x, x)', '(exists i x a x)'],
    ['a.exists_one(x, x)', '(existsOne x a x)'],
    ['a.map(x, x.b, x.c)', '(map x a x.b x.c)'],
    ['a.transformMap(k, v, v)', '(transformMap k v a v)'],
    // With another number of arguments it is a function.
    ['a.all(x)', '(all a x)'],
    ['all(a, x, x)', '(all a x x)'],
  ])('%s', (source, expected) => {
    expect(parsed(source)).toBe(expected);
  });

  it.each([
    ['has(a)', '1:5: invalid argument to has() macro', '....^'],
    ['a.all(1, true)', '1:7: argument must be a simple name', '......^'],
    ['a.map(x.y, x)', '1:8: argument is not an identifier', '.......^'],
  ])('%s', (source, message, caret) => {
    expect(parsed(source)).toBe(`ERROR: <input>:${message}\n | ${source}\n | ${caret}`);
  });
});

describe('problems', () => {
  const OPERAND =
    "expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
  it.each([
    ['a +', `1:4: Syntax error: mismatched input '<EOF>' ${OPERAND}`, '...^'],
    ['(a', "1:3: Syntax error: missing ')' at '<EOF>'", '..^'],
    ['[a', "1:3: Syntax error: mismatched input '<EOF>' expecting {']', ','}", '..^'],
    ['a b', "1:3: Syntax error: extraneous input 'b' expecting <EOF>", '..^'],
    ['a ? b', "1:6: Syntax error: mismatched input '<EOF>' expecting ':'", '.....^'],
    ['a.', "1:3: Syntax error: no viable alternative at input '.'", '..^'],
    ['for', '1:1: reserved identifier: for', '^'],
    ['a # b', "1:3: Syntax error: token recognition error at: '#'", '..^'],
  ])('%s', (source, message, caret) => {
    expect(parsed(source).split('\nERROR')[0]).toBe(`ERROR: <input>:${message}\n | ${source}\n | ${caret}`);
  });

  it('are placed by line and by code point', () => {
    expect(parsed("a &&\n  '😀' == @")).toContain("<input>:2:10: Syntax error: token recognition error at: '@'");
  });
});
