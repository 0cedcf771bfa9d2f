/** Secrets of the cluster, read by name in the moment they are asked for: the one kind that is neither listed nor watched. */
import type { KubernetesObject } from '../engine/decision.ts';
import { secretView } from '../engine/library/secret.ts';
import { errorMessage } from '../policy/problem.ts';

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

/** Reads from the source, and keeps what it said for seconds; of a Secret's content only what functions look into. */
export function secretsFrom(source: SecretSource, { namespaces, report }: SecretsOptions): Secrets {
  const read = reporting(source, report);
  const kept = new Map<string, Promise<KubernetesObject | null>>();
  return {
    readable: (namespace) => namespaces === true || namespaces.includes(namespace),
    async get(namespace, name) {
      if (!NAME.test(namespace) || !NAME.test(name)) return null;
      const key = `${namespace}/${name}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const found = read(namespace, name);
      keep(kept, key, found);
      return found;
    },
  };
}

function keep(
  kept: Map<string, Promise<KubernetesObject | null>>,
  key: string,
  found: Promise<KubernetesObject | null>,
): void {
  const forgetAfter = (ms: number): void => {
    setTimeout(() => kept.get(key) === found && kept.delete(key), ms).unref();
  };
  found.then(
    (secret) => forgetAfter(secret === null ? MISSING_MS : KEPT_MS),
    () => forgetAfter(MISSING_MS),
  );
  kept.set(key, found);
  // A Map gives its keys in the order in which they were set: the first is the oldest.
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
      if (!failing.has(namespace)) report({ namespace, message: errorMessage(error) });
      failing.add(namespace);
      throw error;
    }
  };
}
