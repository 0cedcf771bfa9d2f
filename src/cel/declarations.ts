import type { Overload } from './function.ts';
import type { Type } from './type.ts';
import type { Result, Value } from './value.ts';

/** A function with all overloads of all libraries; `cost` is what a call costs where the overload does not say. */
export interface DeclaredFunction {
  readonly overloads: readonly Overload[];
  readonly cost?: NonNullable<Overload['cost']>;
}

/** What an expression may name; the checker's view of an environment. */
export interface Declarations {
  readonly variables: ReadonlyMap<string, { readonly slot: number; readonly type: Type }>;
  readonly constants: ReadonlyMap<string, { readonly type: Type; readonly value: Value }>;
  readonly functions: ReadonlyMap<string, DeclaredFunction>;
  /** True where fields may be written in backticks. */
  readonly escapedNames: boolean;
  /** The struct of that name that a literal may make, or undefined where there is none. */
  struct(name: string): StructDeclaration | undefined;
}

/** A struct that expressions may write as a literal. */
export interface StructDeclaration {
  readonly type: Type;
  /** The value that stands for it, where it is not a StructValue, and that value's type. */
  readonly result?: { readonly type: Type; readonly make: (fields: ReadonlyMap<string, Value>) => Result };
}
