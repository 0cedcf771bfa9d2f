/** What the webhook would answer to a request: its two doors, one after the other, as the API server asks them. */
import { admitDecision } from '../admission/admit.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { decide } from '../engine/decide.ts';
import type { Context, Request } from '../engine/decision.ts';
import { mutate } from '../engine/mutate.ts';
import type { ImpactFinding } from '../report/impact-report.ts';

export interface Verdict {
  readonly refused: boolean;
  /** What refuses it; a policy that fails to evaluate refuses too, by its failurePolicy. */
  readonly findings: readonly ImpactFinding[];
}

/** `judging` judges what `mutating` makes of the object. */
export function verdictOf(judging: PolicySet, mutating: PolicySet, request: Request, context: Context): Verdict {
  const mutated = { ...request, object: mutate(mutating, request, context).object };
  // Nobody reads a fix here.
  const decision = decide(judging, mutated, { ...context, proofs: 0 });
  if (admitDecision(decision, mutated).verdict !== 'denied') return PASSED;
  const denying = decision.findings.filter(
    ({ action, tolerated, excepted }) => action === 'Deny' && !tolerated && excepted === undefined,
  );
  const failing = decision.failures.filter(
    ({ action, failurePolicy }) => action === 'Deny' && failurePolicy === 'Fail',
  );
  return {
    refused: true,
    findings: [
      ...denying.map(({ policy, rule, severity, message, path, container }) => ({
        policy,
        rule,
        severity,
        message,
        path,
        ...(container !== undefined && { container }),
      })),
      ...failing.map(({ policy, rule, message }) => ({ policy, rule, message, severity: 'high' as const, path: [] })),
    ],
  };
}

const PASSED: Verdict = { refused: false, findings: [] };
