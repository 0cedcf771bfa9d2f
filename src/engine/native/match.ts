/** Whether a native policy has a say in a request: its constraints and its binding's, and what no such policy sees. */
import type { CompiledPolicy, Match, NativeBinding } from '../compiled.ts';
import type { Context, Request } from '../decision.ts';
import { matches } from '../match.ts';
import type { Outcome } from '../validate.ts';

/** Policies and webhooks are out of reach of policies, so that a bad one can be mended; so are reviews of access. */
const EXEMPT_KINDS = /^(Validating|Mutating)(WebhookConfiguration|AdmissionPolicy|AdmissionPolicyBinding)$/;
const EXEMPT_RESOURCES: ReadonlySet<string> = new Set([
  'authentication.k8s.io/selfsubjectreviews',
  'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authorization.k8s.io/subjectaccessreviews',
]);

/** True for requests that the API server shows to no native policy. */
export function isExempt({ kind, resource }: Request): boolean {
  if (kind.group === 'admissionregistration.k8s.io') return EXEMPT_KINDS.test(kind.kind);
  return EXEMPT_RESOURCES.has(`${resource.group}/${resource.resource}`);
}

/** True where both the policy and its binding match. A selector that cannot be answered is reported as not judged. */
export function nativeMatch(
  policy: CompiledPolicy,
  request: Request,
  context: Context,
  unanswered: Pick<Outcome, 'notJudged'>,
): boolean {
  return matchesPolicy(policy, request, context, unanswered) && matchesBinding(policy, request, context, unanswered);
}

/** Whether the policy's own constraints match. */
export function matchesPolicy(
  policy: CompiledPolicy,
  request: Request,
  context: Context,
  unanswered: Pick<Outcome, 'notJudged'>,
): boolean {
  return isYes(policy, matches(policy.matcher, request, context.namespace), request, unanswered);
}

/** Whether the binding's matchResources do. */
export function matchesBinding(
  policy: CompiledPolicy,
  request: Request,
  context: Context,
  unanswered: Pick<Outcome, 'notJudged'>,
): boolean {
  const { matcher } = policy.native as NativeBinding;
  return matcher === undefined || isYes(policy, matches(matcher, request, context.namespace), request, unanswered);
}

function isYes(
  { id }: CompiledPolicy,
  match: Match,
  request: Request,
  { notJudged }: Pick<Outcome, 'notJudged'>,
): boolean {
  const message = `the labels of namespace ${request.namespace ?? ''} are not known`;
  if (match === 'unknown') notJudged.push({ policy: id, rule: 'matchConstraints', message });
  return match === 'yes';
}
