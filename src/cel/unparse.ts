import { type Call, type Expr, type Fold, type FoldMacro, OPERATOR } from './ast.ts';
import { macroOf } from './macro-of.ts';
import { Double, Uint, type Value } from './value.ts';

/**
 * The source text of a syntax tree, macros as they were before their expansion, with no more parentheses than it needs:
 * parsing it gives the same tree again, offsets apart. Throws for a tree that no source has.
 */
export function unparse(expr: Expr): string {
  return write(expr, 'expression');
}

/** What may stand in a place without parentheses, from everything to operands of a dot. */
const PLACES = {
  expression: 0,
  or: 1,
  and: 2,
  relation: 3,
  sum: 4,
  product: 5,
  unary: 6,
  member: 7,
} as const;

type Place = keyof typeof PLACES;

const BINARY: Readonly<Record<string, readonly [text: string, place: Place]>> = {
  [OPERATOR.in]: ['in', 'relation'],
  [OPERATOR.equals]: ['==', 'relation'],
  [OPERATOR.notEquals]: ['!=', 'relation'],
  '_<_': ['<', 'relation'],
  '_<=_': ['<=', 'relation'],
  '_>=_': ['>=', 'relation'],
  '_>_': ['>', 'relation'],
  '_+_': ['+', 'sum'],
  '_-_': ['-', 'sum'],
  '_*_': ['*', 'product'],
  '_/_': ['/', 'product'],
  '_%_': ['%', 'product'],
};

function write(expr: Expr, place: Place): string {
  const [text, own] = written(expr);
  return PLACES[own] < PLACES[place] ? `(${text})` : text;
}

/** The text, and the strongest place where it may stand as it is. */
function written(expr: Expr): readonly [text: string, place: Place] {
  const macro = macroOf(expr);
  if (macro) return [`${member(macro.target)}.${macro.name}(${macro.variable}, ${unparse(macro.body)})`, 'member'];
  switch (expr.kind) {
    case 'literal':
      return [literal(expr.value), isNegative(expr.value) ? 'unary' : 'member'];
    case 'ident':
      return [expr.name, 'member'];
    case 'select':
      return [selection(expr), 'member'];
    case 'call':
      return call(expr);
    case 'list':
      return [`[${expr.elements.map(({ value, optional }) => mark(optional) + unparse(value)).join(', ')}]`, 'member'];
    case 'map':
      return [`{${expr.entries.map(entry).join(', ')}}`, 'member'];
    case 'struct':
      return [`${expr.name}{${expr.fields.map(structField).join(', ')}}`, 'member'];
    case 'fold':
      return [fold(expr), 'member'];
    case 'bind':
      throw new Error('no source has a binding outside the macros that make it');
  }
}

function member(expr: Expr): string {
  // A number before a dot would be read on as a number.
  const isNumber = expr.kind === 'literal' && !['string', 'boolean'].includes(typeof expr.value) && expr.value !== null;
  return isNumber ? `(${unparse(expr)})` : write(expr, 'member');
}

function selection({ operand, field, mode }: Expr & { readonly kind: 'select' }): string {
  const text = `${member(operand)}.${mark(mode === 'optional')}${fieldName(field)}`;
  return mode === 'test' ? `has(${text})` : text;
}

function call(expr: Call): readonly [text: string, place: Place] {
  const { name, target, args } = expr;
  if (target) return [`${member(target)}.${name}(${args.map(unparse).join(', ')})`, 'member'];
  const [first, second, third] = args;
  const binary = BINARY[name];
  if (binary && first && second) return [infix(binary, first, second), binary[1]];
  if (name === OPERATOR.and) return [args.map((arg) => write(arg, 'relation')).join(' && '), 'and'];
  if (name === OPERATOR.or) return [args.map((arg) => write(arg, 'and')).join(' || '), 'or'];
  if (name === OPERATOR.not && first) return [`!${member(first)}`, 'unary'];
  if (name === OPERATOR.negate && first) return [`-${member(first)}`, 'unary'];
  if (name === OPERATOR.index && first && second) return [`${member(first)}[${unparse(second)}]`, 'member'];
  if (name === OPERATOR.optionalIndex && first && second) return [`${member(first)}[?${unparse(second)}]`, 'member'];
  if (name === OPERATOR.conditional && first && second && third)
    return [`${write(first, 'or')} ? ${write(second, 'or')} : ${unparse(third)}`, 'expression'];
  return [`${name}(${args.map(unparse).join(', ')})`, 'member'];
}

/** Operators of one strength are read from the left. */
function infix([text, place]: readonly [string, Place], left: Expr, right: Expr): string {
  const stronger = { relation: 'sum', sum: 'product', product: 'unary' } as const;
  return `${write(left, place)} ${text} ${write(right, stronger[place as keyof typeof stronger])}`;
}

const ONE_VARIABLE: Readonly<Partial<Record<FoldMacro, string>>> = {
  all: 'all',
  exists: 'exists',
  existsOne: 'exists_one',
  map: 'map',
  filter: 'filter',
};

const TWO_VARIABLES: Readonly<Partial<Record<FoldMacro, string>>> = {
  all: 'all',
  exists: 'exists',
  existsOne: 'existsOne',
  map: 'transformList',
  transformMap: 'transformMap',
  transformMapEntry: 'transformMapEntry',
};

function fold({ macro, range, first, second, filter, body }: Fold): string {
  const name = (second === undefined ? ONE_VARIABLE : TWO_VARIABLES)[macro];
  if (name === undefined) throw new Error(`no source has ${macro} with ${second === undefined ? 'one' : 'two'}`);
  const parts = [first, ...(second === undefined ? [] : [second]), ...(filter ? [unparse(filter)] : []), unparse(body)];
  return `${member(range)}.${name}(${parts.join(', ')})`;
}

function entry({ key, value, optional }: { readonly key: Expr; readonly value: Expr; readonly optional: boolean }) {
  return `${mark(optional)}${unparse(key)}: ${unparse(value)}`;
}

function structField(field: { readonly name: string; readonly value: Expr; readonly optional: boolean }): string {
  return `${mark(field.optional)}${fieldName(field.name)}: ${unparse(field.value)}`;
}

function mark(optional: boolean): string {
  return optional ? '?' : '';
}

const KEYWORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

function fieldName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !KEYWORDS.has(name) ? name : `\`${name}\``;
}

function isNegative(value: Value): boolean {
  if (typeof value === 'bigint') return value < 0n;
  const number = value instanceof Double ? value.value : value;
  return typeof number === 'number' && (number < 0 || Object.is(number, -0));
}

function literal(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b'${Array.from(value, byteText).join('')}'`;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : exact(value);
  if (value instanceof Double) return exact(value.value);
  throw new Error('no source has a literal of this type');
}

/** The fewest digits that read back as the same number, with what makes them a double. */
function exact(double: number): string {
  const text = Object.is(double, -0) ? '-0' : String(double);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  // Patterns stay readable.
  if (text.includes('\\') && !/['\p{Cc}]/u.test(text)) return `r'${text}'`;
  return `'${text.replace(/[\\'\p{Cc}]/gu, (one) => ESCAPES[one] ?? unicode(one))}'`;
}

function unicode(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}

function byteText(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[\w .:/-]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}
