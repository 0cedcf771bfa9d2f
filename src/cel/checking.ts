import type { Expr } from './ast.ts';
import type { Local, Reference } from './checked.ts';
import type { Declarations } from './declarations.ts';
import type { Substitution } from './substitution.ts';
import type { Type } from './type.ts';

/** A check under way, as the rules of the single kinds of nodes see it. */
export interface Checking {
  readonly declarations: Declarations;
  readonly substitution: Substitution;
  readonly references: Map<Expr, Reference>;
  /** Checks a node and all below it; a node that macros use twice is checked once. */
  check(expr: Expr): Type;
  /** Checks what `read` checks with more local variables in scope. */
  within<T>(locals: readonly Local[], read: () => T): T;
  /** True where a value of type `from` may stand where `to` is asked for; type parameters are bound by the way. */
  assignable(from: Type, to: Type): boolean;
  /** Reports a problem. */
  issue(at: number, message: string): void;
  /** Reports a name that nothing declares, and gives the error type. */
  undeclared(at: number, name: string): Type;
  /** The dotted name that a chain of plain selections spells, unless it starts at a local variable. */
  dottedName(expr: Expr): string | undefined;
}
