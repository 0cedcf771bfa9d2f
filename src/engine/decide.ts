/** The validating policies on one request: what is wrong, what was wrong before, and what would mend it. */
import { applicable } from './applies.ts';
import type { PolicySet } from './compiled.ts';
import { countOf } from './count.ts';
import type {
  Context,
  Decision,
  EvaluationFailure,
  Excepted,
  Finding,
  KubernetesObject,
  Patch,
  Request,
} from './decision.ts';
import { type Evaluation, startEvaluation } from './evaluation.ts';
import { exemptionsOf } from './exempt.ts';
import { provenFixes } from './fix.ts';
import type { NativeValidation } from './native/outcome.ts';
import { startNative, validateNative } from './native/validate.ts';
import { toleratedAmong } from './ratchet.ts';
import { isIdlePolicy, presentNames } from './triggers.ts';
import { type Outcome, type Violation, validate } from './validate.ts';

const NOTHING: Decision = Object.freeze({
  findings: Object.freeze([]),
  failures: Object.freeze([]),
  notJudged: Object.freeze([]),
});

/**
 * Judges the request by all policies of the set that match it, in the order of their ids. Pure: the same for the same
 * arguments, and nothing of them is changed. Recursive over the object: its depth is limited where requests come in.
 */
export function decide(set: PolicySet, request: Request, context: Context): Decision {
  const { validating, native } = set.matching(request);
  if (validating.length + native.validating.length === 0) return NOTHING;
  const evaluation = startEvaluation(request, context);
  const outcome = judgeAll(evaluation, set);
  const { violations, notJudged } = outcome;
  const failures = excused(set, evaluation, outcome.failures);
  const rest = { failures, notJudged, ...(outcome.native && { native: outcome.native }) };
  if (violations.length > 0) return { findings: findingsOf(set, evaluation, outcome), ...rest };
  return failures.length + notJudged.length === 0 && !outcome.native ? NOTHING : { findings: [], ...rest };
}

interface Judged extends Outcome {
  readonly native?: NativeValidation;
}

function judgeAll(evaluation: Evaluation, set: PolicySet, wordless = false): Judged {
  const { request, context } = evaluation;
  const present = presentNames(request, evaluation.subjects.pod(), set.triggerNames);
  const outcome: Outcome = { wordless, present, violations: [], failures: [], notJudged: [] };
  const candidates = set.matching(request);
  for (const policy of candidates.validating) {
    if (isIdlePolicy(policy, present)) continue;
    const found = applicable(evaluation, policy, outcome);
    if (found === undefined || found.action === 'Mutate') continue;
    validate(evaluation, policy, found.subject, found.action, outcome);
  }
  const { validating } = candidates.native;
  if (validating.length === 0) return outcome;
  return { ...outcome, native: validateNative(startNative(request, context), validating, outcome) };
}

function findingsOf(set: PolicySet, evaluation: Evaluation, outcome: Outcome): readonly Finding[] {
  const { request, context } = evaluation;
  const tolerated = toleratedAmong(outcome.violations, request, context);
  const exemptions = exemptionsOf(request, context);
  const excepted = new Map(outcome.violations.map((one) => [one, exemptions.of(one.policy, one.validation.name)]));
  const accepted = (one: Violation): boolean => tolerated.has(one) || excepted.get(one) !== undefined;
  const fixes = fixesOf(set, evaluation, outcome, accepted);
  return outcome.violations.map((one) =>
    findingOf(one, {
      tolerated: tolerated.has(one),
      excepted: excepted.get(one),
      lacksReason: exemptions.lacksReason(one.policy),
      fix: fixes.get(one),
    }),
  );
}

/** A policy from which the object is exempted refuses nothing by failing either. */
function excused(
  set: PolicySet,
  { request, context }: Evaluation,
  failures: readonly EvaluationFailure[],
): readonly EvaluationFailure[] {
  if (failures.length === 0) return failures;
  const exemptions = exemptionsOf(request, context);
  const policies = new Map(set.matching(request).validating.map((policy) => [policy.id, policy]));
  return failures.map((failure) => {
    const policy = policies.get(failure.policy);
    return policy && exemptions.of(policy, failure.rule) ? { ...failure, action: 'Audit' } : failure;
  });
}

function fixesOf(
  set: PolicySet,
  evaluation: Evaluation,
  outcome: Outcome,
  accepted: (violation: Violation) => boolean,
): ReadonlyMap<Violation, Patch> {
  const fixable = outcome.violations.filter((one) => one.validation.fix !== undefined && !accepted(one));
  if (fixable.length === 0) return new Map();
  const { request, context } = evaluation;
  const judge = (object: KubernetesObject): ReadonlyMap<string, number> =>
    tally(judgeAll(startEvaluation({ ...request, object }, context), set, true));
  return provenFixes(evaluation, fixable, tally(outcome), judge);
}

/** How often each violation and each rule without an answer occurs. */
function tally({ violations, failures, notJudged }: Outcome): Map<string, number> {
  return countOf([
    ...violations.map(({ fingerprint }) => fingerprint),
    ...failures.map(({ policy, rule }) => `failed ${policy}/${rule}`),
    ...notJudged.map(({ policy, rule }) => `unknown ${policy}/${rule}`),
  ]);
}

interface Circumstances {
  readonly tolerated: boolean;
  readonly excepted: Excepted | undefined;
  readonly lacksReason: boolean;
  readonly fix: Patch | undefined;
}

const NO_REASON = ' (The exemption does not count without a reason in the annotation tidegate.dev/exempt-reason.)';

function findingOf(violation: Violation, { tolerated, excepted, lacksReason, fix }: Circumstances): Finding {
  const { policy, validation, action, message, path, container, fingerprint } = violation;
  const { spec } = policy.policy;
  return {
    policy: policy.id,
    ...(policy.native && { binding: policy.native.name }),
    rule: validation.name,
    severity: spec.severity,
    action,
    tolerated,
    ...(excepted !== undefined && { excepted }),
    message: lacksReason ? message + NO_REASON : message,
    why: spec.rationale,
    remediation: spec.remediation,
    path,
    fingerprint,
    ...(validation.reason !== undefined && { reason: validation.reason }),
    ...(container !== undefined && { container }),
    ...(fix !== undefined && { fix }),
  };
}
