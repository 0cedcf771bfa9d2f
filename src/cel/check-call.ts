import { type Call, type Expr, isLogical } from './ast.ts';
import type { Checking } from './checking.ts';
import type { DeclaredFunction } from './declarations.ts';
import type { Overload } from './function.ts';
import { sameType } from './substitution.ts';
import { BOOL, DYN, type Type } from './type.ts';
import { formatArguments, formatType } from './type-format.ts';

const ERROR: Type = { kind: 'error' };

/** The type of a call; records the overloads that fit. */
export function resolveCall(checker: Checking, call: Call): Type {
  const args = call.args.map((argument) => checker.check(argument));
  if (isLogical(call)) return logical(checker, call, args);
  if (!call.target) {
    const name = call.name.startsWith('.') ? call.name.slice(1) : call.name;
    return functionOf(checker, name)
      ? resolve(checker, call, name, args, false)
      : checker.undeclared(call.at, call.name);
  }
  const namespace = checker.dottedName(call.target);
  const qualified = `${namespace}.${call.name}`.replace(/^\./, '');
  if (namespace !== undefined && functionOf(checker, qualified)) return resolve(checker, call, qualified, args, false);
  const receiver = checker.check(call.target);
  if (!functionOf(checker, call.name)) return checker.undeclared(call.at, call.name);
  return resolve(checker, call, call.name, [receiver, ...args], true);
}

function functionOf(checker: Checking, name: string): DeclaredFunction | undefined {
  return checker.declarations.functions.get(name);
}

function logical(checker: Checking, call: Call, args: readonly Type[]): Type {
  let result: Type = BOOL;
  args.forEach((type, index) => {
    if (checker.assignable(type, BOOL)) return;
    checker.issue(
      (call.args[index] as Expr).at,
      `expected type 'bool' but found '${formatType(checker.substitution.apply(type, true))}'`,
    );
    result = ERROR;
  });
  checker.references.set(call, { kind: 'call', name: call.name, overloads: [], member: false });
  return result;
}

// All overloads that the argument types fit stay open; they are told apart by the values at run time.
function resolve(checker: Checking, call: Call, name: string, args: readonly Type[], member: boolean): Type {
  const fitting: Overload[] = [];
  let result: Type | undefined;
  const declared = functionOf(checker, name);
  for (const overload of declared?.overloads ?? []) {
    if ((overload.member ?? false) !== member || overload.parameters.length !== args.length) continue;
    const signature = instantiate(checker, overload);
    if (!checker.substitution.assignable(args, signature.parameters)) continue;
    fitting.push(overload);
    const type = checker.substitution.apply(signature.result);
    if (!result) result = type;
    else if (result.kind !== 'dyn' && !sameType(type, result)) result = DYN;
  }
  if (!result) {
    const found = formatArguments(
      args.map((type) => checker.substitution.apply(type, true)),
      member,
    );
    checker.issue(call.at, `found no matching overload for '${name}' applied to '${found}'`);
    return ERROR;
  }
  checker.references.set(call, {
    kind: 'call',
    name,
    overloads: fitting,
    member,
    ...(declared?.cost && { cost: declared.cost }),
  });
  return result;
}

// Each use of an overload gets type parameters of its own.
function instantiate(checker: Checking, overload: Overload): { parameters: readonly Type[]; result: Type } {
  const names = new Map<string, Type>();
  const fresh = (type: Type): Type => {
    switch (type.kind) {
      case 'parameter': {
        const known = names.get(type.name) ?? checker.substitution.variable();
        names.set(type.name, known);
        return known;
      }
      case 'list':
        return { kind: 'list', element: fresh(type.element) };
      case 'map':
        return { kind: 'map', key: fresh(type.key), value: fresh(type.value) };
      case 'type':
        return { kind: 'type', of: fresh(type.of) };
      case 'opaque':
        return type.parameters.length === 0 ? type : { ...type, parameters: type.parameters.map(fresh) };
      default:
        return type;
    }
  };
  return { parameters: overload.parameters.map(fresh), result: fresh(overload.result) };
}
