import { type Call, type Expr, type ListLiteral, type MapLiteral, OPERATOR, type StructLiteral } from './ast.ts';
import { type Issue, issueAt } from './issue.ts';
import { MAX_EXPRESSION_LENGTH, MAX_NESTING } from './limits.ts';
import { literal, numberLiteral } from './literal.ts';
import { expandMacro } from './macros.ts';
import { ParseAbort, startsOperand, TokenStream } from './token-stream.ts';

/** Parses an expression and expands its macros; `escapedNames` allows fields in backticks. Problems are returned, never thrown. */
export function parse(
  source: string,
  escapedNames = true,
): { readonly ok: true; readonly expr: Expr } | { readonly ok: false; readonly issues: readonly Issue[] } {
  if (source.length > MAX_EXPRESSION_LENGTH && [...source].length > MAX_EXPRESSION_LENGTH) {
    const message = `expression code point size exceeds limit: size: ${[...source].length}, limit ${MAX_EXPRESSION_LENGTH}`;
    return { ok: false, issues: [issueAt(source, 0, message)] };
  }
  const stream = new TokenStream(source, escapedNames);
  try {
    const expr = expression(stream);
    if (!stream.at('end')) surplus(stream);
    if (stream.issues.length === 0) return { ok: true, expr };
  } catch (error) {
    if (!(error instanceof ParseAbort)) throw error;
  }
  return { ok: false, issues: stream.issues.toSorted((a, b) => a.offset - b.offset) };
}

// The API server's wording: a single surplus token is extraneous, with more behind it there is a mismatch.
function surplus(stream: TokenStream): void {
  const word = stream.peek(1).kind === 'end' ? 'extraneous' : 'mismatched';
  stream.syntax(stream.peek().at, `${word} input '${stream.peek().text}' expecting <EOF>`);
}

const OPERAND = `{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}`;

const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

// From the weakest to the strongest; all are read from left to right.
const BINARY: readonly Readonly<Record<string, string>>[] = [
  { '<': '_<_', '<=': '_<=_', '>=': '_>=_', '>': '_>_', '==': '_==_', '!=': '_!=_', in: '@in' },
  { '+': '_+_', '-': '_-_' },
  { '*': '_*_', '/': '_/_', '%': '_%_' },
];

const call = (name: string, at: number, ...args: readonly Expr[]): Call => ({ kind: 'call', name, at, args });

function expression(stream: TokenStream): Expr {
  return stream.nested(() => {
    const condition = logical(stream, '||');
    const question = stream.accept('?');
    if (!question) return condition;
    const whenTrue = logical(stream, '||');
    if (!stream.at(':')) stream.abort(`mismatched input '${stream.peek().text}' expecting ':'`);
    stream.next();
    return call(OPERATOR.conditional, question.at, condition, whenTrue, expression(stream));
  });
}

// Chains of one logical operator are one call with many arguments: they neither nest nor recurse.
function logical(stream: TokenStream, operator: '||' | '&&'): Expr {
  const operand = () => (operator === '||' ? logical(stream, '&&') : binary(stream, 0));
  const first = operand();
  if (!stream.at(operator)) return first;
  const at = stream.peek().at;
  const terms = [first];
  while (stream.accept(operator)) terms.push(operand());
  return call(operator === '||' ? OPERATOR.or : OPERATOR.and, at, ...terms);
}

function binary(stream: TokenStream, level: number): Expr {
  const operators = BINARY[level];
  if (!operators) return unary(stream);
  let left = binary(stream, level + 1);
  for (let chained = 0; ; chained++) {
    const name = operators[stream.peek().kind];
    if (name === undefined) return left;
    if (chained >= MAX_NESTING) tooDeep(stream);
    const operator = stream.next();
    left = call(name, operator.at, left, binary(stream, level + 1));
  }
}

function unary(stream: TokenStream): Expr {
  const sign = stream.peek();
  if (sign.kind !== '!' && sign.kind !== '-') return member(stream, primary(stream));
  let count = 0;
  while (stream.at(sign.kind)) {
    const following = stream.peek(1).kind;
    // A minus before a number belongs to it, so that the lowest int can be written.
    if (count === 0 && sign.kind === '-' && (following === 'int' || following === 'double')) {
      stream.next();
      return member(stream, numberLiteral(stream, sign.at, '-'));
    }
    stream.next();
    count++;
  }
  const operand = member(stream, primary(stream));
  if (count % 2 === 0) return operand;
  return call(sign.kind === '!' ? OPERATOR.not : OPERATOR.negate, sign.at, operand);
}

function member(stream: TokenStream, first: Expr): Expr {
  let operand = first;
  for (let chained = 0; ; chained++) {
    if (chained > MAX_NESTING) tooDeep(stream);
    if (stream.at('.')) operand = selection(stream, operand);
    else if (stream.at('[')) operand = indexed(stream, operand);
    else return operand;
  }
}

function tooDeep(stream: TokenStream): never {
  stream.issue(stream.peek().at, 'max recursion depth exceeded');
  throw new ParseAbort();
}

function selection(stream: TokenStream, operand: Expr): Expr {
  const dot = stream.next();
  const optional = stream.accept('?');
  const { kind } = stream.peek();
  const field = stream.acceptField();
  if (field === undefined) return badSelection(stream, operand);
  if (optional) return { kind: 'select', at: dot.at, operand, field, mode: 'optional' };
  if (kind === 'identifier' && stream.at('(')) {
    const open = stream.next();
    return expandMacro(stream, { kind: 'call', at: open.at, name: field, target: operand, args: listOf(stream) });
  }
  return { kind: 'select', at: dot.at, operand, field, mode: 'value' };
}

// `object.in` reads on at the operator, as the API server's parser does; anything else ends the parse.
function badSelection(stream: TokenStream, operand: Expr): Expr {
  const found = stream.peek();
  const message = `no viable alternative at input '.${found.kind === 'end' ? '' : found.text}'`;
  if (found.kind !== 'in') stream.abort(message);
  stream.syntax(found.at, message);
  return operand;
}

function indexed(stream: TokenStream, target: Expr): Expr {
  const open = stream.next();
  const name = stream.accept('?') ? OPERATOR.optionalIndex : OPERATOR.index;
  const index = expression(stream);
  stream.expect(']');
  return call(name, open.at, target, index);
}

function primary(stream: TokenStream): Expr {
  const token = stream.peek();
  switch (token.kind) {
    case '(': {
      stream.next();
      const inner = expression(stream);
      stream.expect(')');
      return inner;
    }
    case '[':
      return listLiteral(stream);
    case '{':
      return mapLiteral(stream);
    case '.':
    case 'identifier':
      return named(stream);
    case '-':
      return negativeNumber(stream) ?? unexpected(stream);
    default:
      return literal(stream) ?? unexpected(stream);
  }
}

// Behind another operator, a minus belongs to the number it stands before.
function negativeNumber(stream: TokenStream): Expr | undefined {
  const following = stream.peek(1).kind;
  if (following !== 'int' && following !== 'double') return undefined;
  const sign = stream.next();
  return numberLiteral(stream, sign.at, '-');
}

// One token too many is reported and passed over where an operand follows it.
function unexpected(stream: TokenStream): Expr {
  const { at, text, kind } = stream.peek();
  if (kind === 'end' || !startsOperand(stream.peek(1)))
    return stream.abort(`mismatched input '${text}' expecting ${OPERAND}`);
  stream.syntax(at, `extraneous input '${text}' expecting ${OPERAND}`);
  stream.next();
  return primary(stream);
}

function named(stream: TokenStream): Expr {
  const dot = stream.accept('.') ? '.' : '';
  const name = stream.peek();
  if (name.kind !== 'identifier')
    return stream.abort(`no viable alternative at input '${dot}${name.kind === 'end' ? '' : name.text}'`);
  const struct = structName(stream);
  if (struct !== undefined) return structLiteral(stream, dot + struct);
  stream.next();
  if (RESERVED.has(name.text)) {
    stream.issue(name.at, `reserved identifier: ${name.text}`);
    throw new ParseAbort();
  }
  const open = stream.accept('(');
  if (open) return expandMacro(stream, call(dot + name.text, open.at, ...listOf(stream)));
  return { kind: 'ident', at: name.at, name: dot + name.text };
}

// A dotted name is a struct literal where an opening brace follows it.
function structName(stream: TokenStream): string | undefined {
  let ahead = 1;
  let name = stream.peek().text;
  while (stream.peek(ahead).kind === '.' && stream.peek(ahead + 1).kind === 'identifier') {
    name += `.${stream.peek(ahead + 1).text}`;
    ahead += 2;
  }
  if (stream.peek(ahead).kind !== '{') return undefined;
  for (let skipped = 0; skipped < ahead; skipped++) stream.next();
  return name;
}

function listOf(stream: TokenStream): Expr[] {
  const args: Expr[] = [];
  if (stream.accept(')')) return args;
  do args.push(expression(stream));
  while (stream.accept(','));
  stream.expect(')');
  return args;
}

function listLiteral(stream: TokenStream): ListLiteral {
  const open = stream.next();
  const elements: { value: Expr; optional: boolean }[] = [];
  while (!stream.at(']') && !(stream.at(',') && elements.length === 0)) {
    const optional = stream.accept('?') !== undefined;
    elements.push({ value: expression(stream), optional });
    if (!stream.accept(',')) break;
    if (stream.at(',')) stream.abort("mismatched input ',' expecting ']'");
  }
  if (elements.length === 0) stream.accept(',');
  if (stream.at('end')) stream.abort("mismatched input '<EOF>' expecting {']', ','}");
  stream.expect(']');
  return { kind: 'list', at: open.at, elements };
}

function mapLiteral(stream: TokenStream): MapLiteral {
  const open = stream.next();
  const entries: { key: Expr; value: Expr; optional: boolean }[] = [];
  while (!stream.at('}') && !(stream.at(',') && entries.length === 0)) {
    const optional = stream.accept('?') !== undefined;
    const key = expression(stream);
    if (stream.at('end')) stream.abort("mismatched input '<EOF>' expecting ':'");
    stream.expect(':');
    entries.push({ key, value: expression(stream), optional });
    if (!stream.accept(',')) break;
  }
  if (entries.length === 0) stream.accept(',');
  stream.expect('}');
  return { kind: 'map', at: open.at, entries };
}

function structLiteral(stream: TokenStream, name: string): StructLiteral {
  const open = stream.next();
  const fields: { at: number; name: string; value: Expr; optional: boolean }[] = [];
  while (!stream.at('}') && !(stream.at(',') && fields.length === 0)) {
    const optional = stream.accept('?') !== undefined;
    const fieldName = stream.acceptField();
    if (fieldName === undefined)
      return stream.abort(
        `mismatched input '${stream.peek().text}' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`,
      );
    const colon = stream.expect(':');
    fields.push({ at: colon.at, name: fieldName, value: expression(stream), optional });
    if (!stream.accept(',')) break;
  }
  if (fields.length === 0) stream.accept(',');
  stream.expect('}');
  return { kind: 'struct', at: open.at, name, fields };
}
