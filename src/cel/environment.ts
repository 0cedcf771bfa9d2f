import type { FunctionDeclaration, KubernetesVersion } from './function.ts';
import type { Type } from './type.ts';
import type { Result, Value } from './value.ts';

/** What an expression may name. Frozen; made once per kind of expression and shared by all of them. */
export interface Environment {
  readonly version: KubernetesVersion;
  /** Slot of each variable in an activation; `extend` keeps the slots of its parent. */
  readonly slots: ReadonlyMap<string, number>;
  /**
   * A new environment with more variables, functions, or a new type for a variable that is already there (as
   * `variables` grows a field with each declared variable).
   */
  extend(additions: EnvironmentOptions): Environment;
  /** Parses, checks and plans; all problems at once, none of them thrown. `expect` lists the accepted result types. */
  compile(source: string, expect?: readonly Type[]): Compilation;
}

export interface EnvironmentOptions {
  readonly variables?: Readonly<Record<string, Type>>;
  readonly functions?: readonly FunctionDeclaration[];
  readonly constants?: Readonly<Record<string, { readonly type: Type; readonly value: Value }>>;
}

export type Compilation =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** A problem found before evaluation. Offsets count UTF-16 units, line and column from 1 in code points. */
export interface Issue {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A planned expression: closures over slots, no tree walk. Safe to share; all state is in the activation. */
export interface Program {
  readonly source: string;
  readonly type: Type;
  /** Names of the environment's variables that the expression reads. */
  readonly references: ReadonlySet<string>;
  /** Calls whose arguments are all literals or idents, as written: lets the host see `resources.get("v1", …)` ahead. */
  readonly calls: readonly { readonly name: string; readonly literals: readonly (Value | undefined)[] }[];
  /** Returns a value or a CelError, never throws. Costs are added to the activation. */
  evaluate(activation: Activation): Result;
}

/**
 * The inputs and the meter of evaluations. One activation serves all expressions of a policy on one request: `cost` adds
 * up over them until the host resets it; an evaluation that passes `limit` ends in a budget error that nothing absorbs.
 */
export interface Activation {
  /** By slot of the environment. */
  readonly variables: (Value | undefined)[];
  cost: number;
  limit: number;
}
