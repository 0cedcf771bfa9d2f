/** Keeps `status.findings` of Policies, which `kubectl get policies` shows, at what the last scan has found. */
import { errorMessage } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { pause } from './pause.ts';

/** No more than 50 writes a second. */
const PACE_MS = 20;

/**
 * Writes each number that differs from the one that is there, zeros included; returns why one could not be written. Rejects
 * with the signal's reason once that aborts.
 */
export async function writeFindingCounts(
  policies: readonly LiveObject[],
  counts: ReadonlyMap<string, number>,
  /** Applies it to the very object. */
  apply: (policy: LiveObject, findings: number) => Promise<unknown>,
  signal: AbortSignal,
): Promise<string | undefined> {
  let failure: string | undefined;
  for (const policy of policies) {
    const { name } = policy.metadata;
    const findings = counts.get(name) ?? 0;
    if (policy.status?.['findings'] === findings) continue;
    await apply(policy, findings).catch((error: unknown) => {
      failure ??= `Policy/${name}: ${errorMessage(error)}`;
    });
    await pause(PACE_MS, signal);
    signal.throwIfAborted();
  }
  return failure;
}
