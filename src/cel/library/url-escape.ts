import { quoteBytes } from './quote.ts';

/** Why a string is no URL, in the words of Go's `net/url`. */
export class UrlProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The parts of a URL, each with its own rules of escaping. */
export type UrlPart = 'path' | 'host' | 'zone' | 'user' | 'query' | 'fragment';

const HOST = /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/;

/** What each part may hold as it is; everything else is written `%XX`. */
const PLAIN: Readonly<Record<UrlPart, RegExp>> = {
  path: /[A-Za-z0-9\-_.~$&+,/:;=@]/,
  host: HOST,
  zone: HOST,
  user: /[A-Za-z0-9\-_.~$&+,;=]/,
  query: /[A-Za-z0-9\-_.~]/,
  fragment: /[A-Za-z0-9\-_.~$&+,/:;=?@!()*]/,
};

/** What an ASCII text may hold in any part as it is: it has nothing to be escaped. */
const UNTOUCHED = /^[A-Za-z0-9\-_.~$&,;=]*$/;
const ASCII = /^[\x20-\x7e]*$/;

/** The UTF-8 bytes of a text, one to a UTF-16 unit: what Go indexes. */
export function toBytes(text: string): string {
  if (ASCII.test(text)) return text;
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The text of UTF-8 bytes; what is no UTF-8 becomes U+FFFD. */
export function fromBytes(bytes: string): string {
  if (ASCII.test(bytes)) return bytes;
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Bytes with the escapes of a part. */
export function encode(bytes: string, part: UrlPart): string {
  if (part !== 'query' && UNTOUCHED.test(bytes)) return bytes;
  let result = '';
  for (const byte of bytes) result += PLAIN[part].test(byte) ? byte : `%${hexOf(byte)}`;
  return result;
}

function hexOf(byte: string): string {
  return byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
}

/** Bytes without the escapes of a part; `+` is a space in a query. */
export function decode(bytes: string, part: UrlPart): string | UrlProblem {
  if (UNTOUCHED.test(bytes)) return bytes;
  let result = '';
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes.charAt(at);
    if (byte === '%') {
      const problem = escapeProblem(bytes.slice(at, at + 3), part);
      if (problem !== undefined) return problem;
      result += String.fromCharCode(Number.parseInt(bytes.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      const problem = hostProblem(byte, part);
      if (problem !== undefined) return problem;
      result += byte === '+' && part === 'query' ? ' ' : byte;
    }
  }
  return result;
}

function hostProblem(byte: string, part: UrlPart): UrlProblem | undefined {
  if (part !== 'host' && part !== 'zone') return undefined;
  if (byte >= '\x80' || HOST.test(byte)) return undefined;
  return new UrlProblem(`invalid character ${quoteBytes(byte)} in host name`);
}

/** Hosts escape only bytes beyond ASCII, zones also a space and what a host may hold as it is. */
function escapeProblem(escaped: string, part: UrlPart): UrlProblem | undefined {
  const wrong = new UrlProblem(`invalid URL escape ${quoteBytes(escaped)}`);
  if (!/^%[0-9A-Fa-f]{2}$/.test(escaped)) return wrong;
  if (escaped === '%25') return undefined;
  const code = Number.parseInt(escaped.slice(1), 16);
  if (part === 'host') return code < 0x80 ? wrong : undefined;
  if (part !== 'zone') return undefined;
  return code === 0x20 || HOST.test(String.fromCharCode(code)) ? undefined : wrong;
}

const WELL_ESCAPED = {
  path: /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/,
  fragment: /^[A-Za-z0-9\-_.~$&+,/:;=?@!'()*[\]%]*$/,
} as const;

/** True where every byte may stand in a path or fragment as it is, so that the escapes chosen by its writer are kept. */
export function isWellEscaped(bytes: string, part: 'path' | 'fragment'): boolean {
  return WELL_ESCAPED[part].test(bytes);
}
