/** What came of a case, in the words of the statistics. */
import type { Difference } from './compare.ts';
import type { Ours } from './ours.ts';

/** Every kind must occur in a run: a generator that never makes one proves nothing about it. */
export const OUTCOMES = [
  'not matched',
  'allowed',
  'denied',
  'denied by an error (Fail)',
  'allowed despite an error (Ignore)',
  'warned',
  'audited only',
  'mutated',
  'left as it is',
  'mutation failed (Fail)',
  'mutation failed (Ignore)',
  'policy refused',
] as const;

export type Outcome = (typeof OUTCOMES)[number];

export type Result =
  | { readonly kind: 'same'; readonly outcome: Outcome }
  | { readonly kind: 'different'; readonly difference: Difference }
  /** A limit of what can be known from outside, with the reason. */
  | { readonly kind: 'explained'; readonly why: string };

/** The kind of a case on which both agree. */
export function outcomeOf(ours: Ours, mutates: boolean, changed: boolean): Outcome {
  if (ours.kind === 'refused') return 'policy refused';
  if (!ours.matched) return 'not matched';
  const failed = ours.failures.length > 0;
  if (mutates) {
    if (!ours.verdict.allowed) return 'mutation failed (Fail)';
    if (failed) return 'mutation failed (Ignore)';
    return changed ? 'mutated' : 'left as it is';
  }
  if (!ours.verdict.allowed) return failed ? 'denied by an error (Fail)' : 'denied';
  if (ours.verdict.warnings.length > 0) return 'warned';
  if (Object.keys(ours.verdict.auditAnnotations).length > 0) return 'audited only';
  return failed ? 'allowed despite an error (Ignore)' : 'allowed';
}
