/** What ValidatingAdmissionPolicies and MutatingAdmissionPolicies said of a request, in the API server's own terms. */
import type { KubernetesObject } from '../decision.ts';

export type ValidationAction = 'Deny' | 'Warn' | 'Audit';

/** One "deny" of a ValidatingAdmissionPolicy: a validation that does not hold, or an error under failurePolicy Fail. */
export interface NativeDenial {
  readonly policy: string;
  /** Left out where the policy itself could not be configured. */
  readonly binding?: string;
  /** What comes of it: the binding's validationActions, or Deny alone for errors that no action softens. */
  readonly actions: readonly ValidationAction[];
  /** As the API server words it, without the sentence that it puts before it. */
  readonly message: string;
  /** The validation's reason; left out for errors, which count as `Invalid`. */
  readonly reason?: string;
  /** Place in `spec.validations`; 0 for an error that ended the whole evaluation. */
  readonly expressionIndex: number;
}

/** All that the validating plugin says, in its order: policies and bindings by name, then params, then validations. */
export interface NativeValidation {
  readonly denials: readonly NativeDenial[];
  /** The policies' auditAnnotations by `<policy>/<key>`. */
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

/** An error that the mutating plugin answers with. */
export interface NativeRefusal {
  readonly code: number;
  /** A Kubernetes status reason. */
  readonly reason: string;
  /** The whole message of the status. */
  readonly message: string;
}

/** What the mutating plugin makes of the object, before any other mutation; or why it refuses the request. */
export interface NativeMutation {
  /** The same reference as the request's object where nothing changed. */
  readonly object: KubernetesObject | null;
  readonly refusal?: NativeRefusal;
}
