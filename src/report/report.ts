/** What an audit found: one model, sorted once, for every format. Plain data that JSON can hold as it is. */
import { countOf } from '../engine/count.ts';
import type { Change, EvaluationFailure, Finding, NotJudged, Patch } from '../engine/decision.ts';
import type { Policy } from '../policy/policy.ts';
import type { Position, Problem } from '../policy/problem.ts';

export interface Report {
  /** The cluster that the objects live in; left out where they come from files. */
  readonly cluster?: string;
  /** The policies that were asked, by id. */
  readonly policies: readonly PolicyOutcome[];
  /** The objects with anything to say about them: in order of file and line, those of a cluster by namespace, kind and name. */
  readonly objects: readonly ObjectOutcome[];
  /** The PolicyExceptions, in order of file and line. */
  readonly exceptions: readonly ExceptionOutcome[];
  /** What kept the audit from judging something, in order of file and line: bad input, broken policies. */
  readonly problems: readonly Problem[];
  /** Documents that are no Kubernetes objects, in order of file and line. */
  readonly skipped: readonly Skipped[];
  /** Left out where no baseline was given. */
  readonly baseline?: BaselineOutcome;
  readonly counts: Counts;
}

/** What has become of the findings that a baseline knows. */
export interface BaselineOutcome {
  /** How many it has. */
  readonly findings: number;
  /** How many of them were not found any more. */
  readonly gone: number;
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

/** Where in a file; nothing of it is there for an object of a cluster. */
export interface Place extends Partial<Position> {
  readonly file?: string;
}

/** A finding as reports have it. */
export interface ReportedFinding extends Finding, Partial<Position> {
  /** The object that it was found on, where that is not the one it is listed under: `Pod shop/web-5d9c7`. */
  readonly seenOn?: string;
  /** It was there when the baseline was taken: it is told, and fails nothing. */
  readonly known?: true;
  /** What the fix does to the text of the file; made for the formats that show it. */
  readonly edit?: TextEdit;
}

/** A change of the text of one file. */
export interface TextEdit {
  /** As a unified diff, without the lines that name the files. */
  readonly diff: string;
  /** In order, none touching another. */
  readonly replacements: readonly Replacement[];
}

/** Lines and columns count from 1, columns in UTF-16 units; `end` is the place after the last character that goes. */
export interface Replacement {
  readonly start: Position;
  readonly end: Position;
  readonly text: string;
}

export interface ObjectOutcome extends Place {
  /** The template of a chart that it was rendered from, where helm has noted it: `shop/templates/web.yaml`. */
  readonly template?: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent for an object without one; `default` where the file leaves it to the client. */
  readonly namespace?: string;
  /** `name-*` for a generated name, empty for none at all. */
  readonly name: string;
  /** Deny first, then Warn, then Audit, what is excepted last; among equals in order of place and policy. */
  readonly findings: readonly ReportedFinding[];
  /** What mutating policies would change at admission, in order of place and policy. */
  readonly changes: readonly LocatedChange[];
  /** All changes as one patch, against the object as it was written. */
  readonly patch: Patch;
  readonly failures: readonly EvaluationFailure[];
  readonly notJudged: readonly NotJudged[];
}

export interface ExceptionOutcome extends Place {
  /** `namespace/name`. */
  readonly name: string;
  readonly state: 'used' | 'unused' | 'expired';
  /** How many findings it has excused. */
  readonly findings: number;
  readonly reason: string;
  readonly owner: string;
  readonly expiresAt: string;
}

export interface LocatedChange extends Change, Partial<Position> {
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
  /** Findings by what their policy asks for, but for those that are excepted or known. */
  readonly deny: number;
  readonly warn: number;
  readonly audit: number;
  /** Findings excused by an annotation or a PolicyException. */
  readonly excepted: number;
  /** Findings that the baseline knows. */
  readonly known: number;
  readonly changes: number;
  readonly failures: number;
  readonly notJudged: number;
  readonly problems: number;
  readonly skipped: number;
}

const SEVEREST_FIRST = ['Deny', 'Warn', 'Audit'];

/** What a report is made of, in any order. */
export interface ReportParts {
  readonly cluster?: string;
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
  const objects = inOrder(parts.objects);
  const changes = objects.flatMap((object) => object.changes);
  const found = countByPolicy(objects.flatMap((object) => object.findings));
  const changed = countByPolicy(changes);
  return {
    ...(parts.cluster !== undefined && { cluster: parts.cluster }),
    policies: parts.policies.map((policy) => outcomeOf(policy, found, changed)).toSorted((a, b) => compare(a.id, b.id)),
    objects,
    problems: parts.problems.toSorted(byPlace),
    skipped: parts.skipped.toSorted(byPlace),
    exceptions: parts.exceptions.toSorted(byPlace),
    counts: {
      files: parts.files,
      objects: parts.judged,
      policies: parts.policies.length,
      ...countFindings(objects),
      changes: changes.length,
      failures: objects.reduce((sum, object) => sum + object.failures.length, 0),
      notJudged: objects.reduce((sum, object) => sum + object.notJudged.length, 0),
      problems: parts.problems.length,
      skipped: parts.skipped.length,
    },
  };
}

/** The findings of these objects by what becomes of them. */
export function countFindings(
  objects: readonly ObjectOutcome[],
): Pick<Counts, 'deny' | 'warn' | 'audit' | 'excepted' | 'known'> {
  const counts = { deny: 0, warn: 0, audit: 0, excepted: 0, known: 0 };
  for (const finding of objects.flatMap((object) => object.findings)) {
    if (finding.excepted !== undefined) counts.excepted++;
    else if (finding.known) counts.known++;
    else counts[COUNTED_AS[finding.action]]++;
  }
  return counts;
}

const COUNTED_AS = { Deny: 'deny', Warn: 'warn', Audit: 'audit' } as const;

/** Whether a finding is one of those that are to be mended: neither excused nor known before. */
export function isOpen({ excepted, known }: ReportedFinding): boolean {
  return excepted === undefined && !known;
}

/** Those with anything to say, in the order of a report. */
export function inOrder(objects: readonly ObjectOutcome[]): readonly ObjectOutcome[] {
  return objects.filter(hasAnything).map(sortOutcome).toSorted(byPlace);
}

/** Whether there is anything to say of the object. */
export function hasAnything({ findings, changes, failures, notJudged }: ObjectOutcome): boolean {
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

type CountByPolicy = ReadonlyMap<string, number>;

/** How many of these each policy has. */
export function countByPolicy(entries: readonly { readonly policy: string }[]): CountByPolicy {
  return countOf(entries.map(({ policy }) => policy));
}

function outcomeOf({ metadata, spec }: Policy, findings: CountByPolicy, changes: CountByPolicy): PolicyOutcome {
  const { title, category, severity, remediation } = spec;
  const id = metadata.name;
  return {
    id,
    title,
    category,
    severity,
    remediation,
    findings: findings.get(id) ?? 0,
    changes: changes.get(id) ?? 0,
  };
}

interface Placed extends Place {
  readonly namespace?: string;
  readonly kind?: string;
  readonly name?: string;
}

/** By file and line; what has none by namespace, kind and name. */
function byPlace(a: Placed, b: Placed): number {
  return compare(a.file ?? '', b.file ?? '') || byPosition(a, b) || byName(a, b);
}

function byName(a: Placed, b: Placed): number {
  const compared = (['namespace', 'kind', 'name'] as const).map((field) => compare(a[field] ?? '', b[field] ?? ''));
  return compared.find((order) => order !== 0) ?? 0;
}

function byPosition(a: Partial<Position>, b: Partial<Position>): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
