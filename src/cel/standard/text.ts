import type { FunctionDeclaration, Library, Overload } from '../function.ts';
import { readsFirst, regexTraversal, traversal } from '../library/cost.ts';
import { declare, global, member } from '../library/declare.ts';
import { computedRegex, literalRegex } from '../regex.ts';
import { costSize } from '../size.ts';
import { BOOL, STRING } from '../type.ts';
import { CelError, type Result, type Value } from '../value.ts';

const TWO = [STRING, STRING];

const sizeAt = (args: readonly Value[], index: number): number => costSize(args[index] ?? null);
const argumentCost = (args: readonly Value[]): number => traversal(sizeAt(args, 1));
const containsCost = (args: readonly Value[]): number => traversal(sizeAt(args, 0)) * traversal(sizeAt(args, 1));
const matchesCost = (args: readonly Value[]): number => regexTraversal(sizeAt(args, 0), sizeAt(args, 1));

function matches(text: string, pattern: string): Result {
  const regex = computedRegex(pattern);
  return regex instanceof CelError ? regex : regex.test(text);
}

// A literal pattern is compiled once.
const prepare: Overload['prepare'] = ([, pattern]) => {
  const regex = typeof pattern === 'string' ? literalRegex(pattern) : undefined;
  if (!regex || regex instanceof CelError) return undefined;
  return (text) => regex.test(text as string);
};

const invalid = (pattern: Value | undefined): string | undefined =>
  typeof pattern === 'string' && literalRegex(pattern) instanceof CelError ? 'invalid matches argument' : undefined;

/** 1.36 counts the whole text, later versions the part that is looked for. */
function affix(name: string, id: string, test: (text: string, part: string) => boolean): FunctionDeclaration[] {
  const overload = member(id, TWO, BOOL, test);
  return [
    { ...declare(name, [{ ...overload, cost: argumentCost }]), since: '1.37' },
    { ...declare(name, [{ ...overload, cost: readsFirst }]), until: '1.36' },
  ];
}

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
    ...affix('startsWith', 'starts_with_string', (text, part) => text.startsWith(part)),
    ...affix('endsWith', 'ends_with_string', (text, part) => text.endsWith(part)),
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
