import { expect, it } from 'vitest';
import { compilePolicy } from '../engine/compile.ts';
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

function auditText(text: string, file = 'a.yaml'): Report {
  const { sources, problems } = parsePolicies(POLICIES, 'policies.yaml');
  const compiled = sources.map((source) => compilePolicy(source));
  const broken = [...problems, ...compiled.flatMap((one) => (one.ok ? [] : one.problems))];
  expect(broken.map(formatProblem)).toEqual([]);
  const policies = compiled.flatMap((one) => (one.ok ? [one.policy] : []));
  const set = policySet(policies, { profile: 'recommended', excludedNamespaces: ['kube-system'] });
  return audit(readManifests([{ file, text }]), set);
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
