/** Which replica scans which namespace, where all of them scan: no table, no talk, and few namespaces move when one comes or goes. */
import { createHash } from 'node:crypto';

/**
 * Tells whether a namespace (empty: the objects without one) falls to `own` of these members, by rendezvous hashing: each
 * namespace to the member that scores highest for it. A replica that is not among the members has none.
 */
export function shardOf(own: string, members: readonly string[]): (namespace: string) => boolean {
  if (!members.includes(own)) return () => false;
  const known = new Map<string, boolean>();
  return (namespace) => {
    const found = known.get(namespace) ?? winnerOf(namespace, members) === own;
    known.set(namespace, found);
    return found;
  };
}

/** All namespaces: for who scans alone. */
export function everything(): boolean {
  return true;
}

function winnerOf(namespace: string, members: readonly string[]): string | undefined {
  const scored = members.map((member) => ({ member, score: scoreOf(member, namespace) }));
  return scored.reduce((best, one) => (isHigher(one, best) ? one : best)).member;
}

interface Scored {
  readonly member: string;
  readonly score: number;
}

function isHigher(a: Scored, b: Scored): boolean {
  return a.score > b.score || (a.score === b.score && a.member > b.member);
}

const HASH_BYTES = 6;

function scoreOf(member: string, namespace: string): number {
  return createHash('sha256').update(`${member} ${namespace}`).digest().readUIntBE(0, HASH_BYTES);
}
