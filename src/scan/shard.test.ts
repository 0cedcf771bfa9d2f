import { describe, expect, it } from 'vitest';
import { shardOf } from './shard.ts';

const NAMESPACES = Array.from({ length: 300 }, (_, index) => `tenant-${index}`);
const holders = (members: readonly string[]): readonly string[] =>
  NAMESPACES.map((namespace) => {
    const found = members.filter((member) => shardOf(member, members)(namespace));
    expect(found).toHaveLength(1);
    return found[0] as string;
  });

describe('a shard', () => {
  it('is nobody else’s, and about as large as the others', () => {
    const counts = Map.groupBy(holders(['a', 'b', 'c']), (holder) => holder);
    for (const member of ['a', 'b', 'c']) expect(counts.get(member)?.length).toBeGreaterThan(60);
  });

  it('does not depend on the order in which members are named', () => {
    expect(holders(['c', 'a', 'b'])).toEqual(holders(['a', 'b', 'c']));
  });

  it('keeps its namespaces when another member goes', () => {
    const after = holders(['a', 'b']);
    holders(['a', 'b', 'c']).forEach((holder, index) => {
      if (holder !== 'c') expect(after[index]).toBe(holder);
    });
  });

  it('is empty for who is not ready', () => {
    expect(NAMESPACES.filter(shardOf('d', ['a', 'b']))).toEqual([]);
    expect(NAMESPACES.filter(shardOf('a', []))).toEqual([]);
  });
});
