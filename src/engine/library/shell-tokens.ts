/** A shell script as words and operators. Any text gives tokens; what POSIX leaves open is read as bash does. */

export type Token = Word | Operator;

export interface Word {
  readonly type: 'word';
  /** Without its quotes; expansions as they were written. */
  readonly value: string;
  /** Without quotes and expansions: it may be a reserved word. */
  readonly bare: boolean;
  /** The scripts of `$(…)`, backticks and `<(…)` in it. */
  readonly scripts: readonly string[];
}

export interface Operator {
  readonly type: 'operator';
  /** `\n` for the end of a line. */
  readonly text: string;
}

interface Draft {
  value: string;
  bare: boolean;
  readonly scripts: string[];
}

interface Cursor {
  readonly text: string;
  at: number;
}

const OPERATOR = /&&|\|\||;;&|;;|;&|\|&|&>>|&>|<<<|<<-|<<|<&|<>|>>|>&|>\||[\n;&|()<>]/y;
const END_OF_WORD = /[\s;&|()<>]/;

/** The tokens of a script, comments and the lines of here-documents left out. */
export function shellTokens(text: string): readonly Token[] {
  const cursor: Cursor = { text, at: 0 };
  const tokens: Token[] = [];
  const hereDocuments: string[] = [];
  while (cursor.at < text.length) {
    const char = text.charAt(cursor.at);
    if (char === '#') cursor.at = endOfLine(text, cursor.at);
    else if (char !== '\n' && /\s/.test(char)) cursor.at += 1;
    else if (char === '\\' && text[cursor.at + 1] === '\n') cursor.at += 2;
    else {
      const before = tokens.at(-1);
      const token = readToken(cursor);
      tokens.push(token);
      const isHere = before?.type === 'operator' && (before.text === '<<' || before.text === '<<-');
      if (isHere && token.type === 'word') hereDocuments.push(token.value);
      if (char === '\n') for (const end of hereDocuments.splice(0)) skipHereDocument(cursor, end);
    }
  }
  return tokens;
}

function readToken(cursor: Cursor): Token {
  const { text, at } = cursor;
  if (text.startsWith('<(', at) || text.startsWith('>(', at)) return readWord(cursor);
  const operator = operatorAt(text, at);
  if (operator !== undefined) {
    cursor.at += operator.length;
    return { type: 'operator', text: operator };
  }
  const word = readWord(cursor);
  // The number of a file descriptor belongs to the redirection.
  const next = text.charAt(cursor.at);
  if (!/^\d+$/.test(word.value) || !word.bare || (next !== '<' && next !== '>')) return word;
  return readToken(cursor);
}

function operatorAt(text: string, at: number): string | undefined {
  OPERATOR.lastIndex = at;
  return OPERATOR.exec(text)?.[0];
}

function readWord(cursor: Cursor): Word {
  const { text } = cursor;
  const draft: Draft = { value: '', bare: true, scripts: [] };
  if (text.startsWith('(', cursor.at + 1) && '<>'.includes(text.charAt(cursor.at))) readScript(cursor, draft);
  while (cursor.at < text.length && !END_OF_WORD.test(text.charAt(cursor.at))) readPart(cursor, draft);
  return { type: 'word', ...draft };
}

function readPart(cursor: Cursor, draft: Draft): void {
  const { text, at } = cursor;
  const char = text.charAt(at);
  if (char === '$' || char === '`') {
    readExpansion(cursor, draft);
  } else if (char === '"') {
    draft.bare = false;
    cursor.at += 1;
    readDoubleQuoted(cursor, draft);
  } else if (char === "'") {
    const end = indexOr(text.indexOf("'", at + 1), text.length);
    take(cursor, draft, text.slice(at + 1, end), end + 1);
  } else if (char === '\\') {
    take(cursor, draft, text[at + 1] === '\n' ? '' : text.slice(at + 1, at + 2), at + 2);
  } else {
    draft.value += char;
    cursor.at += 1;
  }
}

function readDoubleQuoted(cursor: Cursor, draft: Draft): void {
  const { text } = cursor;
  while (cursor.at < text.length) {
    const char = text.charAt(cursor.at);
    if (char === '"') {
      cursor.at += 1;
      return;
    }
    if (char === '$' || char === '`') readExpansion(cursor, draft);
    else if (char === '\\') take(cursor, draft, text.slice(cursor.at + 1, cursor.at + 2), cursor.at + 2);
    else take(cursor, draft, char, cursor.at + 1);
  }
}

/** `$(…)`, `$((…))`, `${…}`, backticks, `$'…'`; a `$` before anything else stands for itself, and the name follows. */
function readExpansion(cursor: Cursor, draft: Draft): void {
  const { text, at } = cursor;
  draft.bare = false;
  if (text.charAt(at) === '`') {
    const end = indexOr(text.indexOf('`', at + 1), text.length);
    draft.scripts.push(text.slice(at + 1, end));
    take(cursor, draft, text.slice(at, end + 1), end + 1);
  } else if (text.startsWith('$((', at) || text.startsWith('${', at)) {
    const end = closing(text, at + 1);
    take(cursor, draft, text.slice(at, end), end);
  } else if (text.startsWith('$(', at)) {
    readScript(cursor, draft);
  } else {
    take(cursor, draft, '$', at + 1);
  }
}

/** The cursor stands one before the opening parenthesis. */
function readScript(cursor: Cursor, draft: Draft): void {
  const { text, at } = cursor;
  const end = closing(text, at + 1);
  draft.scripts.push(text.slice(at + 2, text.charAt(end - 1) === ')' ? end - 1 : end));
  take(cursor, draft, text.slice(at, end), end);
}

function take(cursor: Cursor, draft: Draft, value: string, next: number): void {
  draft.value += value;
  draft.bare = false;
  cursor.at = next;
}

/** Where the parenthesis or brace that opens at `at` has been closed; the end of the text where it is not. */
function closing(text: string, at: number): number {
  const open = text.charAt(at);
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  for (let index = at; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (char === '\\') index += 1;
    else if (char === "'" || char === '"') index = endOfQuotes(text, index);
    else if (char === open) depth += 1;
    else if (char === close) depth -= 1;
    if (depth === 0) return index + 1;
  }
  return text.length;
}

function endOfQuotes(text: string, at: number): number {
  const quote = text.charAt(at);
  for (let index = at + 1; index < text.length; index += 1) {
    if (text.charAt(index) === '\\' && quote === '"') index += 1;
    else if (text.charAt(index) === quote) return index;
  }
  return text.length;
}

function skipHereDocument(cursor: Cursor, end: string): void {
  while (cursor.at < cursor.text.length) {
    const next = endOfLine(cursor.text, cursor.at);
    const line = cursor.text.slice(cursor.at, next).trim();
    cursor.at = Math.min(next + 1, cursor.text.length);
    if (line === end) return;
  }
}

function endOfLine(text: string, at: number): number {
  return indexOr(text.indexOf('\n', at), text.length);
}

function indexOr(index: number, otherwise: number): number {
  return index < 0 ? otherwise : index;
}
