import { describe, expect, it } from 'vitest';
import type { Expr } from './ast.ts';
import { parse } from './parser.ts';
import { freeName, type Rule, rewrite } from './rewrite.ts';
import { unparse } from './unparse.ts';

function parsed(source: string): Expr {
  const result = parse(source, false);
  if (!result.ok) throw new Error(result.issues[0]?.message);
  return result.expr;
}

const objectToPod: Rule = (expr, bound) =>
  expr.kind === 'ident' && freeName(expr.name, bound) === 'object' ? parsed('variables.pod') : expr;

describe('rewrite', () => {
  it.each([
    [
      'object.spec.x + object.?y[?0].orValue(object)',
      'variables.pod.spec.x + variables.pod.?y[?0].orValue(variables.pod)',
    ],
    [
      'has(object.a) ? [object] : {object: object}',
      'has(variables.pod.a) ? [variables.pod] : {variables.pod: variables.pod}',
    ],
    ['[1].all(object, object > 0 && .object.a)', '[1].all(object, object > 0 && variables.pod.a)'],
    ['object.all(i, object, object == i)', 'variables.pod.all(i, object, object == i)'],
    ['object.map(object, object.a, object)', 'variables.pod.map(object, object.a, object)'],
    ['object.?a.optMap(object, object + 1)', 'variables.pod.?a.optMap(object, object + 1)'],
    ['object.a.sortBy(x, object.b[x])', 'variables.pod.a.sortBy(x, variables.pod.b[x])'],
    ['Object{object: object.object}', 'Object{object: variables.pod.object}'],
    ["'object' + object(object)", "'object' + object(variables.pod)"],
  ])('%s', (source, result) => {
    expect(unparse(rewrite(parsed(source), objectToPod))).toBe(result);
  });

  it('asks about a node that macros use twice once in its scope', () => {
    let asked = 0;
    const chain = parsed(`object${'.optMap(x, x)'.repeat(40)}`);
    rewrite(chain, (expr) => {
      asked++;
      return expr;
    });
    expect(asked).toBeLessThan(1000);
  });
});
