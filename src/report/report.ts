/** What an audit found: one model, sorted once, for every format. Plain data that JSON can hold as it is. */
import type { Change, EvaluationFailure, Finding, NotJudged, Patch } from '../engine/decision.ts';
import type { Policy } from '../policy/policy.ts';
import type { Position, Problem } from '../policy/problem.ts';

export interface Report {
  /** The policies that were asked, by id. */
  readonly policies: readonly PolicyOutcome[];
  /** The objects with anything to say about them, in order of file and line. */
  readonly objects: readonly ObjectOutcome[];
  /** The PolicyExceptions, in order of file and line. */
  readonly exceptions: readonly ExceptionOutcome[];
  /** What kept the audit from judging something, in order of file and line: bad input, broken policies. */
  readonly problems: readonly Problem[];
  /** Documents that are no Kubernetes objects, in order of file and line. */
  readonly skipped: readonly Skipped[];
  readonly counts: Counts;
}

export interface PolicyOutcome {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  readonly severity: Policy['spec']['severity'];
  readonly remediation: string;
  readonly findings: number;
  readonly changes: number;
}

export interface ObjectOutcome {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for an object without one; `default` where the file leaves it to the client. */
  readonly namespace?: string;
  /** `name-*` for a generated name, empty for none at all. */
  readonly name: string;
  /** Deny first, then Warn, then Audit, what is excepted last; among equals in order of place and policy. */
  readonly findings: readonly (Finding & Position)[];
  /** What mutating policies would change at admission, in order of place and policy. */
  readonly changes: readonly LocatedChange[];
  /** All changes as one patch, against the object as it was written. */
  readonly patch: Patch;
  readonly failures: readonly EvaluationFailure[];
  readonly notJudged: readonly NotJudged[];
}

export interface ExceptionOutcome extends Position {
  /** `namespace/name`. */
  readonly name: string;
  readonly file: string;
  readonly state: 'used' | 'unused' | 'expired';
  /** How many findings it has excused. */
  readonly findings: number;
  readonly reason: string;
  readonly owner: string;
  readonly expiresAt: string;
}

export interface LocatedChange extends Change, Position {
  /** The container whose field it is. */
  readonly container?: string;
}

export interface Skipped {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface Counts {
  readonly files: number;
  /** Objects judged, those without findings included. */
  readonly objects: number;
  readonly policies: number;
  /** Findings by what their policy asks for, but for those that are excepted. */
  readonly deny: number;
  readonly warn: number;
  readonly audit: number;
  /** Findings excused by an annotation or a PolicyException. */
  readonly excepted: number;
  readonly changes: number;
  readonly failures: number;
  readonly notJudged: number;
  readonly problems: number;
  readonly skipped: number;
}

const SEVEREST_FIRST = ['Deny', 'Warn', 'Audit'];

/** What a report is made of, in any order. */
export interface ReportParts {
  readonly policies: readonly Policy[];
  readonly objects: readonly ObjectOutcome[];
  readonly problems: readonly Problem[];
  readonly skipped: readonly Skipped[];
  readonly exceptions: readonly ExceptionOutcome[];
  /** Files read and objects judged. */
  readonly files: number;
  readonly judged: number;
}

/** A report of these parts, in the order and with the counts that `Report` promises. */
export function makeReport(parts: ReportParts): Report {
  const objects = parts.objects.filter(hasAnything).map(sortOutcome).toSorted(byPlace);
  const findings = objects.flatMap((object) => object.findings);
  const counting = findings.filter(({ excepted }) => excepted === undefined);
  const changes = objects.flatMap((object) => object.changes);
  const acting = (action: Finding['action']): number => counting.filter((finding) => finding.action === action).length;
  return {
    policies: parts.policies
      .map((policy) => outcomeOf(policy, findings, changes))
      .toSorted((a, b) => compare(a.id, b.id)),
    objects,
    problems: parts.problems.toSorted(byPlace),
    skipped: parts.skipped.toSorted(byPlace),
    exceptions: parts.exceptions.toSorted(byPlace),
    counts: {
      files: parts.files,
      objects: parts.judged,
      policies: parts.policies.length,
      deny: acting('Deny'),
      warn: acting('Warn'),
      audit: acting('Audit'),
      excepted: findings.length - counting.length,
      changes: changes.length,
      failures: objects.reduce((sum, object) => sum + object.failures.length, 0),
      notJudged: objects.reduce((sum, object) => sum + object.notJudged.length, 0),
      problems: parts.problems.length,
      skipped: parts.skipped.length,
    },
  };
}

function hasAnything({ findings, changes, failures, notJudged }: ObjectOutcome): boolean {
  return findings.length + changes.length + failures.length + notJudged.length > 0;
}

function sortOutcome(object: ObjectOutcome): ObjectOutcome {
  return {
    ...object,
    findings: object.findings.toSorted(
      (a, b) =>
        Number(a.excepted !== undefined) - Number(b.excepted !== undefined) ||
        SEVEREST_FIRST.indexOf(a.action) - SEVEREST_FIRST.indexOf(b.action) ||
        byPosition(a, b) ||
        compare(a.policy, b.policy),
    ),
    changes: object.changes.toSorted((a, b) => byPosition(a, b) || compare(a.policy, b.policy)),
    failures: object.failures.toSorted((a, b) => compare(a.policy, b.policy)),
    notJudged: object.notJudged.toSorted((a, b) => compare(a.policy, b.policy)),
  };
}

function outcomeOf(
  { metadata, spec }: Policy,
  findings: readonly Finding[],
  changes: readonly Change[],
): PolicyOutcome {
  const { title, category, severity, remediation } = spec;
  const mine = (entry: { readonly policy: string }): boolean => entry.policy === metadata.name;
  const counts = { findings: findings.filter(mine).length, changes: changes.filter(mine).length };
  return { id: metadata.name, title, category, severity, remediation, ...counts };
}

interface Placed extends Partial<Position> {
  readonly file: string;
}

function byPlace(a: Placed, b: Placed): number {
  return compare(a.file, b.file) || byPosition(a, b);
}

function byPosition(a: Partial<Position>, b: Partial<Position>): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
