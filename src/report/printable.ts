/** Texts of files that a terminal shows and does not obey. */
import { oneLine, oneLineName } from '../policy/one-line.ts';

/**
 * A copy in which every text is one line without control characters: names and values in a file are anybody's. The name of
 * a file keeps its blanks, or no file has it. Excerpts, which have lines by design, keep them; edits, which a file is to get
 * to the letter, stay as they are.
 */
export function printable<T>(value: T, field?: string): T {
  if (field === 'edit') return value;
  if (typeof value === 'string') return printableText(value, field) as T;
  if (Array.isArray(value)) return value.map((item) => printable(item, field)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, printable(part, name)])) as T;
}

function printableText(text: string, field?: string): string {
  if (field === 'excerpt') return text.replace(/[^\P{Cc}\n]/gu, ' ');
  if (field === 'file') return oneLineName(text);
  return oneLine(text);
}
