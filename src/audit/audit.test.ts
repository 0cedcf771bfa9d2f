import { expect, it } from 'vitest';
import { compilePolicy } from '../engine/compile/policy.ts';
import { policySet } from '../engine/policy-set.ts';
import { parsePolicies } from '../policy/parse.ts';
import { formatProblem } from '../policy/problem.ts';
import type { Report } from '../report/report.ts';
import { audit } from './audit.ts';
import { readManifests } from './manifests.ts';

const HEAD = 'apiVersion: tidegate.dev/v1alpha1\nkind: Policy\n';
const ABOUT = 'title: T, category: C, severity: low, rationale: Why., remediation: What.';
const POLICIES = `${HEAD}metadata: {name: require-port}
spec:
  ${ABOUT.replaceAll(', ', '\n  ')}
  subject: PodTemplate
  enforcement: {action: Deny}
  validations:
    - forEach: object.spec.containers
      expression: has(item.ports)
      message: no port
      path: ports
---
${HEAD}metadata: {name: require-secret}
spec:
  ${ABOUT.replaceAll(', ', '\n  ')}
  enforcement: {action: Warn}
  matchConstraints:
    resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
  validations:
    - expression: resources.get('v1', 'secrets', request.namespace, 'login') != null
      message: no login
      path: spec.volumes
---
${HEAD}metadata: {name: set-priority}
spec:
  ${ABOUT.replaceAll(', ', '\n  ')}
  subject: PodTemplate
  enforcement: {action: Mutate}
  mutations:
    - jsonPatch:
        expression: >-
          [JSONPatch{op: 'add', path: '/spec/priority', value: 1}]
`;

const NOW = Date.parse('2026-11-21T00:00:00Z');

function auditText(text: string, file = 'a.yaml'): Report {
  const { sources, problems } = parsePolicies(POLICIES, 'policies.yaml');
  const compiled = sources.map((source) => compilePolicy(source));
  const broken = [...problems, ...compiled.flatMap((one) => (one.ok ? [] : one.problems))];
  expect(broken.map(formatProblem)).toEqual([]);
  const policies = compiled.flatMap((one) => (one.ok ? [one.policy] : []));
  const set = policySet(policies, { profile: 'recommended', excludedNamespaces: ['kube-system'] });
  return audit(readManifests([{ file, text }]), set, { now: NOW });
}

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: a
spec:
  containers:
    - name: one
      ports: [{containerPort: 80}]
    - name: two
      image: x
`;

it('names the place of every finding and change, and the change as a patch', () => {
  const [pod] = auditText(`# first\n---\n${POD}`).objects;
  expect(pod).toMatchObject({
    line: 3,
    column: 1,
    kind: 'Pod',
    namespace: 'default',
    name: 'a',
    failures: [],
    notJudged: [],
  });
  expect(pod?.findings).toMatchObject([
    { policy: 'require-port', action: 'Deny', line: 11, column: 7, container: 'two', message: 'no port' },
    { policy: 'require-secret', action: 'Warn', line: 7, column: 1, path: ['spec', 'volumes'] },
  ]);
  expect(pod?.changes).toMatchObject([{ policy: 'set-priority', path: ['spec', 'priority'], line: 7, column: 1 }]);
  expect(pod?.patch).toEqual([{ op: 'add', path: '/spec/priority', value: 1 }]);
});

it('takes the given objects for the cluster', () => {
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: login}\n';
  const [pod] = auditText(`${POD}---\n${secret}`).objects;
  expect(pod?.findings.map(({ policy }) => policy)).toEqual(['require-port']);
});

it('leaves excluded namespaces alone, and counts what it has looked at', () => {
  const report = auditText(POD.replace('name: a', 'name: a\n  namespace: kube-system'));
  expect(report.objects).toEqual([]);
  expect(report.counts).toMatchObject({ objects: 1, files: 1, policies: 3, deny: 0 });
});

it('judges what is left of a bad file', () => {
  const report = auditText(`a: [\n---\n${POD}`);
  expect(report.counts).toMatchObject({ problems: 1, deny: 1, warn: 1, changes: 1 });
});

const exception = (name: string, expiresAt: string, policy = 'require-port'): string => `---
apiVersion: tidegate.dev/v1alpha1
kind: PolicyException
metadata: { name: ${name} }
spec: { policies: [{ name: ${policy} }], reason: It is old., owner: ops, expiresAt: '${expiresAt}' }
`;

it('excuses what an exception among the objects exempts, and says which exceptions do nothing', () => {
  const report = auditText(
    `${POD}${exception('late', '2026-11-20T00:00:00Z')}${exception('other', '2027-01-01T00:00:00Z', 'require-hat')}` +
      exception('used', '2027-01-01T00:00:00Z'),
  );
  expect(report.exceptions).toMatchObject([
    { name: 'default/late', state: 'expired', findings: 0, owner: 'ops' },
    { name: 'default/other', state: 'unused', findings: 0 },
    { name: 'default/used', state: 'used', findings: 1, reason: 'It is old.' },
  ]);
  expect(report.counts).toMatchObject({ deny: 0, excepted: 1, problems: 0 });
  const excused = report.objects[0]?.findings.at(-1);
  expect(excused).toMatchObject({ policy: 'require-port', excepted: { exception: 'default/used' } });
});

it('names an exception that cannot be read, at its place', () => {
  const { problems, counts } = auditText(`${POD}${exception('never', 'tomorrow')}`);
  expect(problems.map(formatProblem)).toEqual([expect.stringMatching(/^a\.yaml:\d+:\d+: .*spec\.expiresAt/)]);
  expect(counts).toMatchObject({ deny: 1, excepted: 0 });
});
