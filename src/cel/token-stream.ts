import { type Issue, issueAt } from './issue.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';
import { MAX_NESTING, MAX_SYNTAX_ERRORS } from './limits.ts';

const OPERAND_STARTS: ReadonlySet<string> = new Set(
  '[ { ( . - ! true false null double int uint string bytes identifier'.split(' '),
);

/** True where an operand can start with the token. */
export function startsOperand(token: Token): boolean {
  return OPERAND_STARTS.has(token.kind);
}

/** Ends a parse whose first problem leaves nothing sensible to read; caught in parse(). */
export class ParseAbort extends Error {}

/** The tokens of one source, read from left to right, with the problems found on the way. */
export class TokenStream {
  readonly source: string;
  readonly issues: Issue[] = [];
  private readonly escapedNames: boolean;
  private readonly tokens: readonly Token[];
  private position = 0;
  private depth = 0;

  /** `escapedNames` says whether a field may be written as `` `a/b` ``, which Kubernetes takes since 1.37. */
  constructor(source: string, escapedNames: boolean) {
    this.source = source;
    this.escapedNames = escapedNames;
    const { tokens, errors } = tokenize(source);
    this.tokens = tokens;
    for (const error of errors.slice(0, MAX_SYNTAX_ERRORS))
      this.syntax(error.at, `token recognition error at: '${error.text}'`);
  }

  peek(ahead = 0): Token {
    const last = this.tokens.length - 1;
    return this.tokens[Math.min(this.position + ahead, last)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.position++;
    return token;
  }

  at(kind: TokenKind): boolean {
    return this.peek().kind === kind;
  }

  accept(kind: TokenKind): Token | undefined {
    return this.at(kind) ? this.next() : undefined;
  }

  /** Reads the name of a field, plain or escaped; undefined where there is none. */
  acceptField(): string | undefined {
    const escaped = this.accept('escaped');
    if (!escaped) return this.accept('identifier')?.text;
    if (!this.escapedNames) this.issue(escaped.at, "unsupported syntax: '`'");
    return escaped.text.slice(1, -1);
  }

  /** Reads a closing bracket or another fixed token. */
  expect(kind: TokenKind): Token {
    if (this.at(kind)) return this.next();
    const found = this.peek();
    // The API server's wording: one surplus token is passed over, a lacking one is named.
    if (this.peek(1).kind === kind && found.kind !== 'end')
      this.abort(`extraneous input '${found.text}' expecting '${kind}'`);
    return this.abort(
      found.kind === 'end' || (kind === ':' && startsOperand(found))
        ? `missing '${kind}' at '${found.text}'`
        : `mismatched input '${found.text}' expecting '${kind}'`,
    );
  }

  syntax(at: number, message: string): void {
    this.issue(at, `Syntax error: ${message}`);
  }

  issue(at: number, message: string): void {
    this.issues.push(issueAt(this.source, at, message));
  }

  /** Reports a syntax error at the next token and ends the parse. */
  abort(message: string): never {
    this.syntax(this.peek().at, message);
    throw new ParseAbort();
  }

  /** Runs `read` one level deeper, or ends the parse where the nesting has no end in sight. */
  nested<T>(read: () => T): T {
    this.depth++;
    if (this.depth > MAX_NESTING) {
      this.issue(this.peek().at, `expression recursion limit exceeded: ${MAX_NESTING}`);
      throw new ParseAbort();
    }
    const result = read();
    this.depth--;
    return result;
  }
}
