/** What is remembered of each object between two rounds: which version was judged, by what, and what was found, if anything. */
import type { PolicySet } from '../engine/compiled.ts';
import type { PolicyException } from '../policy/exception.ts';
import type { ObjectOutcome } from '../report/report.ts';
import { createShelf, type LeanOutcome } from './lean.ts';

/** What a verdict rests on beside the object, shared by all objects of a namespace. Another object where any of it changed. */
export interface Basis {
  readonly set: PolicySet;
  /** Those of the namespace that have not expired. */
  readonly exceptions: readonly PolicyException[];
  /** resourceVersion of the Namespace. */
  readonly namespaceVersion: string;
  readonly kubernetesVersion: string;
}

/** One object. Nothing in it grows with the object: a cluster has tens of thousands of them, and nothing is found on most. */
export interface Remembered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** The reference to its controller, as the object has it. */
  readonly owner: object | undefined;
  /** A ReplicaSet of an earlier rollout. */
  readonly retired: boolean;
  readonly version: string;
  readonly basis: Basis;
  /** Judged by other objects or by the time: to be judged again in each round. */
  readonly passing: boolean;
  /** Undefined where there was nothing to say. */
  readonly outcome: LeanOutcome | undefined;
  /** The last round that has seen it. */
  seen: number;
}

export interface Memory {
  get(uid: string): Remembered | undefined;
  set(uid: string, remembered: Remembered): void;
  /** What is to be remembered of an outcome: what others had is kept once. */
  lean(outcome: ObjectOutcome): LeanOutcome;
  /** The basis of a namespace: the one from before where it says the same. */
  basisOf(namespace: string, basis: Basis): Basis;
  /** Forgets what round `round` has not seen, but for what `stays`. */
  forget(round: number, stays: (remembered: Remembered) => boolean): void;
  all(): Iterable<Remembered>;
  size(): number;
  /** How many verdicts are passing. */
  passing(): number;
}

/** An empty memory. */
export function createMemory(): Memory {
  const objects = new Map<string, Remembered>();
  const bases = new Map<string, Basis>();
  const shelf = createShelf();
  return {
    lean: shelf.lean,
    get: (uid) => objects.get(uid),
    set: (uid, remembered) => void objects.set(uid, remembered),
    basisOf: (namespace, basis) => {
      const known = bases.get(namespace);
      if (known !== undefined && saysTheSame(known, basis)) return known;
      bases.set(namespace, basis);
      return basis;
    },
    forget: (round, stays) => {
      for (const [uid, one] of objects) if (one.seen !== round && !stays(one)) objects.delete(uid);
      const left = new Set(Array.from(objects.values(), ({ basis }) => basis));
      shelf.keep(Array.from(objects.values(), ({ outcome }) => outcome ?? []).flat());
      for (const [namespace, basis] of bases) if (!left.has(basis)) bases.delete(namespace);
    },
    all: () => objects.values(),
    size: () => objects.size,
    passing: () => {
      let count = 0;
      for (const one of objects.values()) if (one.passing) count++;
      return count;
    },
  };
}

function saysTheSame(a: Basis, b: Basis): boolean {
  return (
    a.set === b.set &&
    a.namespaceVersion === b.namespaceVersion &&
    a.kubernetesVersion === b.kubernetesVersion &&
    a.exceptions.length === b.exceptions.length &&
    a.exceptions.every((exception, index) => exception === b.exceptions[index])
  );
}
