/** Debt: what is still to be mended, as numbers by namespace and policy. */
import { countByPolicy, isOpen, type ObjectOutcome } from '../report/report.ts';
import type { Outcomes } from './collapse.ts';

export interface Debt {
  /** Empty for objects without one; `(others)`, as `policy` is then, for what the limit left out. */
  readonly namespace: string;
  readonly policy: string;
  readonly findings: number;
}

const OTHERS = '(others)';

/** Open findings, the most first; what goes beyond `limit` entries is one entry more. */
export function debtOf(outcomes: Outcomes, limit: number): readonly Debt[] {
  const all = [...outcomes].flatMap(([namespace, objects]) =>
    [...openByPolicy(objects)].map(([policy, findings]) => ({ namespace, policy, findings })),
  );
  if (all.length <= limit) return all;
  const sorted = all.toSorted((a, b) => b.findings - a.findings);
  const rest = sorted.slice(limit).reduce((sum, { findings }) => sum + findings, 0);
  return [...sorted.slice(0, limit), { namespace: OTHERS, policy: OTHERS, findings: rest }];
}

/** Open findings of each policy that has any. */
export function findingsByPolicy(outcomes: Outcomes): ReadonlyMap<string, number> {
  return openByPolicy([...outcomes.values()].flat());
}

function openByPolicy(objects: readonly ObjectOutcome[]): ReadonlyMap<string, number> {
  return countByPolicy(objects.flatMap(({ findings }) => findings.filter(isOpen)));
}
