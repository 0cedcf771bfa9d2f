const NAMED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

/** What Go does not hold to be printable: all but letters, marks, numbers, punctuation, symbols and the ASCII space. */
const ESCAPED = /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const BYTE_ESCAPED = /["\\]|[^ -~]/g;

/** The text in double quotes, escaped as Go's `%q` does. */
export function quote(text: string): string {
  return `"${text.replace(ESCAPED, (char) => NAMED[char] ?? escaped(char))}"`;
}

/** As `quote`, of bytes that are held one to a UTF-16 unit; what is no UTF-8 is shown as `\xff`. */
export function quoteBytes(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1');
  if (!isUtf8(text)) return `"${bytes.replace(BYTE_ESCAPED, (char) => NAMED[char] ?? hexByte(char))}"`;
  return quote(text.toString('utf8'));
}

function isUtf8(bytes: Buffer): boolean {
  return bytes.equals(Buffer.from(bytes.toString('utf8'), 'utf8'));
}

function hexByte(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  const hex = code.toString(16);
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** The text in double quotes with CEL's own escapes and everything else as it is: `strings.quote`. */
export function quoteCel(text: string): string {
  return `"${text.replace(/["\\]|\p{Cc}/gu, (char) => NAMED[char] ?? char)}"`;
}
