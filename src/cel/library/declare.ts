import type { FunctionDeclaration, Overload } from '../function.ts';
import type { Type } from '../type.ts';
import type { Result } from '../value.ts';

/**
 * An implementation that takes the values its overload's parameters stand for: the dispatch has checked them. Its
 * parameters are not spelled out here, since no type relates a CEL type to the class of its values.
 */
type Implementation = (...args: never[]) => Result;

/** A `receiver.name(arguments)` overload; the receiver is the first parameter. */
export function member(id: string, parameters: readonly Type[], result: Type, call: Implementation): Overload {
  return { id, member: true, parameters, result, call: call as Overload['call'] };
}

/** A `name(arguments)` overload. */
export function global(id: string, parameters: readonly Type[], result: Type, call: Implementation): Overload {
  return { id, parameters, result, call: call as Overload['call'] };
}

/** The overload, whose result for literal arguments is found once, when the expression is planned. */
export function foldable(overload: Overload): Overload {
  return {
    ...overload,
    prepare: (args) => {
      const values = args.filter((value) => value !== undefined);
      if (values.length < args.length) return undefined;
      const result = overload.call(...values);
      return () => result;
    },
  };
}

/** A function with its overloads; `cost` is what a call costs by name, 1 where it is left out. */
export function declare(
  name: string,
  overloads: readonly Overload[],
  cost?: FunctionDeclaration['cost'],
): FunctionDeclaration {
  return cost === undefined ? { name, overloads } : { name, overloads, cost };
}
