/** Findings as objects of a cluster: the reports that dashboards read, one for each namespace. Failures only. */
import { oneLine } from '../policy/one-line.ts';
import { formatPath } from '../policy/path.ts';
import type { Severity } from '../policy/policy.ts';
import { isOpen, type ObjectOutcome, type PolicyOutcome, type ReportedFinding } from './report.ts';

/** The two APIs that such reports are written in: the present one, and the one before it. */
export type ReportGroup = 'openreports.io' | 'wgpolicyk8s.io';

/** A Report or ClusterReport of openreports.io, a PolicyReport or ClusterPolicyReport of wgpolicyk8s.io. */
export interface PolicyReport {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  /** wgpolicyk8s.io has it in each result only. */
  readonly source?: string;
  readonly summary: ReportSummary;
  readonly results: readonly ReportResult[];
}

/** Of all results, those that were left out included. */
export interface ReportSummary {
  readonly pass: number;
  readonly fail: number;
  readonly warn: number;
  readonly error: number;
  readonly skip: number;
}

export interface ReportResult {
  readonly source: string;
  readonly policy: string;
  readonly rule: string;
  readonly category?: string;
  readonly severity?: Severity;
  /** What refuses has failed; what warns or is recorded only is a warning; what could not be evaluated is an error. */
  readonly result: 'fail' | 'warn' | 'error';
  readonly scored: boolean;
  readonly resources: readonly ReportSubject[];
  readonly message: string;
  readonly properties?: Readonly<Record<string, string>>;
}

export interface ReportSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A policy that was asked: it knows the category. */
export type ReportedPolicy = Pick<PolicyOutcome, 'id' | 'category' | 'severity'>;

/** What a report is made of. */
export interface PolicyReportParts {
  readonly group: ReportGroup;
  /** Left out for the report of what lives in no namespace. */
  readonly namespace?: string;
  /** Those of this namespace, in the order of a Report. */
  readonly objects: readonly ObjectOutcome[];
  readonly policies: readonly ReportedPolicy[];
  /** How many results at most; the gravest are kept. */
  readonly limit: number;
}

/** The name of every report of ours: each namespace has one. */
export const REPORT_NAME = 'tidegate';

/** The label of every report of ours, and its value, which is the source that its results name. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const SOURCE = 'tidegate';

/** How many results were left out, where any were. */
export const LEFT_OUT = 'tidegate.dev/results-left-out';

export const API_VERSIONS: Readonly<Record<ReportGroup, string>> = {
  'openreports.io': 'openreports.io/v1alpha1',
  'wgpolicyk8s.io': 'wgpolicyk8s.io/v1alpha2',
};

/**
 * The report of one namespace, or undefined where nothing is to be said. It has no times in it: the same findings make the
 * same report, which then need not be written again.
 */
export function policyReport(parts: PolicyReportParts): PolicyReport | undefined {
  const { group, namespace, objects, policies, limit } = parts;
  const known = new Map(policies.map((policy) => [policy.id, policy]));
  const all = objects.flatMap((object) => entriesOf(object, known));
  if (all.length === 0) return undefined;
  const byResult = Map.groupBy(all, ({ result }) => result);
  const entries = (result: ReportResult['result']): readonly Entry[] => byResult.get(result) ?? [];
  const kept = GRAVEST_FIRST.flatMap(entries).slice(0, limit);
  const leftOut = all.length - kept.length;
  return {
    apiVersion: API_VERSIONS[group],
    kind: kindOf(group, namespace),
    metadata: {
      name: REPORT_NAME,
      ...(namespace !== undefined && { namespace }),
      labels: { [MANAGED_BY]: SOURCE },
      ...(leftOut > 0 && { annotations: { [LEFT_OUT]: String(leftOut) } }),
    },
    ...(group === 'openreports.io' && { source: SOURCE }),
    summary: {
      pass: 0,
      fail: entries('fail').length,
      warn: entries('warn').length,
      error: entries('error').length,
      skip: 0,
    },
    results: kept.map((entry) => entry.write()),
  };
}

const GRAVEST_FIRST: readonly ReportResult['result'][] = ['fail', 'error', 'warn'];

function kindOf(group: ReportGroup, namespace: string | undefined): string {
  const kind = group === 'openreports.io' ? 'Report' : 'PolicyReport';
  return namespace === undefined ? `Cluster${kind}` : kind;
}

interface Entry {
  readonly result: ReportResult['result'];
  /** Its texts are made for what is kept: in the cluster others wait for the thread, and a namespace may have 50,000 entries. */
  write(): ReportResult;
}

function entriesOf(object: ObjectOutcome, policies: ReadonlyMap<string, ReportedPolicy>): readonly Entry[] {
  return [
    ...object.findings.filter(isOpen).map((finding): Entry => {
      const result = finding.action === 'Deny' ? 'fail' : 'warn';
      const write = (): ReportResult => ({
        ...commonOf(object, finding, policies),
        severity: finding.severity,
        result,
        scored: result === 'fail',
        message: shortened(finding.message),
        properties: propertiesOf(finding),
      });
      return { result, write };
    }),
    ...object.failures.map((failure): Entry => {
      const write = (): ReportResult => ({
        ...commonOf(object, failure, policies),
        result: 'error',
        scored: false,
        message: shortened(`could not be evaluated: ${failure.message}`),
      });
      return { result: 'error', write };
    }),
  ];
}

type Common = Pick<ReportResult, 'source' | 'resources' | keyof Judged | keyof Details>;

function commonOf(
  { apiVersion, kind, namespace, name }: ObjectOutcome,
  { policy, rule }: Judged,
  policies: ReadonlyMap<string, ReportedPolicy>,
): Common {
  return {
    source: SOURCE,
    policy,
    rule,
    ...detailsOf(policies.get(policy)),
    resources: [{ apiVersion, kind, ...(namespace !== undefined && { namespace }), name: shortened(name) }],
  };
}

type Judged = Pick<ReportResult, 'policy' | 'rule'>;
type Details = Pick<ReportResult, 'category' | 'severity'>;

function detailsOf(policy: ReportedPolicy | undefined): Details {
  return policy === undefined ? {} : { category: policy.category, severity: policy.severity };
}

function propertiesOf(finding: ReportedFinding): Readonly<Record<string, string>> {
  const { action, path, container, remediation, fingerprint, seenOn } = finding;
  return {
    action,
    ...(path.length > 0 && { path: shortened(formatPath(path)) }),
    ...(container !== undefined && { container: shortened(container) }),
    ...(seenOn !== undefined && { seenOn }),
    remediation: shortened(remediation),
    fingerprint: shortened(fingerprint),
  };
}

// An object of the API server may have 1.5 MiB in all; a thousand results of this length still fit.
const LONGEST_TEXT = 400;

/** One line, which no terminal obeys: texts of objects are anybody's. */
function shortened(text: string): string {
  const line = oneLine(text);
  return line.length <= LONGEST_TEXT ? line : `${line.slice(0, LONGEST_TEXT - 1)}…`;
}
