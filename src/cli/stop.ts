/** How the world asks a server to end. */
import { once } from 'node:events';
import type { Log } from '../telemetry/log.ts';

/** Longer than the API server waits for an answer; Kubernetes kills a pod 30 s after SIGTERM. */
export const STOP_GRACE_MS = 15_000;

/** Resolves with the first SIGTERM or SIGINT after the call. */
export async function askedToStop(log: Log): Promise<void> {
  const asked = new AbortController();
  const signals = ['SIGTERM', 'SIGINT'] as const;
  const signal = await Promise.race(
    signals.map((name) =>
      once(process, name, { signal: asked.signal }).then(
        () => name,
        () => name,
      ),
    ),
  );
  // A second signal is not waited for: it ends the process at once.
  asked.abort();
  log.info({ signal }, 'stopping');
}
