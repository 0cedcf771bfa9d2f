/** The answer that the API server itself would give, from what the engine found by native policies. */
import type { Decision, Mutation, Request } from '../decision.ts';
import type { NativeDenial, ValidationAction } from './outcome.ts';

/** The answer of the API server's plugin, without what any other policy or webhook says. */
export interface NativeVerdict {
  readonly allowed: boolean;
  /** HTTP code and reason of the status; 200 and '' where allowed. */
  readonly code: number;
  readonly reason: string;
  /** `status.message`; '' where allowed. */
  readonly message: string;
  /** In order, one for each failed validation whose binding says Warn. */
  readonly warnings: readonly string[];
  /** As the audit event has them: of auditAnnotations, and `validation.policy.admission.k8s.io/validation_failure`. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

const ALLOWED = { allowed: true, code: 200, reason: '', message: '' } as const;

/**
 * What the ValidatingAdmissionPolicy plugin answers: the first denial in its order decides message, reason and code, every
 * one may warn. The decision must be decide()'s for this request. Of several validation failures that are
 * audited the first is kept, as the API server keeps it.
 */
export function nativeVerdict({ native }: Decision, request: Request): NativeVerdict {
  const denials = native?.denials ?? [];
  const first = denials.find(does('Deny'));
  const audited = denials.find(does('Audit'));
  return {
    ...(first === undefined ? ALLOWED : refusal(first, request)),
    warnings: denials.filter(does('Warn')).map(warningOf),
    auditAnnotations: {
      ...(audited && { 'validation.policy.admission.k8s.io/validation_failure': failureValue(audited) }),
      ...native?.auditAnnotations,
    },
  };
}

/** What the MutatingAdmissionPolicy plugin answers; the resulting object is `mutation.native.object`. */
export function nativeMutationVerdict({ native }: Mutation): NativeVerdict {
  const answer = native?.refusal === undefined ? ALLOWED : { allowed: false, ...native.refusal };
  return { ...answer, warnings: [], auditAnnotations: {} };
}

function does(action: ValidationAction): (denial: NativeDenial) => boolean {
  return ({ actions }) => actions.includes(action);
}

const CODES: Readonly<Record<string, number>> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413 };

function refusal(denial: NativeDenial, request: Request) {
  const { policy, binding, message, reason = 'Invalid' } = denial;
  const by = binding === undefined ? `'${policy}'` : `'${policy}' with binding '${binding}'`;
  const sentence = `ValidatingAdmissionPolicy ${by} denied request: ${message}`;
  return {
    allowed: false,
    code: CODES[reason] ?? 422,
    reason,
    message: `${nameInStatus(request)} is forbidden: ${sentence}`,
  };
}

/** `pods "web"`, as k8s.io/apiserver/pkg/admission/errors.go names the object of a refusal. */
function nameInStatus({ requestResource, resource, name, object }: Request): string {
  const { group, resource: plural } = requestResource ?? resource;
  const metadata = object?.['metadata'] as { readonly name?: string; readonly generateName?: string } | undefined;
  const fallback = object !== null && metadata === undefined ? 'Unknown/errorGettingName' : 'Unknown';
  const shown = name || metadata?.name || metadata?.generateName || fallback;
  return `${group === '' ? plural : `${plural}.${group}`} ${JSON.stringify(shown)}`;
}

function warningOf({ policy, binding, message }: NativeDenial): string {
  return `Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`;
}

function failureValue({ policy, binding, message, actions, expressionIndex }: NativeDenial): string {
  const value = JSON.stringify([{ message, policy, binding, expressionIndex, validationActions: actions }]);
  return value.replace(/[<>&\u2028\u2029]/g, escaped);
}

/** As Go's encoder writes what HTML or JavaScript would take for more than text. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
