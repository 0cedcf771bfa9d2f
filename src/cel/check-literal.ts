import type { ListLiteral, MapLiteral, StructLiteral } from './ast.ts';
import type { Checking } from './checking.ts';
import { isDynamic, moreGeneral } from './substitution.ts';
import { DYN, list, map, optional, type Type, unwrapOptional } from './type.ts';
import { formatType } from './type-format.ts';

/** The type of a list literal; elements of different types make it a list of `dyn`, which a later check refuses. */
export function checkList(checker: Checking, expr: ListLiteral): Type {
  let element: Type | undefined;
  for (const { value, optional: mayLack } of expr.elements) {
    const type = checker.check(value);
    element = join(checker, element, mayLack ? unwrapped(checker, value.at, type) : type);
  }
  return list(element ?? checker.substitution.variable());
}

/** The type of a map literal, by the same rule for keys and values. */
export function checkMap(checker: Checking, expr: MapLiteral): Type {
  let key: Type | undefined;
  let value: Type | undefined;
  for (const entry of expr.entries) {
    key = join(checker, key, checker.check(entry.key));
    const type = checker.check(entry.value);
    value = join(checker, value, entry.optional ? unwrapped(checker, entry.value.at, type) : type);
  }
  return map(key ?? checker.substitution.variable(), value ?? checker.substitution.variable());
}

/** The type of a struct literal, whose fields must be known and of the declared types. */
export function checkStruct(checker: Checking, expr: StructLiteral): Type {
  const name = expr.name.startsWith('.') ? expr.name.slice(1) : expr.name;
  const declaration = checker.declarations.struct(name);
  if (!declaration && checker.declarations.constants.has(name)) {
    checker.issue(expr.at, `'${name}' is not a message type`);
    return { kind: 'error' };
  }
  if (!declaration) return checker.undeclared(expr.at, expr.name);
  checker.references.set(expr, { kind: 'struct', declaration });
  const { type } = declaration;
  for (const field of expr.fields) {
    const given = checker.check(field.value);
    const expected = fieldType(type, field.name);
    if (!expected) {
      checker.issue(field.at, `undefined field '${field.name}'`);
      continue;
    }
    const actual = field.optional ? unwrapped(checker, field.value.at, given) : given;
    if (checker.assignable(expected, actual)) continue;
    const found = formatType(checker.substitution.apply(actual, true));
    checker.issue(
      field.at,
      `expected type of field '${field.name}' is '${formatType(expected)}' but provided type is '${found}'`,
    );
  }
  return declaration.result?.type ?? type;
}

function fieldType(type: Type, name: string): Type | undefined {
  if (type.kind !== 'struct') return undefined;
  return type.fields === 'any' ? DYN : type.fields.get(name);
}

function join(checker: Checking, previous: Type | undefined, current: Type): Type {
  if (!previous) return current;
  return checker.assignable(previous, current) ? moreGeneral(previous, current) : DYN;
}

function unwrapped(checker: Checking, at: number, type: Type): Type {
  const applied = checker.substitution.apply(type);
  const inner = unwrapOptional(applied);
  if (inner) return inner;
  if (!isDynamic(applied))
    checker.issue(at, `expected type '${formatType(optional(applied))}' but found '${formatType(applied)}'`);
  return applied;
}
