import type { Bind, Expr, Fold } from './ast.ts';
import type { Local } from './checked.ts';
import type { Checking } from './checking.ts';
import { BOOL, DYN, INT, list, map, type Type } from './type.ts';
import { formatArguments, formatType } from './type-format.ts';

/** The type of a comprehension; records its local variables. */
export function checkFold(checker: Checking, fold: Fold): Type {
  const range = checker.substitution.apply(checker.check(fold.range));
  const [firstType, secondType] = variableTypes(checker, fold, range);
  const first: Local = { name: fold.first, type: firstType };
  const second: Local | undefined = fold.second === undefined ? undefined : { name: fold.second, type: secondType };
  checker.references.set(fold, { kind: 'locals', first, ...(second && { second }) });
  const result = checker.within(second ? [first, second] : [first], () => resultType(checker, fold, firstType));
  return checker.substitution.apply(result);
}

/** The type of a body with a bound variable. */
export function checkBind(checker: Checking, bind: Bind): Type {
  const first: Local = { name: bind.name, type: checker.check(bind.init) };
  checker.references.set(bind, { kind: 'locals', first });
  return checker.substitution.apply(checker.within([first], () => checker.check(bind.body)));
}

function variableTypes(checker: Checking, fold: Fold, range: Type): readonly [Type, Type] {
  switch (range.kind) {
    case 'list':
      return fold.second === undefined ? [range.element, DYN] : [INT, range.element];
    case 'map':
      return [range.key, range.value];
    case 'dyn':
    case 'error':
    case 'parameter':
      checker.assignable(DYN, range);
      return [DYN, DYN];
    default: {
      const found = formatType(range);
      checker.issue(
        fold.range.at,
        `expression of type '${found}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
      return [{ kind: 'error' }, { kind: 'error' }];
    }
  }
}

function resultType(checker: Checking, fold: Fold, key: Type): Type {
  switch (fold.macro) {
    case 'all':
    case 'exists':
      return quantified(checker, fold.body);
    case 'existsOne':
      condition(checker, fold, fold.body, [INT, INT]);
      return BOOL;
    case 'filter': {
      checker.check(fold.body);
      const result = list(key);
      condition(checker, fold, fold.body, [result, result]);
      return result;
    }
    case 'map':
      return collected(checker, fold, list(checker.substitution.variable()), (body) => list(body));
    case 'transformMap':
      return collected(checker, fold, emptyMap(checker), (body) => map(key, body));
    case 'transformMapEntry':
      return collected(checker, fold, emptyMap(checker), (body) => body);
  }
}

const emptyMap = (checker: Checking): Type => map(checker.substitution.variable(), checker.substitution.variable());

function quantified(checker: Checking, body: Expr): Type {
  const type = checker.check(body);
  if (!checker.assignable(type, BOOL)) {
    checker.issue(body.at, `expected type 'bool' but found '${formatType(checker.substitution.apply(type, true))}'`);
  }
  return BOOL;
}

// The accumulator starts empty and takes the type of what is added to it.
function collected(checker: Checking, fold: Fold, accumulator: Type, added: (body: Type) => Type): Type {
  if (fold.filter) checker.check(fold.filter);
  const addition = added(checker.check(fold.body));
  if (!checker.substitution.assignable([addition], [accumulator])) {
    const args = formatArguments(
      [accumulator, addition].map((type) => checker.substitution.apply(type, true)),
      false,
    );
    checker.issue(fold.at, `found no matching overload for 'cel.@mapInsert' applied to '${args}'`);
    return { kind: 'error' };
  }
  if (fold.filter) condition(checker, fold, fold.filter, [accumulator, accumulator]);
  return accumulator;
}

// Predicates of macros that do not quantify are conditions of `?:`, and are reported as such.
function condition(checker: Checking, fold: Fold, predicate: Expr, branches: readonly [Type, Type]): void {
  const type = checker.check(predicate);
  if (checker.assignable(type, BOOL)) return;
  const args = [type, ...branches].map((part) => checker.substitution.apply(part, true));
  checker.issue(fold.at, `found no matching overload for '_?_:_' applied to '${formatArguments(args, false)}'`);
}
