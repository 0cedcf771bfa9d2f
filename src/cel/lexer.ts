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
const TOKEN = new RegExp(
  [
    '(?<space>[\\t \\r\\n\\f]+|//[^\\n]*)',
    `(?<bytes>[bB](?:${STRING}))`,
    `(?<string>${STRING})`,
    '(?<double>(?:[0-9]+\\.[0-9]+|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+)',
    '(?<uint>0x[0-9a-fA-F]+[uU]|[0-9]+[uU])',
    '(?<int>0x[0-9a-fA-F]+|[0-9]+)',
    '(?<identifier>[A-Za-z_][A-Za-z0-9_]*)',
    '(?<escaped>`[A-Za-z0-9_.\\-/ ]+`)',
    '(?<operator>==|!=|<=|>=|&&|\\|\\||[<>\\[\\]{}().,\\-!?:+*/%])',
  ].join('|'),
  'y',
);

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
  const groups = match.groups ?? {};
  if (groups['space'] !== undefined) return undefined;
  if (groups['operator'] !== undefined) return { kind: text, text, at };
  if (groups['identifier'] !== undefined) return { kind: KEYWORDS.has(text) ? text : 'identifier', text, at };
  for (const kind of ['bytes', 'string', 'double', 'uint', 'int', 'escaped']) {
    if (groups[kind] !== undefined) return { kind, text, at };
  }
  return undefined;
}

// A string that does not end, or has a bad escape, is unreadable up to the character that made it so.
function unreadable(source: string, at: number): string {
  const quote = /^[bB]?[rR]?("""|'''|"|')/.exec(source.slice(at, at + 5));
  if (!quote) return String.fromCodePoint(source.codePointAt(at) ?? 0);
  const body = at + quote[0].length;
  const long = quote[1]?.length === 3;
  let end = body;
  while (end < source.length) {
    const character = source[end];
    if (!long && (character === '\n' || character === '\r')) break;
    if (character === '\\') {
      const reader = new RegExp(ESCAPE_SEQUENCE, 'y');
      reader.lastIndex = end;
      const match = reader.exec(source);
      if (!match) return source.slice(at, Math.min(end + 2, source.length));
      end += match[0].length;
      continue;
    }
    end++;
  }
  return source.slice(at, end);
}
