/** The ratchet: what was wrong before a request is tolerated, only what is new is refused. */
import type { CompiledPolicy } from './compiled.ts';
import { countOf, takeOne } from './count.ts';
import type { Context, Request } from './decision.ts';
import { startEvaluation } from './evaluation.ts';
import { inheritedAmong } from './inherited.ts';
import { type Outcome, type Violation, validate } from './validate.ts';

/**
 * The violations that the old object of an UPDATE has too, or the owner of what a controller makes or changes, for policies
 * that tolerate what exists. As many are tolerated as there were: a second one with the fingerprint of an old one is new. The
 * old object is judged as if it came with this request, and as its own old object.
 */
export function toleratedAmong(
  violations: readonly Violation[],
  request: Request,
  context: Context,
): ReadonlySet<Violation> {
  const tolerant = violations.filter(({ policy }) => policy.enforcement.existing === 'Tolerate');
  if (tolerant.length === 0) return new Set();
  const old = oldAmong(tolerant, request, context);
  const others = tolerant.filter((violation) => !old.has(violation));
  return others.length === 0 ? old : new Set([...old, ...inheritedAmong(others, request, context)]);
}

function oldAmong(tolerant: readonly Violation[], request: Request, context: Context): ReadonlySet<Violation> {
  if (request.operation !== 'UPDATE' || request.oldObject === null) return new Set();
  const debt = debtOf(new Map(tolerant.map(({ policy, action }) => [policy, action])), request, context);
  return new Set(tolerant.filter(({ fingerprint }) => takeOne(debt, fingerprint)));
}

/** How often the old object has each violation of these policies, by fingerprint. */
function debtOf(
  policies: ReadonlyMap<CompiledPolicy, Violation['action']>,
  request: Request,
  context: Context,
): Map<string, number> {
  const before: Request = { ...request, object: request.oldObject };
  const evaluation = startEvaluation(before, context);
  const outcome: Outcome = { wordless: true, violations: [], failures: [], notJudged: [] };
  for (const [policy, action] of policies) {
    const subject = evaluation.subjects.of(policy);
    if (subject !== undefined) validate(evaluation, policy, subject, action, outcome);
  }
  return countOf(outcome.violations.map(({ fingerprint }) => fingerprint));
}
