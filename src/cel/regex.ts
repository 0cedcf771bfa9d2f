import { RE2JS, RE2JSException } from 're2js';
import { CelError } from './value.ts';

// Patterns that an evaluation computes are few in practice; the oldest make room.
const CACHE = new Map<string, RE2JS | CelError>();
const CACHE_SIZE = 256;
// Longer ones would let a request fill the memory.
const CACHED_LENGTH = 1_000;

/** A pattern in RE2's syntax, or the error that Go words for it. Matching takes time linear in the text. */
export function compileRegex(pattern: string): RE2JS | CelError {
  const known = CACHE.get(pattern);
  if (known) return known;
  const compiled = compile(pattern);
  if (pattern.length > CACHED_LENGTH) return compiled;
  if (CACHE.size >= CACHE_SIZE) CACHE.delete(CACHE.keys().next().value ?? '');
  CACHE.set(pattern, compiled);
  return compiled;
}

function compile(pattern: string): RE2JS | CelError {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) return new CelError(error.message);
    throw error;
  }
}
