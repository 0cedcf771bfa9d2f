import type { Activation } from './activation.ts';
import type { Assumptions } from './foresee.ts';
import type { Foreseen } from './foreseen.ts';
import type { Issue } from './issue.ts';
import type { Type } from './type.ts';
import type { Result, Value } from './value.ts';

/** What compiling gives: a program, or all problems of the expression at once. */
export type Compilation =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** A planned expression: closures over slots, no tree walk. Safe to share; all state is in the activation. */
export interface Program {
  readonly source: string;
  readonly type: Type;
  /** Names of the environment's variables that the expression reads. */
  readonly references: ReadonlySet<string>;
  /** All calls, with those arguments that are literals: lets the host see `resources.get("v1", …)` ahead. */
  readonly calls: readonly { readonly name: string; readonly literals: readonly (Value | undefined)[] }[];
  /** What is known of its value under assumptions, without evaluating it. */
  foresee(assumptions: Assumptions): Foreseen;
  /** Returns a value or a CelError, never throws. Costs are added to the activation. */
  evaluate(activation: Activation): Result;
}
