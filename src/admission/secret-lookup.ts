/** What policies look up while they judge one request, with the Secrets that they ask for. */
import type { KubernetesObject, Lookup } from '../engine/decision.ts';
import { type Pending, questions } from './questions.ts';
import type { Secrets } from './secrets.ts';

/** As many different ones as one request is worth: a Pod with more is not judged by the rules that ask. */
const MAX_SECRETS = 32;

/** Secrets by name from there, once they are answered; everything else, and lists of Secrets, from `lookup`. */
export function withSecrets(lookup: Lookup, secrets: Secrets): Lookup & Pending {
  const asked = questions<readonly [string, string], KubernetesObject | null>(
    MAX_SECRETS,
    ([namespace, name], signal) => Promise.race([secrets.get(namespace, name).catch(() => undefined), endOf(signal)]),
  );
  return {
    get(apiVersion, resource, namespace, name) {
      if (apiVersion !== 'v1' || resource !== 'secrets') return lookup.get(apiVersion, resource, namespace, name);
      return secrets.readable(namespace) ? asked.answer([namespace, name]) : undefined;
    },
    list: (apiVersion, resource, namespace) => lookup.list(apiVersion, resource, namespace),
    get wanting() {
      return asked.wanting;
    },
    ask: asked.ask,
  };
}

function endOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}
