/** The one place where deny, warn, audit and failurePolicy become an answer. */

import type { PolicySet } from '../engine/compiled.ts';
import { decide } from '../engine/decide.ts';
import type {
  Change,
  Context,
  Decision,
  EvaluationFailure,
  Finding,
  Mutation,
  NotJudged,
  Request,
} from '../engine/decision.ts';
import { mutate } from '../engine/mutate.ts';
import { changeAnnotations, findingAnnotations, gapAnnotations } from './audit-annotation.ts';
import { denialMessage } from './denial.ts';
import type { AdmissionResponse, Status } from './response.ts';
import { allowed, denied, patched } from './response.ts';
import { warningsOf } from './warning.ts';

/** The two webhooks: the mutating one first, the validating one on what came of it. */
export type Door = 'mutate' | 'validate';

export type Verdict = 'allowed' | 'denied' | 'patched';

/** The answer, and what logs and metrics want to know of it. */
export interface Admission {
  readonly response: AdmissionResponse;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly changes: readonly Change[];
  readonly failures: readonly EvaluationFailure[];
  readonly notJudged: readonly NotJudged[];
}

/** Judges a request at one door by the policies in force. Throws only where the product itself is broken. */
export function admit(door: Door, set: PolicySet, request: Request, context: Context): Admission {
  return door === 'mutate'
    ? admitMutation(mutate(set, request, context), request)
    : admitDecision(decide(set, request, context), request);
}

/**
 * What the findings mean: new ones of Deny policies refuse, tolerated ones and those of Warn warn, the rest is logged, as
 * is what is excepted.
 */
export function admitDecision(decision: Decision, request: Request): Admission {
  const { failures, notJudged } = decision;
  const excepted = decision.findings.filter((finding) => finding.excepted !== undefined);
  const findings = decision.findings.filter((finding) => finding.excepted === undefined);
  const rest = { findings: decision.findings, changes: [], failures, notJudged };
  if (decision.findings.length + failures.length + notJudged.length === 0) {
    return { response: allowed(request.uid), verdict: 'allowed', ...rest };
  }
  const denying = findings.filter(({ action, tolerated }) => action === 'Deny' && !tolerated);
  const tolerated = findings.filter((finding) => finding.tolerated);
  const warning = findings.filter((finding) => finding.action === 'Warn' && !finding.tolerated);
  const audited = findings.filter((finding) => finding.action === 'Audit' && !finding.tolerated);
  const refusing = failures.filter(refuses);
  const notes = {
    warnings: warningsOf([...warning, ...tolerated.filter(({ action }) => action !== 'Audit')], failures.filter(warns)),
    auditAnnotations: {
      ...findingAnnotations({ denied: denying, warned: warning, tolerated, audited, excepted }),
      ...gapAnnotations(failures, notJudged),
    },
  };
  if (denying.length + refusing.length === 0) {
    return { response: allowed(request.uid, notes), verdict: 'allowed', ...rest };
  }
  const status = { ...statusOf(denying), message: denialMessage(request, denying, refusing) };
  return { response: denied(request.uid, status, notes), verdict: 'denied', ...rest };
}

/** The patch of all mutating policies; nothing is refused but by a policy that failed and whose failurePolicy is Fail. */
export function admitMutation(mutation: Mutation, request: Request): Admission {
  const { patch, changes, failures, notJudged } = mutation;
  const refusing = failures.filter(refuses);
  const notes = {
    warnings: warningsOf([], failures.filter(warns)),
    auditAnnotations: { ...changeAnnotations(changes), ...gapAnnotations(failures, notJudged) },
  };
  const rest = { findings: [], changes, failures, notJudged };
  if (refusing.length > 0) {
    const status = { ...statusOf([]), message: denialMessage(request, [], refusing) };
    return { response: denied(request.uid, status, notes), verdict: 'denied', ...rest };
  }
  const verdict = patch.length === 0 ? 'allowed' : 'patched';
  return { response: patched(request.uid, patch, notes), verdict, ...rest };
}

function refuses({ action, failurePolicy }: EvaluationFailure): boolean {
  return failurePolicy === 'Fail' && (action === 'Deny' || action === 'Mutate');
}

function warns(failure: EvaluationFailure): boolean {
  return failure.action !== 'Audit' && !refuses(failure);
}

// The reasons that a ValidatingAdmissionPolicy may give, and the codes that the API server answers them with.
const CODES: Readonly<Record<string, number>> = {
  Unauthorized: 401,
  Forbidden: 403,
  RequestEntityTooLarge: 413,
  Invalid: 422,
};

/** The reason that all findings agree on, or Forbidden. */
function statusOf(findings: readonly Finding[]): Omit<Status, 'message'> {
  const reasons = new Set(findings.map(({ reason }) => reason ?? 'Forbidden'));
  const [reason = 'Forbidden'] = reasons;
  const code = reasons.size === 1 ? CODES[reason] : undefined;
  return code === undefined ? { code: 403, reason: 'Forbidden' } : { code, reason };
}
