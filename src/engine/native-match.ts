/** Whether a native policy has a say in a request: its constraints and its binding's, and what no such policy sees. */
import type { CompiledPolicy, NativeBinding } from './compiled.ts';
import type { Context, Request } from './decision.ts';
import { matches } from './match.ts';
import type { Outcome } from './validate.ts';

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
  { id, matcher, native }: CompiledPolicy,
  request: Request,
  { namespace }: Context,
  { notJudged }: Pick<Outcome, 'notJudged'>,
): boolean {
  const binding = (native as NativeBinding).matcher;
  const own = matches(matcher, request, namespace);
  const bound = own === 'no' || !binding ? own : matches(binding, request, namespace);
  if (own === 'no' || bound === 'no') return false;
  if (own === 'yes' && bound === 'yes') return true;
  const message = `the labels of namespace ${request.namespace ?? ''} are not known`;
  notJudged.push({ policy: id, rule: 'matchConstraints', message });
  return false;
}
