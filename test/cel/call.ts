import type { Library } from '../../src/cel/function.ts';
import type { Type } from '../../src/cel/type.ts';
import { typeNameOf } from '../../src/cel/type-value.ts';
import { CelError, type Value } from '../../src/cel/value.ts';

/** Calls a function of a library as an expression would, by the types of the values; errors come as `error: message`. */
export function call(library: Library, name: string, ...args: readonly Value[]): Value {
  const overloads = library.functions
    .filter((declared) => declared.name === name)
    .flatMap(({ overloads }) => overloads);
  const overload = overloads.find(
    ({ parameters }) =>
      parameters.length === args.length && parameters.every((type, index) => takes(type, args[index] as Value)),
  );
  if (overload === undefined) throw new Error(`no overload of ${name} takes these arguments`);
  const result = overload.call(...args);
  return result instanceof CelError ? `error: ${result.message}` : result;
}

/** A list is told by its first element, as cel-go does. */
function takes(type: Type, value: Value): boolean {
  if (type.kind === 'list') {
    return Array.isArray(value) && (value.length === 0 || takes(type.element, value[0] as Value));
  }
  return !(type.kind === 'primitive' || type.kind === 'opaque') || typeNameOf(value) === type.name;
}
