/**
 * The documents of a stream, cut before anything is parsed: one broken document spoils no other. They are YAML between
 * its markers, or JSON, one object behind the other as `jq '.items[]'` writes them.
 */
import { jsonValuesIn } from './json.ts';

export interface DocumentText {
  /** From the `---` that begins it (where there is one) up to the next marker. */
  readonly text: string;
  /** Lines of the file before the text's first one. */
  readonly linesBefore: number;
  /** Characters of its first line before it: of JSON behind other JSON. */
  readonly columnsBefore?: number;
  /** Where in the given text it begins: an offset in UTF-16 units. */
  readonly start: number;
}

// At the first column, `---` begins a document and `...` ends one, whatever stands around them. A byte order mark is no column.
const MARKER = /(?<=^|\n\uFEFF?)(---|\.\.\.)(?=[ \t\r\n]|$)/g;

/** Cuts a text into its documents, leaving out those that hold nothing but blank lines, comments and directives. */
export function splitDocuments(text: string): DocumentText[] {
  const documents: DocumentText[] = [];
  let linesBefore = 0;
  for (const { start, end } of parts(text)) {
    const part = text.slice(start, end);
    const document = { text: part, linesBefore, start };
    const values = jsonValuesIn(part);
    if (values !== undefined) documents.push(...apart(document, values));
    else if (hasContent(part)) documents.push(document);
    linesBefore += countLines(part);
  }
  return documents;
}

function apart(whole: DocumentText, values: readonly string[]): DocumentText[] {
  let { start, linesBefore, columnsBefore = 0 } = whole;
  return values.map((text) => {
    const document = { text, linesBefore, start, ...(columnsBefore > 0 && { columnsBefore }) };
    start += text.length;
    linesBefore += countLines(text);
    columnsBefore = text.includes('\n') ? text.length - text.lastIndexOf('\n') - 1 : columnsBefore + text.length;
    return document;
  });
}

function* parts(text: string): Generator<{ readonly start: number; readonly end: number }> {
  let start = 0;
  for (const { 1: marker, index } of text.matchAll(MARKER)) {
    if (index > start) yield { start, end: index };
    // What follows `...` on its line can only be a comment.
    start = marker === '---' ? index : index + 3;
  }
  if (start < text.length) yield { start, end: text.length };
}

function hasContent(part: string): boolean {
  return /^(?!---\s*$)(?!(?:---)?\s*(?:[#%]|$))/m.test(part);
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
