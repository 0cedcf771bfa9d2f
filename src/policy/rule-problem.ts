/** What is wrong with a part of a document, as data: the place is a path. */
import type { Path } from './path.ts';

export interface RuleProblem {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/** One where the text is there and holds nothing but spaces. */
export function blankProblems(path: Path, text: string | undefined): readonly RuleProblem[] {
  return problemUnless(text === undefined || text.trim() !== '', path, 'must not be blank');
}

/** One for each name that an earlier entry of the list at `path` has under `key`. */
export function duplicateProblems(path: Path, key: string, names: readonly string[]): readonly RuleProblem[] {
  return names.flatMap((name, index) =>
    problemUnless(
      names.indexOf(name) === index,
      [...path, index, key],
      `the ${key} "${name}" is taken by an earlier one`,
    ),
  );
}

/** One for each value of the list at `path` that is there already. */
export function repeatedIn(path: Path, values: readonly string[]): readonly RuleProblem[] {
  return values.flatMap((value, index) =>
    problemUnless(values.indexOf(value) === index, [...path, index], `"${value}" is there already`),
  );
}

/** None where all is fine. */
export function problemUnless(fine: boolean, path: Path, message: string, hint?: string): readonly RuleProblem[] {
  return fine ? [] : [{ path, message, ...(hint !== undefined && { hint }) }];
}
