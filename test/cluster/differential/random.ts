/** Choices that a seed decides: the same seed gives the same choices on every machine. */

export interface Random {
  /** 0 to limit - 1. */
  below(limit: number): number;
  /** True so often: 0 never, 1 always. */
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** So many different ones, in the order of the choices; all of them where there are fewer. */
  some<T>(choices: readonly T[], count: number): readonly T[];
  /** Picks by weight: `[[3, 'often'], [1, 'rarely']]`. */
  weighted<T>(choices: readonly (readonly [number, T])[]): T;
}

/** A source of choices of its own for every seed, however alike they are. */
export function randomOf(seed: string): Random {
  const next = generator(hash(seed));
  const below = (limit: number): number => Math.floor(next() * limit);
  const weighted: Random['weighted'] = (choices) => {
    let rest = next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) {
      rest -= weight;
      if (rest < 0) return choice;
    }
    return (choices.at(-1) as (typeof choices)[number])[1];
  };
  return {
    below,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    some: (choices, count) => {
      const kept = new Set([...choices.keys()].sort(() => next() - 0.5).slice(0, count));
      return choices.filter((_, index) => kept.has(index));
    },
    weighted,
  };
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** Mulberry32: 0 <= x < 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
