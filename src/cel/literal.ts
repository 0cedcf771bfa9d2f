import type { Literal } from './ast.ts';
import { unquoteBytes, unquoteString } from './escape.ts';
import { double, int, uint } from './number.ts';
import type { TokenStream } from './token-stream.ts';
import type { Value } from './value.ts';

/** Reads a literal, or returns undefined where the next token is none. Bad values are reported and read as null. */
export function literal(stream: TokenStream): Literal | undefined {
  const token = stream.peek();
  switch (token.kind) {
    case 'int':
    case 'uint':
    case 'double':
      return numberLiteral(stream, token.at, '');
    case 'string':
    case 'bytes': {
      stream.next();
      const read = token.kind === 'string' ? unquoteString(token.text) : unquoteBytes(token.text);
      if (!read.ok) stream.issue(token.at, read.message);
      return { kind: 'literal', at: token.at, value: read.ok ? read.value : null };
    }
    case 'true':
    case 'false':
      stream.next();
      return { kind: 'literal', at: token.at, value: token.kind === 'true' };
    case 'null':
      stream.next();
      return { kind: 'literal', at: token.at, value: null };
    default:
      return undefined;
  }
}

/** Reads a number with the sign before it; `at` is where the sign or the number stands. */
export function numberLiteral(stream: TokenStream, at: number, sign: '' | '-'): Literal {
  const token = stream.next();
  const value = numeric(token.kind, token.text, sign);
  if (value === undefined) stream.issue(at, `invalid ${token.kind} literal`);
  return { kind: 'literal', at, value: value ?? null };
}

function numeric(kind: string, text: string, sign: '' | '-'): Value | undefined {
  if (kind === 'double') {
    const value = Number(sign + text);
    return Number.isFinite(value) ? double(value) : undefined;
  }
  if (kind === 'uint') return uint(BigInt(text.slice(0, -1)));
  const magnitude = BigInt(text);
  return int(sign ? -magnitude : magnitude);
}
