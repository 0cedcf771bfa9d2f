/** Values that outlive what they were taken from. */
import type { Patch } from '../engine/decision.ts';

/**
 * The same value, a text or a patch, in memory of its own. To V8 a name that was cut out of a document is a view of the document,
 * and a message put together of pieces is the pieces: a report of thousands would hold all files that it tells of.
 */
export function own<T extends string | Patch>(value: T): T {
  // As JSON, since that keeps even halves of surrogate pairs.
  return JSON.parse(JSON.stringify(value)) as T;
}
