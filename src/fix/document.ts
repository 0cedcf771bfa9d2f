/** The fixes of one document, written as far as they can be. */
import type { Patch } from '../engine/decision.ts';
import { combined } from './combine.ts';
import { type Amendment, rewritten } from './rewrite.ts';

/** A patch that somebody wants to see in a document. */
export interface Wish {
  /** The object's number among the objects of the document. */
  readonly index: number;
  /** Of the object as it is written. */
  readonly patch: Patch;
}

export interface Granted<T extends Wish> {
  readonly text: string;
  /** Those that are in the text. A wish that is neither here nor refused can be made again of the new text. */
  readonly done: readonly T[];
  readonly refused: readonly { readonly wish: T; readonly message: string }[];
}

/** Makes as many of the wishes as agree with each other and can be written; where they fail together, some of them. */
export function granted<T extends Wish>(text: string, wishes: readonly T[]): Granted<T> {
  const chosen = chosenOf(wishes);
  const result = rewritten(text, chosen.amendments);
  if (result.ok) return { text: result.text, done: chosen.taken, refused: [] };
  const [first] = chosen.taken;
  if (!first) return { text, done: [], refused: [] };
  if (chosen.taken.length === 1) return { text, done: [], refused: [{ wish: first, message: result.message }] };
  const half = chosen.taken.length >> 1;
  const one = granted(text, chosen.taken.slice(0, half));
  if (one.done.length > 0) return one;
  const other = granted(text, chosen.taken.slice(half));
  return { ...other, refused: [...one.refused, ...other.refused] };
}

function chosenOf<T extends Wish>(wishes: readonly T[]): { readonly taken: T[]; readonly amendments: Amendment[] } {
  const taken: T[] = [];
  const amendments: Amendment[] = [];
  for (const [index, mine] of Map.groupBy(wishes, (wish) => wish.index)) {
    const { taken: agreed, patch } = combined(mine.map((wish) => wish.patch));
    taken.push(...agreed.map((at) => mine[at] as T));
    amendments.push({ index, patch });
  }
  return { taken, amendments };
}
