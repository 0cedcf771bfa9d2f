/** Syntax trees by example: CEL with names that stand for other trees. */
import type { Expr } from '../cel/ast.ts';
import { parse } from '../cel/parser.ts';
import { rewrite } from '../cel/rewrite.ts';
import { isMap, type Value } from '../cel/value.ts';

/** The tree of an expression of a policy that compiles. Throws for any other. */
export function treeOf(source: string): Expr {
  const parsed = parse(source, false);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.issues[0]?.message}`);
  return parsed.expr;
}

/**
 * The tree of the pattern with each name that `parts` has replaced by its tree. Names in the parts are taken where they
 * come to stand: a variable of the pattern's own macros is theirs too.
 */
export function quote(pattern: string, parts: Readonly<Record<string, Expr>> = {}): Expr {
  return rewrite(treeOf(pattern), (expr) =>
    expr.kind === 'ident' && Object.hasOwn(parts, expr.name) ? (parts[expr.name] as Expr) : expr,
  );
}

export function text(value: string): Expr {
  return { kind: 'literal', at: 0, value };
}

/** `variables.<name>` */
export function variable(name: string): Expr {
  return { kind: 'select', at: 0, operand: { kind: 'ident', at: 0, name: 'variables' }, field: name, mode: 'value' };
}

/**
 * A literal of a JSON value. What lists and maps hold is `dyn`, unless it is text only: Kubernetes takes no lists and maps
 * of mixed types.
 */
export function literalOf(value: Value): Expr {
  if (Array.isArray(value)) {
    const wrap = value.every((element) => typeof element === 'string') ? literalOf : dynamic;
    return { kind: 'list', at: 0, elements: value.map((element) => ({ value: wrap(element), optional: false })) };
  }
  if (!isMap(value)) return { kind: 'literal', at: 0, value };
  const entries = Object.entries(value);
  const wrap = entries.every(([, member]) => typeof member === 'string') ? literalOf : dynamic;
  return {
    kind: 'map',
    at: 0,
    entries: entries.map(([key, member]) => ({ key: text(key), value: wrap(member as Value), optional: false })),
  };
}

function dynamic(value: Value): Expr {
  return { kind: 'call', at: 0, name: 'dyn', args: [literalOf(value)] };
}
