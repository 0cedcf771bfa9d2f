import { type Bind, type Call, type Expr, type Fold, type FoldMacro, OPERATOR } from './ast.ts';
import type { TokenStream } from './token-stream.ts';

/** Expands a call that is a macro; any other call comes back as it is. Bad arguments are reported. */
export function expandMacro(stream: TokenStream, call: Call): Expr {
  const expand = call.target
    ? RECEIVER[`${call.name}/${call.args.length}`]
    : GLOBAL[`${call.name}/${call.args.length}`];
  try {
    return expand ? expand(stream, call, call.target ?? call) : call;
  } catch (error) {
    if (error instanceof BadArgument) return call;
    throw error;
  }
}

type Macro = (stream: TokenStream, call: Call, target: Expr) => Expr;

const GLOBAL: Readonly<Record<string, Macro>> = {
  'has/1': (stream, call) => {
    const argument = arg(call, 0);
    if (argument.kind !== 'select' || argument.mode !== 'value')
      return fail(stream, argument, 'invalid argument to has() macro');
    return { ...argument, at: call.at, mode: 'test' };
  },
};

const RECEIVER: Readonly<Record<string, Macro>> = {
  'all/2': predicate('all'),
  'exists/2': predicate('exists'),
  'exists_one/2': predicate('existsOne'),
  'map/2': one('map'),
  'map/3': one('map'),
  'filter/2': one('filter'),
  'all/3': two('all'),
  'exists/3': two('exists'),
  'existsOne/3': two('existsOne'),
  'exists_one/3': two('existsOne'),
  'transformList/3': two('map'),
  'transformList/4': two('map'),
  'transformMap/3': two('transformMap'),
  'transformMap/4': two('transformMap'),
  'transformMapEntry/3': two('transformMapEntry'),
  'transformMapEntry/4': two('transformMapEntry'),
  'optMap/2': (stream, call, target) =>
    optional(stream, call, target, (bind) => ({ ...plain(call, 'optional.of'), args: [bind] })),
  'optFlatMap/2': (stream, call, target) => optional(stream, call, target, (bind) => bind),
  'sortBy/2': sortBy,
};

function predicate(macro: FoldMacro): Macro {
  return (stream, call, target) =>
    fold(stream, call, target, macro, [name(stream, arg(call, 0), 'argument must be a simple name')]);
}

function one(macro: FoldMacro): Macro {
  return (stream, call, target) =>
    fold(stream, call, target, macro, [name(stream, arg(call, 0), 'argument is not an identifier')]);
}

function two(macro: FoldMacro): Macro {
  return (stream, call, target) => {
    const first = name(stream, arg(call, 0), 'argument must be a simple name');
    const second = name(stream, arg(call, 1), 'argument must be a simple name');
    if (first === second) return fail(stream, arg(call, 1), `duplicate variable name: ${first}`);
    return fold(stream, call, target, macro, [first, second]);
  };
}

function fold(stream: TokenStream, call: Call, range: Expr, macro: FoldMacro, names: readonly [string, string?]): Fold {
  names.forEach((variable, index) => {
    if (variable === '__result__') fail(stream, arg(call, index), 'iteration variable overwrites accumulator variable');
  });
  const [first, second] = names;
  const rest = call.args.slice(names.length);
  const body = rest.at(-1) ?? range;
  const filter = rest.length > 1 ? rest[0] : undefined;
  return {
    kind: 'fold',
    at: call.at,
    macro,
    range,
    first,
    body,
    ...(second !== undefined && { second }),
    ...(filter && { filter }),
  };
}

// `target.hasValue() ? of(bind name = target.value() in body) : none()`; the target is evaluated twice, as its costs show.
function optional(stream: TokenStream, call: Call, target: Expr, wrap: (bind: Bind) => Expr): Call {
  const variable = name(stream, arg(call, 0), `${call.name}() variable name must be a simple identifier`);
  const value: Call = { kind: 'call', at: call.at, name: 'value', target, args: [] };
  const bind: Bind = { kind: 'bind', at: call.at, name: variable, init: value, body: arg(call, 1) };
  const condition: Call = { kind: 'call', at: call.at, name: 'hasValue', target, args: [] };
  return { ...plain(call, OPERATOR.conditional), args: [condition, wrap(bind), plain(call, 'optional.none')] };
}

const SORTED = '@__sortBy_input__';

// `bind input = target in input.@sortByAssociatedKeys(input.map(name, key))`
function sortBy(stream: TokenStream, call: Call, target: Expr): Expr {
  const sortable = ['list', 'select', 'ident', 'fold', 'bind', 'call'].includes(target.kind);
  if (!sortable)
    return fail(
      stream,
      target,
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    );
  const input: Expr = { kind: 'ident', at: call.at, name: SORTED };
  const variable = name(stream, arg(call, 0), 'argument is not an identifier');
  const keys: Fold = { kind: 'fold', at: call.at, macro: 'map', range: input, first: variable, body: arg(call, 1) };
  const sort: Call = { kind: 'call', at: call.at, name: '@sortByAssociatedKeys', target: input, args: [keys] };
  return { kind: 'bind', at: call.at, name: SORTED, init: target, body: sort };
}

function plain(call: Call, called: string): Call {
  return { kind: 'call', at: call.at, name: called, args: [] };
}

function arg(call: Call, index: number): Expr {
  const argument = call.args[index];
  if (!argument) throw new Error(`macro ${call.name} was matched without argument ${index}`);
  return argument;
}

function name(stream: TokenStream, expr: Expr, message: string): string {
  return expr.kind === 'ident' && !expr.name.startsWith('.') ? expr.name : fail(stream, expr, message);
}

// Reports a bad argument; the parse goes on, so that other problems are reported with it.
class BadArgument extends Error {}

function fail(stream: TokenStream, expr: Expr, message: string): never {
  stream.issue(expr.at, message);
  throw new BadArgument();
}
