/** What the parser tells tokens apart by; operators and brackets are their own kind. */
export type TokenKind =
  | 'identifier'
  | 'escaped'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'end'
  | (string & {});

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset of the first character, in UTF-16 units. */
  readonly at: number;
}

/** Characters that no token starts with, or a string that does not end; the lexer goes on behind them. */
export interface LexicalError {
  readonly at: number;
  readonly text: string;
}

const ESCAPE_SEQUENCE = String.raw`\\(?:[abfnrtv"'\\?${'`'}]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;
const STRING = [
  `[rR]"""[^]*?"""`,
  `[rR]'''[^]*?'''`,
  `[rR]"[^"\\n\\r]*"`,
  `[rR]'[^'\\n\\r]*'`,
  `"""(?:${ESCAPE_SEQUENCE}|[^\\\\])*?"""`,
  `'''(?:${ESCAPE_SEQUENCE}|[^\\\\])*?'''`,
  `"(?:${ESCAPE_SEQUENCE}|[^\\\\"\\n\\r])*"`,
  `'(?:${ESCAPE_SEQUENCE}|[^\\\\'\\n\\r])*'`,
].join('|');

// The order matters where two kinds start alike: the longer one comes first.
const KINDS: readonly (readonly [kind: TokenKind, pattern: string])[] = [
  ['space', '[\\t \\r\\n\\f]+|//[^\\n]*'],
  ['bytes', `[bB](?:${STRING})`],
  ['string', STRING],
  ['double', '(?:[0-9]+\\.[0-9]+|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+'],
  ['uint', '0x[0-9a-fA-F]+[uU]|[0-9]+[uU]'],
  ['int', '0x[0-9a-fA-F]+|[0-9]+'],
  ['identifier', '[A-Za-z_][A-Za-z0-9_]*'],
  ['escaped', '`[A-Za-z0-9_.\\-/ ]+`'],
  ['operator', '==|!=|<=|>=|&&|\\|\\||[<>\\[\\]{}().,\\-!?:+*/%]'],
];

// Groups without names: an object of named ones for each token took a fifth of the time to compile all policies.
const TOKEN = new RegExp(KINDS.map(([, pattern]) => `(${pattern})`).join('|'), 'y');

const KEYWORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

/** Splits a source into tokens, the last of which is `end`; never fails, what it cannot read becomes an error. */
export function tokenize(source: string): {
  readonly tokens: readonly Token[];
  readonly errors: readonly LexicalError[];
} {
  const tokens: Token[] = [];
  const errors: LexicalError[] = [];
  let at = 0;
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (!match) {
      const text = unreadable(source, at);
      errors.push({ at, text });
      at += text.length;
      continue;
    }
    const token = toToken(match, at);
    if (token) tokens.push(token);
    at += match[0].length;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: source.length });
  return { tokens, errors };
}

function toToken(match: RegExpExecArray, at: number): Token | undefined {
  const text = match[0];
  const kind = KINDS[match.indexOf(text, 1) - 1]?.[0] ?? 'space';
  if (kind === 'space') return undefined;
  return { kind: kind === 'operator' || KEYWORDS.has(text) ? text : kind, text, at };
}

// What cannot be read ends with the character that made it so: the first one, or the one after half an operator, inside
// a bad escape, or at the end of a line that a string does not reach over.
function unreadable(source: string, at: number): string {
  const quote = /^[bB]?[rR]?("""|'''|"|')/.exec(source.slice(at, at + 5));
  if (quote) return unreadableString(source, at, quote[0].length, quote[1]?.length === 3);
  const first = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (!HALF_OPERATORS.includes(first)) return first;
  return first + source.slice(at + 1, at + 2);
}

const HALF_OPERATORS: readonly string[] = ['&', '|', '`', '='];

function unreadableString(source: string, at: number, prefix: number, long: boolean): string {
  let end = at + prefix;
  while (end < source.length) {
    const character = source[end];
    if (!long && (character === '\n' || character === '\r')) return source.slice(at, end + 1);
    if (character !== '\\') {
      end++;
      continue;
    }
    const width = escapeWidth(source, end);
    if (width < 0) return source.slice(at, Math.min(end - width, source.length));
    end += width;
  }
  return source.slice(at, end);
}

const DIGITS: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };

// The width of the escape, or minus the width of its beginning up to and with the character that spoils it.
function escapeWidth(source: string, at: number): number {
  const reader = new RegExp(ESCAPE_SEQUENCE, 'y');
  reader.lastIndex = at;
  const match = reader.exec(source);
  if (match) return match[0].length;
  const letter = source[at + 1] ?? '';
  const digits = DIGITS[letter];
  if (digits === undefined) return /[0-3]/.test(letter) ? -(/^[0-7]/.test(source.slice(at + 2)) ? 4 : 3) : -2;
  const good = /^[0-9a-fA-F]*/.exec(source.slice(at + 2, at + 2 + digits))?.[0].length ?? 0;
  return -(2 + good + 1);
}
