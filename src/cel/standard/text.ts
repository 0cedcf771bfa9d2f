import type { Library, Overload } from '../function.ts';
import { regexTraversal, traversal } from '../library/cost.ts';
import { declare, global, member } from '../library/declare.ts';
import { compileRegex } from '../regex.ts';
import { costSize } from '../size.ts';
import { BOOL, STRING } from '../type.ts';
import { CelError, type Result, type Value } from '../value.ts';

const TWO = [STRING, STRING];

const sizeAt = (args: readonly Value[], index: number): number => costSize(args[index] ?? null);
const argumentCost = (args: readonly Value[]): number => traversal(sizeAt(args, 1));
const containsCost = (args: readonly Value[]): number => traversal(sizeAt(args, 0)) * traversal(sizeAt(args, 1));
const matchesCost = (args: readonly Value[]): number => regexTraversal(sizeAt(args, 0), sizeAt(args, 1));

function matches(text: string, pattern: string): Result {
  const regex = compileRegex(pattern);
  return regex instanceof CelError ? regex : regex.test(text);
}

// A literal pattern is compiled once.
const prepare: Overload['prepare'] = ([, pattern]) => {
  const regex = typeof pattern === 'string' ? compileRegex(pattern) : undefined;
  if (!regex || regex instanceof CelError) return undefined;
  return (text) => regex.test(text as string);
};

const invalid = (pattern: Value | undefined): string | undefined =>
  typeof pattern === 'string' && compileRegex(pattern) instanceof CelError ? 'invalid matches argument' : undefined;

/** `contains`, `startsWith`, `endsWith` and `matches` (RE2 syntax, linear time). */
export const TEXT: Library = {
  name: 'text',
  functions: [
    declare('contains', [
      {
        ...member('contains_string', TWO, BOOL, (text: string, part: string) => text.includes(part)),
        cost: containsCost,
      },
    ]),
    declare('startsWith', [
      {
        ...member('starts_with_string', TWO, BOOL, (text: string, part: string) => text.startsWith(part)),
        cost: argumentCost,
      },
    ]),
    declare('endsWith', [
      {
        ...member('ends_with_string', TWO, BOOL, (text: string, part: string) => text.endsWith(part)),
        cost: argumentCost,
      },
    ]),
    declare('matches', [
      // The API server checks the first argument of the global form as if it were the pattern.
      {
        ...global('matches', TWO, BOOL, matches),
        cost: matchesCost,
        prepare,
        checkLiterals: ([text, pattern]) => invalid(text) ?? invalid(pattern),
      },
      {
        ...member('matches_string', TWO, BOOL, matches),
        cost: matchesCost,
        prepare,
        checkLiterals: ([, pattern]) => invalid(pattern),
      },
    ]),
  ],
};
