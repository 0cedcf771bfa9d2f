import type { Expr } from './ast.ts';
import type { StructDeclaration } from './declarations.ts';
import type { Overload } from './function.ts';
import type { Type } from './type.ts';
import type { Value } from './value.ts';

/** An expression with the final type of each node and what each name and call refers to. */
export interface Checked {
  readonly expr: Expr;
  readonly typeOf: (expr: Expr) => Type;
  readonly references: ReadonlyMap<Expr, Reference>;
}

/** A variable of a macro; its identity tells it from others of the same name. */
export interface Local {
  readonly name: string;
  readonly type: Type;
}

/** What the checker found a node to refer to. */
export type Reference =
  | { readonly kind: 'variable'; readonly name: string; readonly slot: number }
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'constant'; readonly value: Value }
  | CallReference
  | { readonly kind: 'struct'; readonly declaration: StructDeclaration }
  | { readonly kind: 'locals'; readonly first: Local; readonly second?: Local };

/** A call of a function: `name` in full, the overloads that the static types leave open, the receiver if there is one. */
export interface CallReference {
  readonly kind: 'call';
  readonly name: string;
  readonly overloads: readonly Overload[];
  readonly cost?: NonNullable<Overload['cost']>;
  readonly member: boolean;
}
