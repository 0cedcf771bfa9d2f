/** The reports of all namespaces as YAML 1.1, which Kubernetes' tools read, for `kubectl apply --server-side -f -`. */
import { kubernetesYaml } from '../policy/kubernetes-yaml.ts';
import { type PolicyReport, policyReport, type ReportGroup } from './policy-report.ts';
import type { ObjectOutcome, Report } from './report.ts';

// With what a result takes at most, such a report is still one that the API server accepts.
const RESULTS_IN_ONE = 1000;

/** A document for each namespace with failures; what lives in no namespace comes first. */
export function renderPolicyReports(group: ReportGroup): (report: Report) => string {
  return ({ objects, policies }) => {
    const reports = byNamespace(objects).flatMap(([namespace, mine]): readonly PolicyReport[] => {
      const parts = { group, ...(namespace !== undefined && { namespace }), objects: mine, policies };
      const report = policyReport({ ...parts, limit: RESULTS_IN_ONE });
      return report === undefined ? [] : [report];
    });
    return reports.map((report) => `---\n${kubernetesYaml(report)}`).join('');
  };
}

function byNamespace(objects: readonly ObjectOutcome[]): readonly (readonly [string | undefined, ObjectOutcome[]])[] {
  const groups = Map.groupBy(objects, ({ namespace }) => namespace);
  return [...groups].sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
}
