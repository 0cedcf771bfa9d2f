/** Where a character of a YAML string stands in the file: the way back from a value to what was typed. */

export type ScalarStyle = 'plain' | 'single' | 'double' | 'block';

/**
 * The offset in `text` of the character at `offset` of `value`, whose scalar begins at `start` (its quote, its `|` or
 * `>`, its first letter). Exact but for an offset inside white space that a fold has changed: there, the white space's
 * beginning.
 */
export function sourceOffset(text: string, start: number, style: ScalarStyle, value: string, offset: number): number {
  let source = contentStart(text, start, style);
  let at = 0;
  while (at < offset && source < text.length) {
    const escaped = style === 'double' && text[source] === '\\' ? ESCAPE.exec(text.slice(source, source + 10)) : null;
    if (escaped) {
      source += escaped[0].length;
      at += escapedLength(escaped[0]);
    } else if (isSpace(text[source])) {
      const run = text.slice(source, spaceEnd(text, source));
      const length = run.includes('\n') ? foldedLength(run, style, value, at) : 1;
      if (at + length > offset) return source;
      source += run.includes('\n') ? run.length : 1;
      at += length;
    } else if (style === 'block' && isSpace(value[at])) {
      at = spaceEnd(value, at);
    } else {
      source += style === 'single' && text[source] === "'" ? 2 : 1;
      at += 1;
    }
  }
  return source;
}

const ESCAPE = /^\\(?:x.{2}|u.{4}|U.{8}|\r?\n[ \t]*|.)/s;

/** How many UTF-16 units of the value an escape stands for; an escaped line break stands for nothing. */
function escapedLength(written: string): number {
  if (/^\\\r?\n/.test(written)) return 0;
  return written[1] === 'U' && Number.parseInt(written.slice(2), 16) > 0xffff ? 2 : 1;
}

/** How much of the value a run of white space with line breaks became: blocks keep some of it, the others fold it. */
function foldedLength(run: string, style: ScalarStyle, value: string, at: number): number {
  if (style === 'block') return spaceEnd(value, at) - at;
  const breaks = run.split('\n').length - 1;
  return Math.max(1, breaks - 1);
}

/** Behind the quote, or at the first letter of a block's first line that has one. */
function contentStart(text: string, start: number, style: ScalarStyle): number {
  if (style === 'plain') return start;
  if (style !== 'block') return start + 1;
  const firstLine = text.indexOf('\n', start) + 1;
  return firstLine === 0 ? text.length : spaceEnd(text, firstLine);
}

function spaceEnd(text: string, from: number): number {
  let end = from;
  while (isSpace(text[end])) end++;
  return end;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
