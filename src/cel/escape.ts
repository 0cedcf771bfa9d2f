interface Failure {
  readonly ok: false;
  readonly message: string;
}

const SIMPLE: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '`': 96,
  '?': 63,
};

const SURROGATE_FIRST = 0xd800;
const SURROGATE_LAST = 0xdfff;

/** Reads a string token: quotes and escapes removed, line ends normalized to `\n`. */
export function unquoteString(token: string): { readonly ok: true; readonly value: string } | Failure {
  const { raw, body } = strip(token);
  if (raw || !body.includes('\\')) return { ok: true, value: body };
  let value = '';
  for (let at = 0; at < body.length; ) {
    const character = body[at] ?? '';
    if (character !== '\\') {
      value += character;
      at++;
      continue;
    }
    const read = readEscape(body, at);
    const surrogate = read.code >= SURROGATE_FIRST && read.code <= SURROGATE_LAST;
    if (surrogate || read.code > 0x10ffff) return { ok: false, message: 'invalid unicode code point' };
    value += String.fromCodePoint(read.code);
    at = read.end;
  }
  return { ok: true, value };
}

/** Reads a bytes token: octal and hexadecimal escapes are bytes, all other characters their UTF-8. */
export function unquoteBytes(token: string): { readonly ok: true; readonly value: Uint8Array } | Failure {
  const { raw, body } = strip(token.slice(1));
  const encoder = new TextEncoder();
  if (raw || !body.includes('\\')) return { ok: true, value: encoder.encode(body) };
  const bytes: number[] = [];
  for (let at = 0; at < body.length; ) {
    if (body[at] !== '\\') {
      const next = body.indexOf('\\', at);
      const end = next < 0 ? body.length : next;
      for (const byte of encoder.encode(body.slice(at, end))) bytes.push(byte);
      at = end;
      continue;
    }
    if (body[at + 1] === 'u' || body[at + 1] === 'U') return { ok: false, message: 'unable to unescape string' };
    const read = readEscape(body, at);
    bytes.push(read.code);
    at = read.end;
  }
  return { ok: true, value: Uint8Array.from(bytes) };
}

function strip(token: string): { raw: boolean; body: string } {
  const normalized = token.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  const raw = normalized[0] === 'r' || normalized[0] === 'R';
  const quoted = raw ? normalized.slice(1) : normalized;
  const width = quoted.length >= 6 && (quoted.startsWith("'''") || quoted.startsWith('"""')) ? 3 : 1;
  return { raw, body: quoted.slice(width, quoted.length - width) };
}

function readEscape(body: string, at: number): { code: number; end: number } {
  const letter = body[at + 1] ?? '';
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { code: simple, end: at + 2 };
  const digits = letter === 'x' || letter === 'X' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (digits > 0) return { code: Number.parseInt(body.slice(at + 2, at + 2 + digits), 16), end: at + 2 + digits };
  return { code: Number.parseInt(body.slice(at + 1, at + 4), 8), end: at + 4 };
}
