import type { Library, Overload } from '../function.ts';
import { computedRegex, literalRegex, type Regex } from '../regex.ts';
import { INT, list, STRING } from '../type.ts';
import { CelError, type Result, type Value } from '../value.ts';
import { regexTraversal, sizeOf } from './cost.ts';
import { declare, member } from './declare.ts';

function withCompiled(pattern: string, use: (expression: Regex) => Result): Result {
  const compiled = computedRegex(pattern);
  return compiled instanceof CelError ? new CelError(`Illegal regex: ${compiled.message}`) : use(compiled);
}

/**
 * `<string>.find(<string>) -> <string>`: the first match of an RE2 expression, `''` without one.
 * Errors: `Illegal regex: …`; of a literal expression, when it is compiled.
 */
function find(text: string, pattern: string): Result {
  return withCompiled(pattern, (expression) => findFirst(expression, text));
}

function findFirst(expression: Regex, text: string): string {
  const matcher = expression.matcher(text);
  return matcher.find() ? (matcher.group() ?? '') : '';
}

/**
 * `<string>.findAll(<string>) -> <list<string>>`, `<string>.findAll(<string>, <int>) -> <list<string>>`: the matches of
 * an RE2 expression, at most N of them where N is not negative. Errors: as `find`.
 */
function findAll(text: string, pattern: string, limit: number | bigint = -1): Result {
  return withCompiled(pattern, (expression) => findMany(expression, text, limit));
}

function findMany(expression: Regex, text: string, limit: number | bigint): string[] {
  const found: string[] = [];
  const matcher = expression.matcher(text);
  let end = -1;
  while ((limit < 0 || found.length < limit) && matcher.find()) {
    // Go does not take an empty match right behind the match before it.
    if (matcher.start() !== matcher.end() || matcher.start() !== end) found.push(matcher.group() ?? '');
    end = matcher.end();
    expression.searchAgain(text.length - end);
  }
  return found;
}

function checkLiterals([, pattern]: readonly (Value | undefined)[]): string | undefined {
  const compiled = typeof pattern === 'string' ? literalRegex(pattern) : undefined;
  return compiled instanceof CelError ? compiled.message : undefined;
}

type Matching = (expression: Regex, text: string, limit: number | bigint) => Result;

/** An overload whose expression, where it is a literal, is compiled once and refused when it is wrong. */
function withLiterals(overload: Overload, match: Matching): Overload {
  return {
    ...overload,
    checkLiterals,
    prepare: ([, pattern]) => {
      const compiled = typeof pattern === 'string' ? literalRegex(pattern) : undefined;
      if (compiled === undefined || compiled instanceof CelError) return undefined;
      return (text, _pattern, limit = -1) => match(compiled, text as string, limit as number | bigint);
    },
  };
}

const STRINGS = list(STRING);

const cost = ([text, pattern]: readonly Value[]): number => regexTraversal(sizeOf(text), sizeOf(pattern));

/** Kubernetes' `regex` library, in every version. */
export const REGEX: Library = {
  name: 'regex',
  functions: [
    declare('find', [withLiterals(member('string_find_string', [STRING, STRING], STRING, find), findFirst)], cost),
    declare(
      'findAll',
      [
        withLiterals(member('string_find_all_string', [STRING, STRING], STRINGS, findAll), findMany),
        withLiterals(member('string_find_all_string_int', [STRING, STRING, INT], STRINGS, findAll), findMany),
      ],
      cost,
    ),
  ],
};
