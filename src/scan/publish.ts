/** What a scan has found goes to where people look: PolicyReports, and the status of Policies. */
import type { OwnerReference } from '../kube/owner.ts';
import type { LiveObject } from '../policy/resource.ts';
import type { ScanSettings } from '../policy/settings.ts';
import type { ReportedPolicy, ReportGroup } from '../report/policy-report.ts';
import { findingsByPolicy } from './debt.ts';
import { writeFindingCounts } from './finding-counts.ts';
import { type ReportStore, removeReports, writeReports } from './report-writer.ts';
import type { Scan } from './scanner.ts';

export interface PublishOptions {
  readonly settings: ScanSettings;
  /** The groups of reports that the cluster serves, the preferred one first. */
  readonly served: () => readonly ReportGroup[];
  readonly store: (group: ReportGroup) => ReportStore;
  /** With whose end the reports go. */
  readonly owner: (signal: AbortSignal) => Promise<OwnerReference | undefined>;
  /** The Policies of the cluster, as they were last seen. */
  readonly policies: () => readonly LiveObject[];
  readonly applyCount: (policy: LiveObject, findings: number) => Promise<unknown>;
  /** Whether this replica also writes what there is only one of. */
  readonly elected: () => boolean;
}

export interface Published {
  readonly written: number;
  readonly removed: number;
  /** What could not be written. */
  readonly failures: readonly string[];
}

/** Publishes scan after scan; rejects where reports cannot be listed, or on abort. */
export function publisher(options: PublishOptions): (scan: Scan, signal: AbortSignal) => Promise<Published> {
  const { settings, served, store, owner, elected } = options;
  // Where nothing of ours is left. What a cluster serves, and so where we write, may change.
  const cleaned = new Set<ReportGroup>();
  return async (scan, signal) => {
    const group = groupOf(settings.reports, served());
    const failures: string[] = [];
    if (group === undefined && settings.reports !== 'auto' && settings.reports !== 'none') {
      failures.push(`the cluster does not serve the reports of ${settings.reports}`);
    }
    if (group !== undefined) cleaned.delete(group);
    for (const other of elected() ? served() : []) {
      if (other === group || cleaned.has(other)) continue;
      await removeReports(store(other), signal);
      cleaned.add(other);
    }
    const { isOurs, outcomes } = scan;
    const policies = policiesOf(scan);
    const wanted = { outcomes, policies, isOurs, limit: settings.resultsPerReport };
    const written =
      group && (await writeReports({ ...wanted, group, owner: await owner(signal) }, store(group), signal));
    if (written?.failure !== undefined) failures.push(written.failure);
    // Of the other shards only their reports tell.
    if (elected() && (group !== undefined || !settings.sharded)) {
      const counts = summed(findingsByPolicy(outcomes), written?.elsewhere);
      const failure = await writeFindingCounts(options.policies(), counts, options.applyCount, signal);
      if (failure !== undefined) failures.push(failure);
    }
    return { written: written?.written ?? 0, removed: written?.removed ?? 0, failures };
  };
}

function groupOf(wanted: ScanSettings['reports'], served: readonly ReportGroup[]): ReportGroup | undefined {
  return wanted === 'auto' ? served[0] : served.find((group) => group === wanted);
}

function policiesOf({ set }: Scan): readonly ReportedPolicy[] {
  return set.policies.map(({ id, policy: { spec } }) => ({ id, category: spec.category, severity: spec.severity }));
}

function summed(
  own: ReadonlyMap<string, number>,
  others: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, number> {
  const sum = new Map(own);
  for (const [policy, count] of others) sum.set(policy, (sum.get(policy) ?? 0) + count);
  return sum;
}
