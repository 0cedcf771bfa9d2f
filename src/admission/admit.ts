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
import { changeAnnotations, findingAnnotations, gapAnnotations, missingAnnotations } from './audit-annotation.ts';
import { denialMessage } from './denial.ts';
import { type Ledger, type MissingChange, noLedger } from './ledger.ts';
import type { AdmissionResponse, Notes, Status } from './response.ts';
import { allowed, denied, NO_NOTES, patched } from './response.ts';
import { missingWarnings, warningsOf } from './warning.ts';

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
  /** At the validating door: what mutating policies would still change. Not asked of what is denied. */
  readonly missing?: readonly MissingChange[];
}

/**
 * Judges a request at one door by the policies in force. Throws only where the product itself is broken. With a ledger, the
 * validating door says what is missing of what the mutating one does.
 */
export function admit(
  door: Door,
  set: PolicySet,
  request: Request,
  context: Context,
  ledger: Ledger = noLedger,
): Admission {
  if (door === 'validate') {
    return admitDecision(decide(set, request, context), request, () => ledger.missing(set, request, context));
  }
  const mutation = mutate(set, request, context);
  ledger.remember(request, mutation.changes, context.now);
  return admitMutation(mutation, request);
}

/**
 * What the findings mean: new ones of Deny policies refuse, tolerated ones and those of Warn warn, the rest is logged, as
 * is what is excepted.
 */
export function admitDecision(
  decision: Decision,
  request: Request,
  missingOf: () => readonly MissingChange[] = () => [],
): Admission {
  const { failures, notJudged } = decision;
  const excepted = decision.findings.filter((finding) => finding.excepted !== undefined);
  const findings = decision.findings.filter((finding) => finding.excepted === undefined);
  const rest = { findings: decision.findings, changes: [], failures, notJudged };
  if (decision.findings.length + failures.length + notJudged.length === 0) {
    return allowedWith(request, NO_NOTES, missingOf(), rest);
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
  if (denying.length + refusing.length === 0) return allowedWith(request, notes, missingOf(), rest);
  const status = { ...statusOf(denying), message: denialMessage(request, denying, refusing) };
  return { response: denied(request.uid, status, notes), verdict: 'denied', ...rest };
}

type Noticed = Pick<Admission, 'findings' | 'changes' | 'failures' | 'notJudged'>;

function allowedWith(request: Request, notes: Notes, missing: readonly MissingChange[], noticed: Noticed): Admission {
  const all = {
    warnings: [...notes.warnings, ...missingWarnings(missing)],
    auditAnnotations: { ...notes.auditAnnotations, ...missingAnnotations(missing) },
  };
  return { response: allowed(request.uid, all), verdict: 'allowed', ...noticed, missing };
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
