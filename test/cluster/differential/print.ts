/** Differences and statistics, for people. */
import { stringify } from 'yaml';
import type { Request } from '../../../src/engine/decision.ts';
import type { Judged } from './differential.ts';
import { OUTCOMES, type Outcome, type Result } from './outcome.ts';

/** All that is needed to see what a case is about, and to run it alone. */
export function describeDifference({ prepared, result }: Judged): string {
  const { case: one, request } = prepared;
  const difference = result.kind === 'different' ? result.difference : {};
  return [
    `--- case ${one.index} of seed ${one.seed}: node test/cluster/differential/run.ts --seed ${one.seed} --case ${one.index}`,
    stringify(
      { ...difference, policies: one.policies, request: readable(request) },
      { lineWidth: 0, aliasDuplicateObjects: false },
    ),
  ].join('\n');
}

/** Without the bookkeeping of server-side apply. */
function readable(request: Request): unknown {
  return JSON.parse(JSON.stringify(request, (key, value) => (key === 'managedFields' ? undefined : value)));
}

/** How often each outcome came, one per line; then what is explained, by reason. */
export function describeDistribution(results: readonly Result[]): string {
  const reasons = results.flatMap((result) => (result.kind === 'explained' ? [result.why] : []));
  return [
    ...OUTCOMES.map((outcome) => `${String(countOf(results, outcome)).padStart(7)} ${outcome}`),
    ...[...new Set(reasons)].map((why) => `${String(reasons.filter((one) => one === why).length).padStart(7)} ${why}`),
    `${String(results.filter((result) => result.kind === 'different').length).padStart(7)} different`,
  ].join('\n');
}

export function missingOutcomes(results: readonly Result[]): readonly Outcome[] {
  return OUTCOMES.filter((outcome) => countOf(results, outcome) === 0);
}

function countOf(results: readonly Result[], outcome: Outcome): number {
  return results.filter((result) => result.kind === 'same' && result.outcome === outcome).length;
}
