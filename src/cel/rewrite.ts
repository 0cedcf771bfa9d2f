import type { Expr } from './ast.ts';

/**
 * What becomes of a node whose children have been rewritten; the node itself where nothing does. `bound` are the
 * variables of the macros around it: an identifier among them is not the environment's.
 */
export type Rule = (expr: Expr, bound: ReadonlySet<string>) => Expr;

/** The tree with the rule applied to every node, children first. A node that occurs twice in one scope is asked about once. */
export function rewrite(expr: Expr, rule: Rule): Expr {
  return rewriteIn(new Set(), rule)(expr);
}

type Rewrite = (expr: Expr) => Expr;

function rewriteIn(bound: ReadonlySet<string>, rule: Rule): Rewrite {
  const known = new Map<Expr, Expr>();
  const again: Rewrite = (expr) => {
    const done = known.get(expr) ?? rule(withChildren(expr, again, inner), bound);
    known.set(expr, done);
    return done;
  };
  const inner = (...names: readonly (string | undefined)[]): Rewrite =>
    rewriteIn(new Set([...bound, ...names.filter((name) => name !== undefined)]), rule);
  return again;
}

function withChildren(expr: Expr, outer: Rewrite, inner: (...names: readonly (string | undefined)[]) => Rewrite): Expr {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return expr;
    case 'select':
      return { ...expr, operand: outer(expr.operand) };
    case 'call':
      return { ...expr, ...(expr.target && { target: outer(expr.target) }), args: expr.args.map(outer) };
    case 'list':
      return { ...expr, elements: expr.elements.map((element) => ({ ...element, value: outer(element.value) })) };
    case 'map':
      return {
        ...expr,
        entries: expr.entries.map((entry) => ({ ...entry, key: outer(entry.key), value: outer(entry.value) })),
      };
    case 'struct':
      return { ...expr, fields: expr.fields.map((field) => ({ ...field, value: outer(field.value) })) };
    case 'fold': {
      const within = inner(expr.first, expr.second);
      const filter = expr.filter && within(expr.filter);
      return { ...expr, range: outer(expr.range), ...(filter && { filter }), body: within(expr.body) };
    }
    case 'bind':
      return { ...expr, init: outer(expr.init), body: inner(expr.name)(expr.body) };
  }
}

/** The environment's name that an identifier stands for, or undefined where it is the variable of a macro. */
export function freeName(name: string, bound: ReadonlySet<string>): string | undefined {
  if (name.startsWith('.')) return name.slice(1);
  return bound.has(name) ? undefined : name;
}
