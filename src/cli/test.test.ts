import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testPolicies } from './test.ts';

const SPEC = `apiVersion: tidegate.dev/v1alpha1
kind: Policy
metadata: { name: NAME }
spec:
  title: X
  category: Health
  severity: high
  rationale: Why.
  remediation: What.
  subject: PodTemplate
`;
const VALIDATING = `${SPEC.replace('NAME', 'require-tag')}  enforcement: { action: Off }
  parameters: { properties: { tag: { type: string, default: latest } } }
  validations:
    - name: tag
      forEach: object.spec.containers
      expression: image(item.image).tag != params.tag
      messageExpression: "'Tag ' + params.tag"
      path: image
      fix: { jsonPatch: { expression: "[JSONPatch{op: 'replace', path: itemPath + '/image', value: 'fixed'}]" } }
    - name: account
      expression: object.spec.?serviceAccountName.orValue('') == '' || resources.get('v1', 'serviceaccounts', request.namespace, object.spec.serviceAccountName) != null
`;
const MUTATING = `${SPEC.replace('NAME', 'set-policy')}  mutations:
    - applyConfiguration: { expression: "Object{spec: Object.spec{restartPolicy: 'Never'}}" }
`;
const pod = (image: string, more = '') => `apiVersion: v1
kind: Pod
metadata: { name: web }
spec:
  ${more}
  containers: [{ name: c, image: "${image}" }]
`;
const GOLDEN = `Pod default/web
  tag spec.containers[0].image (container c)
    Tag latest
    fix replace /spec/containers/0/image "fixed"
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function validating(more: Readonly<Record<string, string>> = {}): void {
  const files = {
    'policy.yaml': VALIDATING,
    'good/a.yaml': pod('nginx:1'),
    'bad/b.yaml': pod('nginx:latest'),
    'bad/b.txt': GOLDEN,
  };
  for (const [path, text] of Object.entries({ ...files, ...more })) write(`require-tag/${path}`, text);
}

function run(update = false): { readonly exit: number; readonly lines: string } {
  const lines: string[] = [];
  const exit = testPolicies([folder], { update }, (line) => lines.push(line.replaceAll(folder, '.')));
  return { exit, lines: lines.join('\n') };
}

describe('tidegate test', () => {
  it('is content with good, bad and mutated objects that are as expected', () => {
    validating();
    write('set-policy/policy.yaml', MUTATING);
    write('set-policy/mutate/a.before.yaml', pod('nginx'));
    write('set-policy/mutate/a.after.yaml', pod('nginx', 'restartPolicy: Never'));
    expect(run()).toEqual({
      exit: 0,
      lines: 'ok      ./require-tag  2 cases\nok      ./set-policy  1 case\n2 policies, 3 cases: all ok',
    });
  });

  it('shows a finding where there should be none', () => {
    validating({ 'good/a.yaml': pod('nginx:latest') });
    const { exit, lines } = run();
    expect(exit).toBe(1);
    expect(lines).toContain(
      `FAILED  ./require-tag  2 cases\n        good/a: should be good, but:\n        Pod default/web\n          tag spec`,
    );
    expect(lines).toContain('1 policy, 2 cases: 1 failed');
  });

  it('wants a finding in a bad object', () => {
    validating({ 'bad/b.yaml': pod('nginx:1') });
    expect(run()).toMatchObject({
      exit: 1,
      lines: expect.stringContaining('bad/b: should be bad, but has no finding'),
    });
  });

  it('shows how findings differ from the golden ones', () => {
    validating({ 'bad/b.txt': GOLDEN.replace('Tag latest', 'Tag newest') });
    const { exit, lines } = run();
    expect(exit).toBe(1);
    expect(lines).toContain('-     Tag newest\n        +     Tag latest\n');
  });

  it('writes the golden files when asked to, and only then', () => {
    validating({ 'bad/c.yaml': pod('nginx:latest') });
    expect(run()).toMatchObject({ exit: 1, lines: expect.stringContaining('bad/c.txt is missing') });
    expect(run(true)).toMatchObject({ exit: 0, lines: expect.stringContaining('3 cases, 1 written anew') });
    expect(readFileSync(join(folder, 'require-tag/bad/c.txt'), 'utf8')).toBe(GOLDEN);
    expect(run().exit).toBe(0);
  });

  it('writes mutated objects so that they read the same again', () => {
    write('set-policy/policy.yaml', MUTATING);
    write(
      'set-policy/mutate/a.before.yaml',
      `${pod('nginx')}---\n${pod('nginx').replace('name: web', 'name: web2, labels: { a: "off" }')}`,
    );
    expect(run(true).exit).toBe(0);
    expect(run()).toMatchObject({ exit: 0 });
  });

  it('never writes over an object that should be bad and is not', () => {
    validating({ 'bad/b.yaml': pod('nginx:1') });
    expect(run(true).exit).toBe(1);
    expect(readFileSync(join(folder, 'require-tag/bad/b.txt'), 'utf8')).toBe(GOLDEN);
  });

  it('names what is missing and what belongs to nothing', () => {
    validating({ 'bad/gone.txt': '' });
    rmSync(join(folder, 'require-tag/good'), { recursive: true });
    const { exit, lines } = run();
    expect(exit).toBe(1);
    expect(lines).toContain('has no good/*.yaml');
    expect(lines).toContain('require-tag/bad/gone.txt belongs to no case');
  });

  it('takes settings from the first document', () => {
    const settings = `kind: Settings
apiVersion: tidegate.dev/v1alpha1
policies:
  require-tag: { parameters: { tag: "1" } }
---
`;
    validating({
      'good/a.yaml': settings + pod('nginx:latest'),
      'bad/b.yaml': settings + pod('nginx:1'),
      'bad/b.txt': GOLDEN.replace('latest', '1'),
    });
    expect(run()).toMatchObject({ exit: 0 });
    validating({ 'good/a.yaml': settings.replace('{ tag:', '{ tga:') + pod('nginx:latest') });
    expect(run().lines).toContain(
      'good/a.yaml:4:37: policies.require-tag.parameters.tga: unknown field "tga" (did you mean "tag"?)',
    );
    validating({ 'good/a.yaml': settings.replace('require-tag:', 'require-tags:') + pod('nginx:latest') });
    expect(run().lines).toContain('has settings for "require-tags", but tests "require-tag"');
  });

  it('looks things up among the objects of the file, and knows no others', () => {
    const account = (name: string) => `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: ${name} }\n`;
    validating({ 'good/a.yaml': pod('nginx:1', 'serviceAccountName: robot') + account('robot') });
    expect(run()).toMatchObject({ exit: 0 });
    validating({ 'good/a.yaml': pod('nginx:1', 'serviceAccountName: robot') + account('other') });
    expect(run().lines).toContain('account\n');
    validating({ 'good/a.yaml': pod('nginx:1', 'serviceAccountName: robot') });
    expect(run()).toMatchObject({
      exit: 1,
      lines: expect.stringMatching(/not judged account: .*serviceaccounts default\/robot/),
    });
  });

  it('judges an object with an old one as an update', () => {
    validating({
      'bad/b.old.yaml': pod('nginx:latest', 'restartPolicy: Never'),
      'bad/b.txt': 'Pod default/web\n  tag spec.containers[0].image (container c) (tolerated)\n    Tag latest\n',
    });
    expect(run().lines).toContain('all ok');
  });

  it('says with exit code 2 what it could not read', () => {
    validating({ 'policy.yaml': VALIDATING.replace('item.image', 'nothing.image') });
    expect(run()).toMatchObject({ exit: 2, lines: expect.stringContaining("undeclared reference to 'nothing'") });
    const lines: string[] = [];
    expect(testPolicies([join(folder, 'gone')], { update: false }, (line) => lines.push(line))).toBe(2);
    expect(lines.join('\n')).toContain('no such file or folder');
    expect(testPolicies([join(folder, 'require-tag/good')], { update: false }, (line) => lines.push(line))).toBe(2);
    expect(lines.join('\n')).toContain('holds no policy.yaml');
  });
});

const NATIVE = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: { name: replicas }
spec:
  paramKind: { apiVersion: v1, kind: ConfigMap }
  matchConstraints:
    resourceRules: [{ apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments] }]
  validations:
    - expression: object.spec.replicas <= int(params.data.max)
      messageExpression: "'at most ' + string(params.data.max)"
`;
const BOUND = `---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: { name: everywhere }
spec:
  policyName: replicas
  paramRef: { name: limits, parameterNotFoundAction: Deny }
  validationActions: [Deny]
`;
const scaled = (replicas: number) => `apiVersion: v1
kind: ConfigMap
metadata: { name: limits }
data: { max: "3" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { replicas: ${replicas}, template: { spec: { containers: [{ name: c, image: a }] } } }
`;

describe('a policy of Kubernetes itself', () => {
  const native = (policy: string): { exit: number; lines: readonly string[] } => {
    write('policy.yaml', policy);
    write('good/a.yaml', scaled(3));
    write('bad/a.yaml', scaled(4));
    write('bad/a.txt', 'Deployment default/web\n  rule-1\n    at most 3\n');
    const lines: string[] = [];
    return { exit: testPolicies([folder], { update: false }, (line) => lines.push(line)), lines };
  };
  it('is tested with its bindings, and its params from the fixture', () => {
    const { exit, lines } = native(NATIVE + BOUND);
    expect([exit, lines.join('\n')]).toEqual([0, expect.stringContaining('2 cases')]);
  });
  it('needs a binding', () => {
    const { exit, lines } = native(NATIVE);
    expect([exit, lines.join('\n')]).toEqual([
      2,
      expect.stringContaining('no ValidatingAdmissionPolicyBinding binds "replicas": it does nothing'),
    ]);
  });
});
