/** What is wrong with a file that a person wrote: a policy, settings, a manifest. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 units. */
  readonly column?: number;
  /** Where in the document: `spec.validations[0].expression`. */
  readonly path?: string;
  /** What is wrong, without a full stop. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The lines in question, a caret below the place. */
  readonly excerpt?: string;
}

/** A line and column, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, or as much of it as is known. */
export function formatPlace({ file, line, column }: Problem): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

/** `file:line:column: path: message (hint)`, and the excerpt on lines of its own, indented. */
export function formatProblem(problem: Problem): string {
  const path = problem.path ? `${problem.path}: ` : '';
  const hint = problem.hint ? ` (${problem.hint})` : '';
  const excerpt = problem.excerpt ? `\n${problem.excerpt.replace(/^/gm, '    ')}` : '';
  return `${formatPlace(problem)}: ${path}${problem.message}${hint}${excerpt}`;
}

/** The problems by file, line and column; those of one place in the order in which they were found. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted(
    (a, b) => compareText(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Why a file could not be read, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file or folder';
  if (code === 'EACCES') return 'may not be read: permission denied';
  if (code === 'ELOOP') return 'is a link that leads to itself';
  return errorMessage(error);
}

/** The message of what was thrown, which may be anything. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
