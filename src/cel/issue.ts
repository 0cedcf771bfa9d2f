/** A problem found before evaluation. Offsets count UTF-16 units, line and column from 1 in code points. */
export interface Issue {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Makes an issue; line and column follow from the offset (UTF-16 units) in the source. */
export function issueAt(source: string, offset: number, message: string): Issue {
  const before = source.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return { message, offset, line, column: codePoints(before.slice(lineStart)) + 1 };
}

/** The issue as the API server prints it: `ERROR: <input>:line:column: message`, the line, and a caret under the column. */
function formatIssue(source: string, issue: Issue): string {
  const line = (source.split('\n')[issue.line - 1] ?? '').replaceAll('\t', ' ');
  const under = [...line].slice(0, issue.column - 1).map((character) => (character > '\x7f' ? '．' : '.'));
  const caret = ([...line][issue.column - 1] ?? '') > '\x7f' ? '＾' : '^';
  return `ERROR: <input>:${issue.line}:${issue.column}: ${issue.message}\n | ${line}\n | ${under.join('')}${caret}`;
}

/** All issues in the order of the source, one block each. */
export function formatIssues(source: string, issues: readonly Issue[]): string {
  return issues.map((issue) => formatIssue(source, issue)).join('\n');
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
