/** The report for programs: the schema is docs/report.schema.json, and docs/report.md says what to rely on. */
import { formatPath } from '../policy/path.ts';
import type { Report } from './report.ts';

/** Indented JSON with a newline at its end. Paths are texts: `spec.template.spec.containers[0].image`. */
export function renderJson(report: Report): string {
  const { cluster, counts, baseline, policies, objects, problems, skipped, exceptions } = report;
  const document = {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'AuditReport',
    ...(cluster !== undefined && { cluster }),
    summary: counts,
    ...(baseline !== undefined && { baseline }),
    policies,
    objects: objects.map((object) => ({
      ...object,
      // An edit is there if another format wants it: the same report would not always be the same JSON.
      findings: object.findings.map(({ edit, ...finding }) => ({ ...finding, path: formatPath(finding.path) })),
      changes: object.changes.map((change) => ({ ...change, path: formatPath(change.path) })),
    })),
    exceptions,
    problems,
    skipped,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
