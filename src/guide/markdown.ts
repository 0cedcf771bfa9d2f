/** Markdown as a terminal shows it: what the pages of policies are written in, and no more. */
import { lexer, type Token, type Tokens } from 'marked';
import type { Screen } from '../report/paint.ts';
import { wrap } from '../report/wrap.ts';

/** The text's lines, broken to the screen's width; a heading stands at the left, all else is indented by two. */
export function markdownLines(text: string, screen: Screen): readonly string[] {
  const blocks = lexer(text).flatMap((token) => {
    const lines = blockLines(token, screen);
    return lines.length > 0 ? [lines] : [];
  });
  return blocks.flatMap((lines, index) => (index === 0 || isHeading(blocks[index - 1]) ? lines : ['', ...lines]));

  function isHeading(lines: readonly string[] | undefined): boolean {
    return lines !== undefined && !(lines[0] ?? '').startsWith(INDENT);
  }
}

const INDENT = '  ';

function blockLines(token: Token, screen: Screen): readonly string[] {
  switch (token.type) {
    case 'heading':
      return [screen.paint.bold(plainText((token as Tokens.Heading).tokens))];
    case 'paragraph':
    case 'text':
      return textLines(plainText((token as Tokens.Paragraph).tokens), INDENT, INDENT, screen);
    case 'code':
      return (token as Tokens.Code).text.split('\n').map((line) => (line === '' ? '' : `${INDENT}${INDENT}${line}`));
    case 'list':
      return (token as Tokens.List).items.flatMap((item) =>
        textLines(plainText(item.tokens), `${INDENT}• `, `${INDENT}  `, screen),
      );
    case 'table':
      return tableLines(token as Tokens.Table, screen);
    default:
      return [];
  }
}

/** Each row in a paragraph of its own would hide the columns; the last column takes what is left of the width. */
function tableLines({ header, rows }: Tokens.Table, screen: Screen): readonly string[] {
  const texts = rows.map((row) => row.map((cell) => plainText(cell.tokens)));
  const widths = header.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)));
  return texts.flatMap((row) => {
    const fixed = row.slice(0, -1).map((cell, column) => `${cell.padEnd(widths[column] ?? 0)}  `);
    const lead = `${INDENT}${fixed.join('')}`;
    return textLines(row.at(-1) ?? '', lead, ' '.repeat(lead.length), screen);
  });
}

// Stands for a space in code, which is not to be broken.
const NO_BREAK = '\uE000';
const NARROWEST = 20;

/** Text with `code` in it, broken into lines of which the first has another lead. */
export function textLines(text: string, first: string, others: string, { width, paint }: Screen): readonly string[] {
  const unbroken = text.replace(/`[^`]+`/g, (code) => code.replaceAll(' ', NO_BREAK));
  return wrap(unbroken, Math.max(width - others.length, NARROWEST)).map((line, index) => {
    const whole = `${index === 0 ? first : others}${line}`.replaceAll(NO_BREAK, ' ');
    return whole.replace(/`([^`]+)`/g, (quoted: string, code: string) => {
      const painted = paint.cyan(code);
      return painted === code ? quoted : painted;
    });
  });
}

function plainText(tokens: readonly Token[] | undefined): string {
  return (tokens ?? []).map(inlineText).join('');
}

function inlineText(token: Token): string {
  if (token.type === 'codespan') return `\`${(token as Tokens.Codespan).text}\``;
  if (token.type === 'br') return ' ';
  if (token.type === 'link') return linkText(token as Tokens.Link);
  const { tokens, text } = token as { readonly tokens?: readonly Token[]; readonly text?: string };
  return tokens ? plainText(tokens) : (text ?? '').replaceAll('\n', ' ');
}

/** A link within the documents leads nowhere in a terminal: its text is enough. */
function linkText({ href, text, tokens }: Tokens.Link): string {
  const shown = plainText(tokens);
  return /^https?:/.test(href) && href !== text ? `${shown} (${href})` : shown;
}
