/** Secrets of the cluster, read by name in the moment they are asked for: the one kind that is neither listed nor watched. */
import type { KubernetesObject } from '../engine/decision.ts';
import { secretView } from '../engine/library/secret.ts';

/** Who has them: the API server. */
export interface SecretSource {
  /** The Secret, null where there is none. Rejects where it could not be had, and at once when the signal aborts. */
  read(namespace: string, name: string, signal: AbortSignal): Promise<KubernetesObject | null>;
}

export interface Secrets {
  /** Whether those of the namespace may be read at all. */
  readable(namespace: string): boolean;
  /** The Secret without its content (see `secretView`), null where there is none. Rejects where it could not be had. */
  get(namespace: string, name: string): Promise<KubernetesObject | null>;
}

export interface SecretsOptions {
  /** Of all namespaces, or of those. */
  readonly namespaces: true | readonly string[];
  /** Told of the first failure in a namespace, and of another only after a success there. */
  readonly report: (problem: { readonly namespace: string; readonly message: string }) => void;
  /** Milliseconds of any clock. */
  readonly clock?: () => number;
}

// Both doors ask within one request, and a rollout asks again and again; but who has just mended a Secret must not wait.
const KEPT_MS = 5000;
// What is missing is often created next; and a cluster that refuses or is silent is not asked by every request.
const MISSING_MS = 1000;
const MAX_KEPT = 256;
// No request waits longer for its answers.
const READ_MS = 2000;

// What an object can be called: anything else would lead to another path.
const NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

interface Kept {
  readonly found: Promise<KubernetesObject | null>;
  until: number;
}

/** Reads from the source, and keeps what it said for seconds; of a Secret's content only what functions look into. */
export function secretsFrom(source: SecretSource, { namespaces, report, clock = Date.now }: SecretsOptions): Secrets {
  const read = reporting(source, report);
  const kept = new Map<string, Kept>();
  return {
    readable: (namespace) => namespaces === true || namespaces.includes(namespace),
    async get(namespace, name) {
      if (!NAME.test(namespace) || !NAME.test(name)) return null;
      const key = `${namespace}/${name}`;
      const known = kept.get(key);
      if (known !== undefined && clock() < known.until) return known.found;
      const entry: Kept = { found: read(namespace, name), until: Number.POSITIVE_INFINITY };
      const keepFor = (ms: number): void => {
        entry.until = clock() + ms;
      };
      entry.found.then(
        (secret) => keepFor(secret === null ? MISSING_MS : KEPT_MS),
        () => keepFor(MISSING_MS),
      );
      keep(kept, key, entry);
      return entry.found;
    },
  };
}

/** A Map gives its keys in the order in which they were set: the first is the oldest. */
function keep(kept: Map<string, Kept>, key: string, entry: Kept): void {
  kept.delete(key);
  kept.set(key, entry);
  const [oldest] = kept.keys();
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
}

function reporting(
  source: SecretSource,
  report: SecretsOptions['report'],
): (namespace: string, name: string) => Promise<KubernetesObject | null> {
  const failing = new Set<string>();
  return async (namespace, name) => {
    try {
      const secret = await source.read(namespace, name, AbortSignal.timeout(READ_MS));
      failing.delete(namespace);
      return secret && secretView(secret);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!failing.has(namespace)) report({ namespace, message });
      failing.add(namespace);
      throw error;
    }
  };
}
