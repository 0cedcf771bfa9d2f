import { type Call, children, descendants, type Expr, type ListLiteral, type MapLiteral } from './ast.ts';
import type { Checked } from './checked.ts';
import { checkFormat, type FormatArgument } from './library/format-check.ts';
import { sameType } from './substitution.ts';
import { type Type, unwrapOptional } from './type.ts';
import { formatType } from './type-format.ts';
import type { Value } from './value.ts';

type Report = (at: number, message: string) => void;

/**
 * What is checked after the types: literal arguments (regular expressions, durations, timestamps, format strings), and
 * that all elements of a list or map literal are of one type, except inside the arguments of `format`.
 */
export function checkLiterals(checked: Checked, report: Report): void {
  const exempt = new Set<Expr>();
  for (const expr of descendants(checked.expr)) {
    const mixed = exempt.has(expr);
    if (expr.kind === 'call') checkCall(checked, expr, report);
    if (!mixed && expr.kind === 'list') checkElements(checked, expr, report);
    if (!mixed && expr.kind === 'map') checkEntries(checked, expr, report);
    if (mixed || (expr.kind === 'call' && expr.name === 'format'))
      for (const child of children(expr)) exempt.add(child);
  }
}

function checkCall(checked: Checked, call: Call, report: Report): void {
  checkArguments(checked, call, report);
  if (call.name === 'format') checkTemplate(checked, call, report);
}

function checkArguments(checked: Checked, call: Call, report: Report): void {
  const reference = checked.references.get(call);
  if (reference?.kind !== 'call' || reference.overloads.every((overload) => !overload.checkLiterals)) return;
  const args = reference.member && call.target ? [call.target, ...call.args] : call.args;
  const literals = args.map((argument) => literalValue(argument));
  if (literals.every((value) => value === undefined)) return;
  for (const overload of reference.overloads) {
    const message = overload.checkLiterals?.(literals);
    if (message === undefined) continue;
    const blamed = call.args.find((argument) => literalValue(argument) !== undefined) ?? call.target ?? call;
    report(blamed.at, message);
    return;
  }
}

// `'…'.format([…])`: the clauses against the types of the elements, which may be problems of a part of one.
function checkTemplate(checked: Checked, call: Call, report: Report): void {
  const [list] = call.args;
  if (call.target?.kind !== 'literal' || typeof call.target.value !== 'string' || list?.kind !== 'list') return;
  const places = new Map<FormatArgument, Expr>();
  const read = (expr: Expr): FormatArgument => {
    const parts = expr.kind === 'list' || expr.kind === 'map' ? children(expr).map(read) : undefined;
    const argument: FormatArgument = { type: checked.typeOf(expr), ...(parts && { parts }) };
    places.set(argument, expr);
    return argument;
  };
  const issue = checkFormat(
    call.target.value,
    list.elements.map(({ value }) => read(value)),
  );
  if (!issue) return;
  const place = issue.argument && places.get(issue.argument);
  report((place ?? call).at, issue.message);
}

/** The value of a literal, or of a list of literals; undefined for everything that has to be evaluated. */
export function literalValue(expr: Expr): Value | undefined {
  if (expr.kind === 'literal') return expr.value;
  if (expr.kind !== 'list') return undefined;
  const values: Value[] = [];
  for (const element of expr.elements) {
    const value = element.optional ? undefined : literalValue(element.value);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function checkElements(checked: Checked, expr: ListLiteral, report: Report): void {
  let expected: Type | undefined;
  for (const element of expr.elements) {
    const type = elementType(checked, element.value, element.optional);
    expected ??= type;
    if (sameType(expected, type)) continue;
    report(element.value.at, mismatch(expected, type));
    return;
  }
}

function checkEntries(checked: Checked, expr: MapLiteral, report: Report): void {
  const [head] = expr.entries;
  if (!head) return;
  const key = checked.typeOf(head.key);
  const value = elementType(checked, head.value, head.optional);
  for (const entry of expr.entries.slice(1)) {
    const keyType = checked.typeOf(entry.key);
    const valueType = elementType(checked, entry.value, entry.optional);
    if (!sameType(key, keyType)) report(entry.key.at, mismatch(key, keyType));
    if (!sameType(value, valueType)) report(entry.value.at, mismatch(value, valueType));
  }
}

function elementType(checked: Checked, value: Expr, optional: boolean): Type {
  const type = checked.typeOf(value);
  return optional ? (unwrapOptional(type) ?? type) : type;
}

function mismatch(expected: Type, found: Type): string {
  return `expected type '${formatType(expected)}' but found '${formatType(found)}'`;
}
