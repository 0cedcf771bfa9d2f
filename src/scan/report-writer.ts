/** Keeps the PolicyReports of the cluster at what the scan says: one for each namespace with anything to say, ours alone. */
import { createHash } from 'node:crypto';
import { StatusError } from '../kube/client.ts';
import type { OwnerReference } from '../kube/owner.ts';
import { errorMessage } from '../policy/problem.ts';
import { type PolicyReport, policyReport, type ReportedPolicy, type ReportGroup } from '../report/policy-report.ts';
import { inOrder, type ObjectOutcome } from '../report/report.ts';
import type { Outcomes } from './collapse.ts';
import { findingsByPolicy } from './debt.ts';
import { pause } from './pause.ts';

/** A report of ours that is there. */
export interface StoredReport {
  /** Undefined for the one of what lives in no namespace. */
  readonly namespace?: string;
  /** Empty where somebody has taken it away. */
  readonly hash: string;
  /** Open findings by policy. */
  readonly findings: Readonly<Record<string, number>>;
}

/** The reports of one group, in the cluster. */
export interface ReportStore {
  /** Those of ours, and no others. */
  list(signal: AbortSignal): Promise<readonly StoredReport[]>;
  apply(report: object & Pick<PolicyReport, 'metadata'>, signal: AbortSignal): Promise<unknown>;
  remove(namespace: string | undefined, signal: AbortSignal): Promise<unknown>;
}

export interface ReportsWanted {
  readonly group: ReportGroup;
  readonly outcomes: Outcomes;
  readonly policies: readonly ReportedPolicy[];
  /** Results in one report. */
  readonly limit: number;
  /** Reports of other namespaces are somebody else's to write, and to delete. */
  readonly isOurs: (namespace: string) => boolean;
  /** With whose end they go. */
  readonly owner: OwnerReference | undefined;
}

export interface Written {
  readonly written: number;
  readonly removed: number;
  /** Open findings by policy that reports of others tell of. */
  readonly elsewhere: ReadonlyMap<string, number>;
  /** Why one could not be written; the others were. */
  readonly failure: string | undefined;
}

/** The hash of what was written, by which a report is left alone that says it already. */
export const HASH = 'tidegate.dev/hash';
/** Open findings by policy, in JSON: those of all replicas are summed up by one of them. */
export const FINDINGS = 'tidegate.dev/findings';

/** No more than 50 writes a second: etcd has others to serve, and nobody waits for a report. */
const PACE_MS = 20;

/** Of a namespace that is being deleted, which takes nothing new; its report is to go with it anyway. */
function isEnding(error: unknown): boolean {
  return error instanceof StatusError && error.statusCode === 403 && error.message.includes('is being terminated');
}

/** Writes what has changed and deletes what is no longer said. Rejects where the reports cannot be listed, or on abort. */
export async function writeReports(wanted: ReportsWanted, store: ReportStore, signal: AbortSignal): Promise<Written> {
  const stored = new Map((await store.list(signal)).map((one) => [one.namespace ?? '', one]));
  const others = [...stored].filter(([namespace]) => !wanted.isOurs(namespace));
  const count = { written: 0, removed: 0, failure: undefined as string | undefined };
  const attempt = async (what: 'written' | 'removed', namespace: string, write: () => Promise<unknown>) => {
    try {
      await write();
      count[what]++;
    } catch (error) {
      if (!isEnding(error))
        count.failure ??= `${namespace === '' ? 'of the cluster' : `in ${namespace}`}: ${errorMessage(error)}`;
    }
    await pause(PACE_MS, signal);
    signal.throwIfAborted();
  };
  const said = new Set<string>();
  for (const [namespace, objects] of wanted.outcomes) {
    const report = reportOf(namespace, objects, wanted);
    await new Promise(setImmediate);
    if (report === undefined) continue;
    said.add(namespace);
    if (stored.get(namespace)?.hash === report.metadata.annotations[HASH]) continue;
    await attempt('written', namespace, () => store.apply(report, signal));
  }
  for (const namespace of stored.keys()) {
    if (said.has(namespace) || !wanted.isOurs(namespace)) continue;
    await attempt('removed', namespace, () => store.remove(namespace === '' ? undefined : namespace, signal));
  }
  return { ...count, elsewhere: sumOf(others.map(([, { findings }]) => findings)) };
}

/** Deletes all reports of ours: for a group that is no longer written. */
export async function removeReports(store: ReportStore, signal: AbortSignal): Promise<void> {
  for (const { namespace } of await store.list(signal)) {
    await store.remove(namespace, signal);
    await pause(PACE_MS, signal);
    signal.throwIfAborted();
  }
}

function reportOf(
  namespace: string,
  objects: readonly ObjectOutcome[],
  { group, policies, limit, owner }: ReportsWanted,
) {
  const place = namespace === '' ? {} : { namespace };
  const report = policyReport({ group, ...place, objects: inOrder(objects), policies, limit });
  if (report === undefined) return undefined;
  const { metadata, ...rest } = report;
  const counts = Object.fromEntries([...findingsByPolicy(new Map([[namespace, objects]]))].sort());
  const annotations = { ...metadata.annotations, [FINDINGS]: JSON.stringify(counts) };
  const owned = { ...metadata, ...(owner && { ownerReferences: [owner] }) };
  const hash = hashOf({ ...rest, metadata: { ...owned, annotations } });
  return { ...rest, metadata: { ...owned, annotations: { ...annotations, [HASH]: hash } } };
}

function hashOf(report: object): string {
  return createHash('sha256').update(JSON.stringify(report)).digest('hex').slice(0, 16);
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const [policy, count] of counts.flatMap(Object.entries<number>)) sum.set(policy, (sum.get(policy) ?? 0) + count);
  return sum;
}
