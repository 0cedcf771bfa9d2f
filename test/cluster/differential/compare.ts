/** Whether the API server and our engine say the same of a case. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonMap, Value } from '../../../src/cel/value.ts';
import type { KubernetesObject } from '../../../src/engine/decision.ts';
import type { NativeVerdict } from '../../../src/engine/native/verdict.ts';
import type { Answer } from './api-server.ts';
import type { Annotations } from './audit-log.ts';
import type { Judged } from './ours.ts';

/** What the API server answered to a request with its policies in force. */
export interface Theirs {
  readonly answer: Answer;
  /** Warnings that come without any policy too. */
  readonly usual: readonly string[];
}

export interface Difference {
  readonly what: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** Verdict, code, reason, message and warnings; undefined where all agree. */
export function compareVerdicts({ answer, usual }: Theirs, { verdict, alternatives }: Judged): Difference | undefined {
  const theirs = statusOf(answer);
  const refusals = alternatives.filter((one) => one.allowed === verdict.allowed);
  const possible = [verdict, ...refusals].map(statusOfVerdict);
  if (!possible.some((one) => isDeepStrictEqual(one, theirs))) {
    return { what: 'verdict', theirs, ours: possible };
  }
  const warnings = { theirs: withoutUsual(answer.warnings, usual), ours: visible(verdict.warnings) };
  return isDeepStrictEqual(warnings.theirs, warnings.ours) ? undefined : { what: 'warnings', ...warnings };
}

/** What the audit event of the request says. */
export function compareAnnotations(theirs: Annotations, judged: Judged): Difference | undefined {
  const { verdict, alternatives, ordered } = judged;
  const possible = [verdict, ...alternatives].map(({ auditAnnotations }) => auditAnnotations[FAILURE]);
  const own = { theirs: ownOf(theirs, ordered), ours: ownOf(verdict.auditAnnotations, ordered) };
  if (!isDeepStrictEqual(own.theirs, own.ours)) return { what: 'annotations', ...own };
  const failure = theirs[FAILURE];
  return possible.includes(failure) ? undefined : { what: 'failure annotation', theirs: failure, ours: possible };
}

const FAILURE = 'validation.policy.admission.k8s.io/validation_failure';

function ownOf({ [FAILURE]: _, ...own }: Annotations, ordered: boolean): Annotations {
  if (ordered) return own;
  const sorted = (value: string): string => value.split(', ').sort().join(', ');
  return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, sorted(value)]));
}

/** The objects but for what is new in every request. */
export function compareObjects(theirs: KubernetesObject, ours: KubernetesObject): Difference | undefined {
  const [left, right] = [steady(theirs), steady(ours)];
  return isDeepStrictEqual(left, right) ? undefined : { what: 'object', theirs: left, ours: right };
}

function statusOf({ code, body }: Answer): JsonMap {
  if (code < 300) return { allowed: true };
  return { allowed: false, code, reason: body['reason'] ?? null, message: body['message'] ?? null };
}

function statusOfVerdict({ allowed, code, reason, message }: NativeVerdict): JsonMap {
  return allowed ? { allowed } : { allowed, code, reason, message };
}

function withoutUsual(warnings: readonly string[], usual: readonly string[]): readonly string[] {
  return [...new Set(warnings.filter((text) => !usual.includes(text)))].sort();
}

// As the API server sends warnings: cut to 256 characters each when they have 4096 together, none with control characters.
const ALL_CHARACTERS = 4096;
const CUT_CHARACTERS = 256;

function visible(warnings: readonly string[]): readonly string[] {
  const distinct = [...new Set(warnings)].filter((text) => !/\p{Cc}/u.test(text));
  const length = distinct.reduce((sum, text) => sum + [...text].length, 0);
  const cut = (text: string): string => [...text].slice(0, CUT_CHARACTERS).join('');
  return (length > ALL_CHARACTERS ? distinct.map(cut) : distinct).sort();
}

/**
 * Without what says when the request was made, and without empty labels and annotations: those that a policy leaves
 * are there until the object is read again.
 */
function steady(object: KubernetesObject): Value {
  const { metadata, ...rest } = JSON.parse(JSON.stringify(object));
  const { managedFields, ...others } = metadata ?? {};
  const kept = Object.entries(others).filter(([, value]) => JSON.stringify(value) !== '{}');
  return { ...rest, metadata: Object.fromEntries(kept) };
}
