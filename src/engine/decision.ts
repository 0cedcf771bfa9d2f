/** The nouns of a decision: what is judged, what was found, what would change. Plain data, shared by both doors. */
import type { AccessReviewer } from '../cel/library/authorization.ts';
import type { JsonMap, Value } from '../cel/value.ts';
import type { PolicyException } from '../policy/exception.ts';
import type { Action, Severity } from '../policy/policy.ts';
import type { NativeMutation, NativeValidation } from './native/outcome.ts';

/** A Kubernetes object, or any part of one, as `JSON.parse` gives it. Never changed in place. */
export type KubernetesObject = JsonMap;

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface GroupVersionResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
}

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** The request of an AdmissionReview v1, or one made from a file: the value of `request` in CEL, as it is. */
export interface Request {
  readonly uid: string;
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly subResource?: string;
  readonly requestKind?: GroupVersionKind;
  readonly requestResource?: GroupVersionResource;
  readonly requestSubResource?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly operation: Operation;
  readonly userInfo: JsonMap;
  readonly object: KubernetesObject | null;
  readonly oldObject: KubernetesObject | null;
  readonly dryRun?: boolean;
  readonly options?: JsonMap | null;
}

/**
 * Other objects of the cluster. `undefined` says that the answer is not known (no cache, no permission, not in the given
 * files); an empty list and `null` are answers.
 */
export interface Lookup {
  get(apiVersion: string, resource: string, namespace: string, name: string): KubernetesObject | null | undefined;
  list(apiVersion: string, resource: string, namespace: string): readonly KubernetesObject[] | undefined;
}

/** One step of a JSON path: a field name or an index. */
export type Path = readonly (string | number)[];

/** RFC 6902, the operations that Kubernetes accepts. `path` and `from` are JSON pointers. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: Value }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string };

export type Patch = readonly PatchOperation[];

/** One broken rule at one place of one object. */
export interface Finding {
  readonly policy: string;
  /** Of a native policy: the binding that puts it in force. */
  readonly binding?: string;
  /** Name of the validation, unique in its policy. */
  readonly rule: string;
  readonly severity: Severity;
  /** What the policy asks for in this namespace; `tolerated` says that it was there before this request. */
  readonly action: Exclude<Action, 'Off' | 'Mutate'>;
  readonly tolerated: boolean;
  /** The object is exempted from this rule: it refuses nothing and warns nobody, and is recorded. */
  readonly excepted?: Excepted;
  /** What is wrong, one line, never a secret. */
  readonly message: string;
  /** Why it matters, one sentence: the policy's `rationale`. */
  readonly why: string;
  /** What to do, one line. */
  readonly remediation: string;
  /** The validation's `reason`, a Kubernetes status reason: `Forbidden` where it is left out. */
  readonly reason?: string;
  /** Where, in the object as the user wrote it; the last steps may be missing there. Empty for the object itself. */
  readonly path: Path;
  readonly container?: string;
  /** The same for the same mistake across reformatting, reordering and renaming of indices. */
  readonly fingerprint: string;
  /**
   * From the request's object. The engine has applied it, together with the other fixes of the decision where there are
   * several, and judged the outcome: the findings it mends are gone and no other has come.
   */
  readonly fix?: Patch;
}

/** What excuses a finding. */
export interface Excepted {
  readonly reason: string;
  /** `namespace/name` of the PolicyException; left out where the object's own annotations say it. */
  readonly exception?: string;
}

/** A rule that failed to evaluate. `failurePolicy` decides, at the edge, what it does to the request. */
export interface EvaluationFailure {
  readonly policy: string;
  readonly rule: string;
  /** What the policy asks for in this namespace: only a Deny or Mutate policy that fails can refuse anything. */
  readonly action: Exclude<Action, 'Off'>;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly message: string;
}

/** A rule whose answer depends on what could not be looked up: neither passed nor failed. */
export interface NotJudged {
  readonly policy: string;
  readonly rule: string;
  readonly message: string;
}

/** What a mutating policy changed (or would change, for one in Audit). */
export interface Change {
  readonly policy: string;
  readonly action: 'Mutate' | 'Audit';
  readonly path: Path;
}

/** What was found. Whether it refuses anything is decided in admission/admit.ts or by the audit's --fail-on. */
export interface Decision {
  readonly findings: readonly Finding[];
  readonly failures: readonly EvaluationFailure[];
  readonly notJudged: readonly NotJudged[];
  /** Left out where no native policy had a say; native/verdict.ts makes the API server's answer of it. */
  readonly native?: NativeValidation;
}

/** The outcome of all mutating policies at their fixed point. */
export interface Mutation {
  /** The same reference as the request's object where nothing changed. */
  readonly object: KubernetesObject | null;
  /** Minimal, from the request's object to `object`; empty where nothing changed. */
  readonly patch: Patch;
  readonly changes: readonly Change[];
  readonly failures: readonly EvaluationFailure[];
  readonly notJudged: readonly NotJudged[];
  /** What native policies did, before all others; left out where none had a say. */
  readonly native?: NativeMutation;
}

/** What decide() may know beside the request. */
export interface Context {
  /** The Namespace object of the request; `undefined` where it is not known, `null` for cluster-scoped requests. */
  readonly namespace: KubernetesObject | null | undefined;
  readonly lookup: Lookup;
  /**
   * The object as its user wrote it, where it comes from a file; that of the request has its defaults filled in. Never there
   * in the webhook.
   */
  readonly written?: KubernetesObject;
  /** PolicyExceptions, be they expired or not. */
  readonly exceptions?: readonly PolicyException[];
  /** The time of the judgement in milliseconds of the epoch: `now` in CEL, and what exceptions expire by. */
  readonly now: number;
  /** The cluster's version as `1.36`; left out where there is no cluster or it is not known. */
  readonly kubernetesVersion?: string;
  /**
   * The answers to what policies ask of `authorizer`, as far as they are known: a rule that needs another one is not
   * judged. Left out where nobody can be asked.
   */
  readonly authorization?: AccessReviewer;
  /** How many judgements may be spent on proving fixes, none for no fixes; a few where it is left out, so that no request waits for them. */
  readonly proofs?: number;
}
