import { type Matcher, RE2JS, RE2JSException } from 're2js';
import { regexSize } from './regex-size.ts';
import { CelError } from './value.ts';
import { countWork } from './work.ts';

/** A pattern in RE2's syntax. Searching takes time linear in the text, and counts as work. */
export interface Regex {
  /** True where the text has a match. */
  test(text: string): boolean;
  /** Finds the matches one by one; each further search counts as work by `searchAgain`. */
  matcher(text: string): Matcher;
  searchAgain(left: number): void;
}

// The API server's limit is thirty times as high: it takes a second and hundreds of megabytes to compile.
const LARGEST = 100_000;
// An instruction is compiled in the time of that many steps inside a value.
const COMPILE_WORK = 50;
// At worst an instruction takes ten steps at each character. What a pattern spells out reaches the limit of costs about
// where it reaches that of work; costs do not see what counted repetitions add.
const SEARCH_WORK = 1 / 8;
const REPEATED_WORK = 1 / 2;
// The searches after the first one seldom read all that is left; where each does, they take forever.
const FURTHER_WORK = 1 / 2;

/** The pattern of a literal, or the error that Go words for it. */
export function literalRegex(pattern: string): Regex | CelError {
  return compile(pattern, regexSize(pattern));
}

// Patterns that an evaluation computes are few in practice; the oldest make room. Large ones would fill the memory.
const CACHE = new Map<string, { readonly regex: Regex; readonly size: number }>();
const CACHED_SIZE = 20_000;
const CACHED_SIZE_EACH = 1_000;
let cached = 0;

/** The same of a pattern that an evaluation computes: compiling counts as work, before it begins. */
export function computedRegex(pattern: string): Regex | CelError {
  const known = CACHE.get(pattern);
  if (known) return known.regex;
  countWork(pattern.length * COMPILE_WORK);
  const size = regexSize(pattern);
  countWork(Math.max(0, size - pattern.length) * COMPILE_WORK);
  const regex = compile(pattern, size);
  if (!(regex instanceof CelError)) remember(pattern, regex, Math.max(size, pattern.length));
  return regex;
}

function remember(pattern: string, regex: Regex, size: number): void {
  if (size > CACHED_SIZE_EACH) return;
  for (const [oldest, entry] of CACHE) {
    if (cached + size <= CACHED_SIZE) break;
    CACHE.delete(oldest);
    cached -= entry.size;
  }
  CACHE.set(pattern, { regex, size });
  cached += size;
}

function compile(pattern: string, size: number): Regex | CelError {
  if (size > LARGEST) return new CelError('error parsing regexp: expression too large');
  try {
    return counting(RE2JS.compile(pattern), pattern.length, Math.max(0, size - pattern.length));
  } catch (error) {
    if (error instanceof RE2JSException) return new CelError(error.message);
    throw error;
  }
}

function counting(regex: RE2JS, length: number, repeated: number): Regex {
  const work = length * SEARCH_WORK + repeated * REPEATED_WORK;
  return {
    test: (text) => {
      countWork((text.length + 1) * work);
      return regex.test(text);
    },
    matcher: (text) => {
      countWork((text.length + 1) * work);
      return regex.matcher(text);
    },
    searchAgain: (left) => countWork(left * work * FURTHER_WORK),
  };
}
