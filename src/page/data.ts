/** What the page of a report is given, as JSON in its own text or by the dashboard: plain data, nothing twice. */

export interface PageData {
  /** Left out where no scan has come to its end. */
  readonly report?: PageReport;
  /** Only on the dashboard. */
  readonly live?: PageLive;
}

export interface PageReport {
  readonly cluster?: string;
  readonly counts: PageCounts;
  /** Long texts that many findings share; they name them by index. */
  readonly texts: readonly string[];
  readonly policies: readonly PagePolicy[];
  readonly objects: readonly PageObject[];
  readonly exceptions: readonly PageException[];
  readonly problems: readonly PageProblem[];
  readonly skipped: readonly PageProblem[];
}

export interface PageCounts {
  readonly files: number;
  readonly objects: number;
  readonly policies: number;
  readonly deny: number;
  readonly warn: number;
  readonly audit: number;
  readonly excepted: number;
  readonly known: number;
  readonly changes: number;
}

export interface PagePolicy {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  readonly severity: string;
  readonly remediation: string;
  readonly findings: number;
  readonly changes: number;
}

export interface PageObject {
  /** `Deployment`. */
  readonly kind: string;
  /** Left out for an object without one. */
  readonly namespace?: string;
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly findings: readonly PageFinding[];
  /** What the webhook would set. */
  readonly changes: readonly PageChange[];
  /** The same as a diff of paths. */
  readonly patch?: string;
  /** Rules without an answer. */
  readonly unjudged: readonly PageUnjudged[];
}

export type PageAction = 'Deny' | 'Warn' | 'Audit';

export interface PageFinding {
  readonly policy: string;
  readonly rule: string;
  readonly action: PageAction;
  readonly severity: string;
  /** Texts by index. */
  readonly message: number;
  readonly why: number;
  readonly remediation: number;
  /** As people write it; empty for the object itself. */
  readonly path: string;
  readonly container?: string;
  /** `12:7`, in the object's file. */
  readonly place?: string;
  readonly seenOn?: string;
  readonly excepted?: string;
  readonly known?: true;
  /** The fix, as a diff. */
  readonly fix?: string;
  readonly fingerprint: string;
}

export interface PageChange {
  readonly policy: string;
  readonly path: string;
  /** The policy is in Audit: nothing is set, it is only said. */
  readonly recorded?: true;
}

export interface PageUnjudged {
  readonly policy: string;
  readonly rule: string;
  readonly message: string;
  readonly failed: boolean;
}

export interface PageException {
  readonly name: string;
  readonly place: string;
  readonly state: 'used' | 'unused' | 'expired';
  readonly findings: number;
  readonly reason: string;
  readonly owner: string;
  readonly expiresAt: string;
}

export interface PageProblem {
  readonly place: string;
  readonly message: string;
  readonly hint?: string;
  readonly excerpt?: string;
}

export interface PageLive {
  /** Milliseconds of the epoch; left out before the first scan has come to its end. */
  readonly scannedAt?: number;
  /** Whether this replica is the elected one, which scans. */
  readonly elected: boolean;
  /** Every replica scans, a part of the namespaces each. */
  readonly sharded?: boolean;
  /** The Pod that is elected, as far as it is known. */
  readonly leader?: string;
  /** The command that leads to its dashboard. */
  readonly forward?: string;
  readonly denials: readonly PageDenial[];
}

export interface PageDenial {
  readonly time: number;
  readonly object: string;
  readonly namespace: string;
  readonly policies: readonly string[];
  readonly message: string;
  readonly count: number;
}
