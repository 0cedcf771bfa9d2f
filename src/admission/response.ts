/** The vocabulary of answers: nobody builds an AdmissionReview response by hand. */
import type { Patch } from '../engine/decision.ts';

/** The part of a `metav1.Status` that an API server passes on to its client. */
export interface Status {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** What may accompany any answer; empty parts are left out of the JSON. */
export interface Notes {
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
}

export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: Status;
  readonly patchType?: 'JSONPatch';
  /** Base64 of the RFC 6902 document. */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

export interface ReviewResponse {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: AdmissionResponse;
}

/** Nothing to say. */
export const NO_NOTES: Notes = { warnings: [], auditAnnotations: {} };

/** Lets the request through as it is. */
export function allowed(uid: string, notes: Notes = NO_NOTES): AdmissionResponse {
  return { uid, allowed: true, ...present(notes) };
}

/** Lets the request through with `patch` applied; an empty patch is no patch. */
export function patched(uid: string, patch: Patch, notes: Notes = NO_NOTES): AdmissionResponse {
  if (patch.length === 0) return allowed(uid, notes);
  const encoded = Buffer.from(JSON.stringify(patch)).toString('base64');
  return { uid, allowed: true, patchType: 'JSONPatch', patch: encoded, ...present(notes) };
}

/** Refuses the request; `status.message` is what the person at kubectl reads. */
export function denied(uid: string, status: Status, notes: Notes = NO_NOTES): AdmissionResponse {
  return { uid, allowed: false, status, ...present(notes) };
}

/** Refuses what is no proper AdmissionReview though it has a uid: a mistake of the caller, not of the object. */
export function malformed(uid: string, message: string): AdmissionResponse {
  return { uid, allowed: false, status: { code: 400, reason: 'BadRequest', message } };
}

/** The AdmissionReview that carries a response. */
export function reviewOf(response: AdmissionResponse): ReviewResponse {
  return { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response };
}

function present({ warnings, auditAnnotations }: Notes): Partial<Notes> {
  const hasAnnotations = Object.keys(auditAnnotations).length > 0;
  return { ...(warnings.length > 0 && { warnings }), ...(hasAnnotations && { auditAnnotations }) };
}
