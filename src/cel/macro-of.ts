import { type Bind, type Call, type Expr, OPERATOR } from './ast.ts';

/** A macro with a variable that the parser has expanded to a binding. */
export interface BindingMacro {
  readonly name: 'optMap' | 'optFlatMap' | 'sortBy';
  readonly target: Expr;
  readonly variable: string;
  readonly body: Expr;
}

/** The macro that expanded to this node (see macros.ts); undefined for every other node. */
export function macroOf(expr: Expr): BindingMacro | undefined {
  if (expr.kind === 'bind') return isSorting(expr) ? sorting(expr) : undefined;
  if (expr.kind !== 'call' || expr.name !== OPERATOR.conditional) return undefined;
  const [, present] = expr.args;
  if (present?.kind === 'bind') return isSorting(present) ? undefined : optional('optFlatMap', present);
  if (present?.kind !== 'call' || present.target || present.name !== 'optional.of') return undefined;
  const [bind] = present.args;
  return bind?.kind === 'bind' ? optional('optMap', bind) : undefined;
}

// Names that a source can have begin with a letter.
function isSorting({ name }: Bind): boolean {
  return name.startsWith('@');
}

function optional(name: 'optMap' | 'optFlatMap', { name: variable, init, body }: Bind): BindingMacro | undefined {
  const target = init.kind === 'call' ? init.target : undefined;
  return target && { name, target, variable, body };
}

function sorting({ init, body }: Bind): BindingMacro | undefined {
  const [keys] = (body as Partial<Call>).args ?? [];
  if (keys?.kind !== 'fold') return undefined;
  return { name: 'sortBy', target: init, variable: keys.first, body: keys.body };
}
