import type { Type } from './type.ts';
import type { Result, Value } from './value.ts';

/** The Kubernetes minor whose CEL environment is meant; functions say since when they exist. */
export type KubernetesVersion = '1.36' | '1.37';

/**
 * One overload of a function. The checker picks it by static types; where an argument is `dyn`, the planner picks it by
 * the values' types at run time (`accepts` of the parameters, see dispatch in plan.ts). Arguments arrive without errors:
 * the planner has already returned the first error among them. Implementations never throw; they return a `CelError`.
 */
export interface Overload {
  /** cel-go's overload id, such as `string_lowerAscii`: unique, shown in no message, used by costs. */
  readonly id: string;
  /** True for `receiver.name(args)`; the receiver is the first parameter. */
  readonly member?: boolean;
  readonly parameters: readonly Type[];
  readonly result: Type;
  /** True where the values' types are not looked at when the overload is picked at run time: `call` tells them itself. */
  readonly unguarded?: boolean;
  readonly call: (...args: readonly Value[]) => Result;
  /**
   * The cost beyond the arguments', as Kubernetes counts it at run time; 1 where it is left out. `result` is the value
   * the call gave (absent for an error).
   */
  readonly cost?: (args: readonly Value[], result: Value | undefined) => number;
  /**
   * Checks literal arguments when the expression is compiled (an invalid regex, duration, quantity format); returns the
   * message of the compile error, or undefined. Called with the literal value, or undefined for arguments that are not.
   */
  readonly checkLiterals?: (args: readonly (Value | undefined)[]) => string | undefined;
  /**
   * Prepares the call from its literal arguments once, at plan time (a compiled regex); the returned function replaces
   * `call`. Undefined arguments are the ones that are not literals.
   */
  readonly prepare?: (args: readonly (Value | undefined)[]) => ((...args: readonly Value[]) => Result) | undefined;
}

/** A function with all its overloads, or a part of them: declarations of one name are merged. */
export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
  /**
   * The cost of a call by its name, for the overloads without a cost of their own. cel-go counts an overload's own cost
   * only where the checker has left a single candidate; an ambiguous call (`dyn` arguments) costs this, or 1.
   */
  readonly cost?: (args: readonly Value[], result: Value | undefined) => number;
  /** The first Kubernetes version with it; absent for those in every version we speak. */
  readonly since?: KubernetesVersion;
  /** The last one, where later versions answer otherwise under the same name. */
  readonly until?: KubernetesVersion;
}

/** A library family: `src/cel/library/<family>.ts` exports one. */
export interface Library {
  readonly name: string;
  readonly functions: readonly FunctionDeclaration[];
  /** Constants and type names that expressions may use as identifiers, such as `optional_type`. */
  readonly constants?: readonly { readonly name: string; readonly type: Type; readonly value: Value }[];
}
