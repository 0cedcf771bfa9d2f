import type { Value } from './value.ts';

/**
 * The syntax tree after macro expansion. `at` is the offset (UTF-16 units) that problems with the node point to: the
 * operator, the dot of a selection, the opening parenthesis of a call; the first character of anything else.
 */
export type Expr = Literal | Ident | Select | Call | ListLiteral | MapLiteral | StructLiteral | Fold | Bind;

export interface Literal {
  readonly kind: 'literal';
  readonly at: number;
  readonly value: Value;
}

export interface Ident {
  readonly kind: 'ident';
  readonly at: number;
  readonly name: string;
}

/** `operand.field`, `operand.?field` (optional), or `has(operand.field)` (test). */
export interface Select {
  readonly kind: 'select';
  readonly at: number;
  readonly operand: Expr;
  readonly field: string;
  readonly mode: 'value' | 'optional' | 'test';
}

/** A call of a function or operator; operators have names such as `_+_`. `target` is the receiver of a member call. */
export interface Call {
  readonly kind: 'call';
  readonly at: number;
  readonly name: string;
  readonly target?: Expr;
  readonly args: readonly Expr[];
}

export interface ListLiteral {
  readonly kind: 'list';
  readonly at: number;
  readonly elements: readonly { readonly value: Expr; readonly optional: boolean }[];
}

export interface MapLiteral {
  readonly kind: 'map';
  readonly at: number;
  readonly entries: readonly { readonly key: Expr; readonly value: Expr; readonly optional: boolean }[];
}

export interface StructLiteral {
  readonly kind: 'struct';
  readonly at: number;
  readonly name: string;
  readonly fields: readonly {
    readonly at: number;
    readonly name: string;
    readonly value: Expr;
    readonly optional: boolean;
  }[];
}

export type FoldMacro = 'all' | 'exists' | 'existsOne' | 'map' | 'filter' | 'transformMap' | 'transformMapEntry';

/** A comprehension. With `second`, the variables are index and element, or key and value. */
export interface Fold {
  readonly kind: 'fold';
  readonly at: number;
  readonly macro: FoldMacro;
  readonly range: Expr;
  readonly first: string;
  readonly second?: string;
  /** The predicate of the forms of `map` and `transform…` that have one. */
  readonly filter?: Expr;
  /** The predicate or the transformation. */
  readonly body: Expr;
}

/** `body` with `name` bound to the value of `init`, which is evaluated on first use; made by macros only. */
export interface Bind {
  readonly kind: 'bind';
  readonly at: number;
  readonly name: string;
  readonly init: Expr;
  readonly body: Expr;
}

/** The names of operators that the parser makes and the planner treats by itself. */
export const OPERATOR = {
  and: '_&&_',
  or: '_||_',
  not: '!_',
  negate: '-_',
  conditional: '_?_:_',
  equals: '_==_',
  notEquals: '_!=_',
  index: '_[_]',
  optionalIndex: '_[?_]',
  in: '@in',
} as const;

/** True for a call of `&&` or `||`, whose arguments may be many. */
export function isLogical(call: Call): boolean {
  return call.name === OPERATOR.and || call.name === OPERATOR.or;
}

/** The node and all below it, parents first. A node that macros use twice comes once: their nesting doubles the paths. */
export function descendants(root: Expr): readonly Expr[] {
  const seen = new Set<Expr>();
  const visit = (expr: Expr): void => {
    if (seen.has(expr)) return;
    seen.add(expr);
    children(expr).forEach(visit);
  };
  visit(root);
  return [...seen];
}

/** The children of a node, in the order of evaluation. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [expr.operand];
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : expr.args;
    case 'list':
      return expr.elements.map((element) => element.value);
    case 'map':
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'struct':
      return expr.fields.map((field) => field.value);
    case 'fold':
      return expr.filter ? [expr.range, expr.filter, expr.body] : [expr.range, expr.body];
    case 'bind':
      return [expr.init, expr.body];
  }
}
