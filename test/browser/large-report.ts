/** A report of any size, the same each time. */
import type { Policy } from '../../src/policy/policy.ts';
import { makeReport, type ObjectOutcome, type Report, type ReportedFinding } from '../../src/report/report.ts';

const POLICIES = 40;
const NAMESPACES = 60;
const FINDINGS_OF_ONE = 5;
const ACTIONS = ['Deny', 'Warn', 'Audit', 'Warn', 'Audit'] as const;
const SEVERITIES = ['high', 'medium', 'low'] as const;

/** `inFiles`: from files, with what the fix does to them; otherwise of a cluster. */
export function largeReport(findings: number, inFiles = true): Report {
  const objects = Array.from({ length: findings / FINDINGS_OF_ONE }, (_, index) => workload(index, inFiles));
  return makeReport({
    ...(!inFiles && { cluster: 'production' }),
    policies: Array.from({ length: POLICIES }, (_, index) => policy(index)),
    objects,
    problems: [],
    skipped: [],
    exceptions: [],
    files: inFiles ? objects.length : 0,
    judged: objects.length,
  });
}

function idOf(index: number): string {
  return `require-practice-${String(index % POLICIES).padStart(2, '0')}`;
}

function policy(index: number): Policy {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata: { name: idOf(index) },
    spec: {
      title: `Every workload follows practice ${index}`,
      category: 'Health',
      severity: SEVERITIES[index % SEVERITIES.length] ?? 'low',
      rationale: `Without practice ${index} something breaks at night.`,
      remediation: `Do what practice ${index} says.`,
    },
  };
}

function workload(index: number, inFiles: boolean): ObjectOutcome {
  return {
    ...(inFiles && { file: `deploy/team-${index % NAMESPACES}/service-${index}.yaml`, line: 1, column: 1 }),
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: `team-${index % NAMESPACES}`,
    name: `service-${index}`,
    findings: Array.from({ length: FINDINGS_OF_ONE }, (_, each) => finding(index, each, inFiles)),
    changes: [{ policy: 'set-pre-stop-sleep', action: 'Mutate', path: ['spec', 'template', 'spec', 'containers', 0] }],
    patch: [{ op: 'add', path: '/spec/revisionHistoryLimit', value: 5 }],
    failures: [],
    notJudged: [],
  };
}

function finding(object: number, each: number, inFiles: boolean): ReportedFinding {
  const number = object * FINDINGS_OF_ONE + each;
  const id = idOf(object + 7 * each);
  return {
    policy: id,
    rule: 'practice',
    severity: SEVERITIES[number % SEVERITIES.length] ?? 'low',
    action: ACTIONS[each] ?? 'Audit',
    tolerated: false,
    message: `Container "web" of service-${object} does not do what the practice asks for, as its field shows.`,
    why: `Without ${id} something breaks at night, and somebody has to get up.`,
    remediation: `Write the field that ${id} asks for.`,
    path: ['spec', 'template', 'spec', 'containers', 0, 'resources'],
    container: 'web',
    fingerprint: `${id}/practice Deployment team-${object % NAMESPACES}/service-${object} ${each}`,
    ...(inFiles && { line: 20 + each, column: 11 }),
    fix: [{ op: 'add', path: '/spec/template/spec/containers/0/resources', value: { requests: { cpu: '50m' } } }],
    ...(inFiles && {
      edit: {
        diff: '@@ -20,2 +20,4 @@\n   name: web\n+  resources:\n+    requests:\n+      cpu: 50m\n',
        replacements: [],
      },
    }),
  };
}
