/** The findings that were there on a day: told from then on, and failing nothing. Only what is new fails. */
import { countOf, takeOne } from '../engine/count.ts';
import { countFindings, type Report, type ReportedFinding } from './report.ts';

/** How often each finding was there, by fingerprint. */
export type Baseline = ReadonlyMap<string, number>;

/**
 * The report with the findings of the baseline marked as known, in the order of the report as many of each as there were: one
 * more with the same fingerprint is new. What is excepted needs no baseline.
 */
export function withBaseline(report: Report, baseline: Baseline): Report {
  const left = new Map(baseline);
  const objects = report.objects.map((object) => ({
    ...object,
    findings: object.findings.map((finding) => (take(left, finding) ? { ...finding, known: true as const } : finding)),
  }));
  const outcome = { findings: sum(baseline.values()), gone: sum(left.values()) };
  return { ...report, objects, baseline: outcome, counts: { ...report.counts, ...countFindings(objects) } };
}

function take(left: Map<string, number>, { fingerprint, excepted }: ReportedFinding): boolean {
  return excepted === undefined && takeOne(left, fingerprint);
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

const API_VERSION = 'tidegate.dev/v1alpha1';

/** A baseline with all findings of the report but those that are excepted: a line for each, sorted, so that changes of it can be read. */
export function renderBaseline({ objects }: Report): string {
  const findings = tally(objects.flatMap((object) => object.findings));
  const sorted = [...findings].sort(([a], [b]) => (a < b ? -1 : 1));
  const document = { apiVersion: API_VERSION, kind: 'Baseline', findings: Object.fromEntries(sorted) };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function tally(findings: readonly Noted[]): Baseline {
  return countOf(findings.filter(({ excepted }) => excepted === undefined).map(({ fingerprint }) => fingerprint));
}

/** What a baseline needs of a finding, be it one of ours or one of an earlier report. */
interface Noted {
  readonly fingerprint: string;
  readonly excepted?: unknown;
}

export type ReadBaseline =
  | { readonly ok: true; readonly baseline: Baseline }
  | { readonly ok: false; readonly message: string };

/** Reads what `renderBaseline` wrote, or an earlier report of `--output json`. */
export function parseBaseline(text: string): ReadBaseline {
  const document = parseJson(text);
  if (isRecord(document) && document['apiVersion'] === API_VERSION) {
    const baseline = document['kind'] === 'Baseline' ? ofBaseline(document) : ofReport(document);
    if (baseline !== undefined) return { ok: true, baseline };
  }
  return { ok: false, message: 'is neither a baseline (--write-baseline makes one) nor a report of --output json' };
}

function ofBaseline({ findings }: Readonly<Record<string, unknown>>): Baseline | undefined {
  if (!isRecord(findings)) return undefined;
  const counts = Object.entries(findings);
  const isCount = (count: unknown): count is number => Number.isSafeInteger(count) && Number(count) > 0;
  return counts.every((entry): entry is [string, number] => isCount(entry[1])) ? new Map(counts) : undefined;
}

function ofReport({ kind, objects }: Readonly<Record<string, unknown>>): Baseline | undefined {
  if (kind !== 'AuditReport' || !Array.isArray(objects)) return undefined;
  const findings = objects.flatMap((object: unknown) => (isRecord(object) ? object['findings'] : undefined));
  return findings.every(isNoted) ? tally(findings) : undefined;
}

function isNoted(value: unknown): value is Noted {
  return isRecord(value) && typeof value['fingerprint'] === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
