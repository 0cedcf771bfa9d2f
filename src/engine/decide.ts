/** The validating policies on one request: what is wrong, what was wrong before, and what would mend it. */
import { applicable } from './applies.ts';
import type { PolicySet } from './compiled.ts';
import type { Context, Decision, Finding, KubernetesObject, Patch, Request } from './decision.ts';
import { type Evaluation, startEvaluation } from './evaluation.ts';
import { provenFixes } from './fix.ts';
import type { NativeValidation } from './native-outcome.ts';
import { startNative, validateNative } from './native-validate.ts';
import { countOf, toleratedAmong } from './ratchet.ts';
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
  const { violations, failures, notJudged } = outcome;
  const rest = { failures, notJudged, ...(outcome.native && { native: outcome.native }) };
  if (violations.length > 0) return { findings: findingsOf(set, evaluation, outcome), ...rest };
  return failures.length + notJudged.length === 0 && !outcome.native ? NOTHING : { findings: [], ...rest };
}

interface Judged extends Outcome {
  readonly native?: NativeValidation;
}

function judgeAll(evaluation: Evaluation, set: PolicySet, wordless = false): Judged {
  const outcome: Outcome = { wordless, violations: [], failures: [], notJudged: [] };
  const { request, context } = evaluation;
  const candidates = set.matching(request);
  for (const policy of candidates.validating) {
    const found = applicable(evaluation, policy, outcome);
    if (found === undefined || found.action === 'Mutate') continue;
    validate(evaluation, policy, found.subject, found.action, outcome);
  }
  const { validating } = candidates.native;
  if (validating.length === 0) return outcome;
  return { ...outcome, native: validateNative(startNative(request, context), validating, outcome) };
}

function findingsOf(set: PolicySet, evaluation: Evaluation, outcome: Outcome): readonly Finding[] {
  const tolerated = toleratedAmong(outcome.violations, evaluation.request, evaluation.context);
  const fixes = fixesOf(set, evaluation, outcome, tolerated);
  return outcome.violations.map((violation) => findingOf(violation, tolerated.has(violation), fixes.get(violation)));
}

function fixesOf(
  set: PolicySet,
  evaluation: Evaluation,
  outcome: Outcome,
  tolerated: ReadonlySet<Violation>,
): ReadonlyMap<Violation, Patch> {
  const fixable = outcome.violations.filter((one) => one.validation.fix !== undefined && !tolerated.has(one));
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

function findingOf(violation: Violation, tolerated: boolean, fix: Patch | undefined): Finding {
  const { policy, validation, action, message, path, container, fingerprint } = violation;
  const { spec } = policy.policy;
  return {
    policy: policy.id,
    ...(policy.native && { binding: policy.native.name }),
    rule: validation.name,
    severity: spec.severity,
    action,
    tolerated,
    message,
    why: spec.rationale,
    remediation: spec.remediation,
    path,
    fingerprint,
    ...(validation.reason !== undefined && { reason: validation.reason }),
    ...(container !== undefined && { container }),
    ...(fix !== undefined && { fix }),
  };
}
