/** A report with one of everything, for the tests of the formats. */
import type { Finding } from '../../src/engine/decision.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { makeReport, type ObjectOutcome, type Report } from '../../src/report/report.ts';

type Parts = Parameters<typeof makeReport>[0];

/** Nothing read, nothing judged. */
export const EMPTY_PARTS: Parts = {
  policies: [],
  objects: [],
  problems: [],
  skipped: [],
  exceptions: [],
  files: 0,
  judged: 0,
};

function policy(name: string): Policy {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata: { name },
    spec: {
      title: `Title of ${name}`,
      category: 'Health',
      severity: 'high',
      rationale: 'Why.',
      remediation: 'What to do.',
    },
  };
}

function finding(
  name: string,
  action: Finding['action'],
  line: number,
  path: Finding['path'],
): ObjectOutcome['findings'][number] {
  return {
    policy: name,
    rule: 'rule-1',
    severity: 'high',
    action,
    tolerated: false,
    message: `Something that ${name} does not accept, with an explanation of some length.`,
    why: 'Why.',
    remediation: 'What to do.',
    reason: 'Forbidden',
    path,
    fingerprint: `${name} ${line}`,
    line,
    column: 5,
  };
}

const DEPLOYMENT: ObjectOutcome = {
  file: 'deploy/web.yaml',
  line: 12,
  column: 1,
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  findings: [
    finding('disallow-latest-tag', 'Warn', 20, ['spec', 'template', 'spec', 'containers', 0, 'image']),
    finding('require-labels', 'Audit', 13, []),
    {
      ...finding('disallow-naked-pods', 'Deny', 14, []),
      excepted: { reason: 'A tool for once.', exception: 'shop/tools' },
    },
    {
      ...finding('require-readiness-probe', 'Deny', 31, [
        'spec',
        'template',
        'spec',
        'containers',
        0,
        'readinessProbe',
      ]),
      container: 'web',
      fix: [{ op: 'add', path: '/spec/template/spec/containers/0/readinessProbe', value: { tcpSocket: { port: 80 } } }],
    },
  ],
  changes: [
    {
      policy: 'set-revision-history-limit',
      action: 'Mutate',
      path: ['spec', 'revisionHistoryLimit'],
      line: 15,
      column: 1,
    },
    {
      policy: 'set-pre-stop-sleep',
      action: 'Audit',
      path: ['spec', 'template', 'spec', 'containers', 0, 'lifecycle'],
      container: 'web',
      line: 20,
      column: 9,
    },
  ],
  patch: [{ op: 'add', path: '/spec/revisionHistoryLimit', value: 5 }],
  failures: [],
  notJudged: [],
};

const NAMESPACE: ObjectOutcome = {
  ...DEPLOYMENT,
  line: 1,
  kind: 'Namespace',
  apiVersion: 'v1',
  name: 'shop',
  findings: [],
  changes: [],
  patch: [],
  failures: [
    { policy: 'require-labels', rule: 'rule-2', action: 'Deny', failurePolicy: 'Fail', message: 'no such key: team' },
  ],
  notJudged: [{ policy: 'require-quota', rule: 'rule-1', message: 'resourcequotas are not known' }],
};

const SILENT: ObjectOutcome = { ...DEPLOYMENT, name: 'silent', findings: [], changes: [], patch: [] };

/** Given out of order, to be sorted. */
export const EXAMPLE: Report = makeReport({
  policies: [policy('set-pre-stop-sleep'), policy('require-readiness-probe')],
  objects: [SILENT, DEPLOYMENT, { ...NAMESPACE, namespace: undefined } as unknown as ObjectOutcome],
  problems: [
    { file: 'deploy/web.yaml', line: 40, column: 3, message: 'the key "a" is there twice' },
    { file: 'deploy/broken.yaml', line: 2, column: 1, message: 'cannot be read as YAML', hint: 'a Helm template?' },
  ],
  skipped: [{ file: 'deploy/values.yaml', line: 1, reason: 'no Kubernetes object' }],
  exceptions: [
    {
      name: 'shop/legacy',
      file: 'deploy/exceptions.yaml',
      line: 1,
      column: 1,
      state: 'expired',
      findings: 0,
      reason: 'It is replaced in March.',
      owner: 'shop',
      expiresAt: '2026-03-31T00:00:00Z',
    },
  ],
  files: 3,
  judged: 7,
});
