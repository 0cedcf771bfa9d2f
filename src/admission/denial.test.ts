import { describe, expect, it } from 'vitest';
import { failure, finding, findingIn, REQUEST } from '../../test/admission/decisions.ts';
import { denialMessage } from './denial.ts';

const { fix: _fix, ...withoutFix } = finding({
  policy: 'require-anti-affinity',
  message: '3 replicas may all run on one node',
  why: 'When that node drains, the whole application goes.',
  remediation: 'Add a podAntiAffinity over kubernetes.io/hostname.',
  path: ['spec', 'template', 'spec', 'affinity'],
});
const { container: _container, ...antiAffinity } = withoutFix;

describe('denialMessage', () => {
  it('counts places where one container is at fault in several', () => {
    const [liveness, startup] = ['livenessProbe', 'startupProbe'].map((probe) =>
      finding({ message: 'no such port', container: 'web', path: ['spec', 'containers', 0, probe] }),
    );
    const message = denialMessage(
      REQUEST,
      [liveness, startup].filter((each) => each !== undefined),
      [],
    );
    expect(message).toContain(': no such port (and 1 more place)\n');
  });

  it('lets no name command a terminal or forge a line', () => {
    const forged = findingIn('\u001B[2J\n✗ none: all is well', 0);
    const message = denialMessage(REQUEST, [forged], []);
    expect(message).not.toContain('\u001B');
    expect(message.match(/^✗/gm)).toHaveLength(1);
  });

  it('names every problem at once: what, where, why, and the fix', () => {
    const message = denialMessage(REQUEST, [findingIn('web', 0), findingIn('proxy', 1), antiAffinity], []);
    expect(message).toBe(
      [
        '3 problems in Deployment shop/web:',
        '',
        '✗ require-liveness-probe: container "web" has no livenessProbe (and 1 more container)',
        '  at   spec.template.spec.containers[0,1].livenessProbe (web, proxy)',
        '  why  A container that hangs is never restarted.',
        '  fix  add livenessProbe: {tcpSocket: {port: 8080}, periodSeconds: 10}',
        '',
        '✗ require-anti-affinity: 3 replicas may all run on one node',
        '  at   spec.template.spec.affinity',
        '  why  When that node drains, the whole application goes.',
        '  fix  Add a podAntiAffinity over kubernetes.io/hostname.',
      ].join('\n'),
    );
  });

  it('does not group what differs in more than the container', () => {
    const other = findingIn('proxy', 1, { message: 'container "proxy" has a livenessProbe that never fails' });
    expect(denialMessage(REQUEST, [finding(), other], []).match(/✗/g)).toHaveLength(2);
  });

  it('gives the first fix where those of a group differ, and the remediation where it is long', () => {
    const fixed = (port: number) => [{ op: 'replace' as const, path: '/spec/x', value: { port } }];
    const differing = [findingIn('a', 0, { fix: fixed(1) }), findingIn('b', 1, { fix: fixed(2) })];
    expect(denialMessage(REQUEST, differing, [])).toContain('  fix  set x: {port: 1} (a; the others alike)');
    const long = finding({ fix: [{ op: 'add', path: '/spec/x', value: 'x'.repeat(500) }] });
    expect(denialMessage(REQUEST, [long], [])).toContain('  fix  Add a livenessProbe to each container.');
  });

  it.each([
    [{ op: 'remove', path: '/spec/hostNetwork' }, 'remove hostNetwork'],
    [{ op: 'replace', path: '/spec/containers/0/imagePullPolicy', value: 'Always' }, 'set imagePullPolicy: Always'],
    [
      { op: 'add', path: '/spec/tolerations/-', value: { key: 'a/b', value: 'true' } },
      'add tolerations: {key: a/b, value: "true"}',
    ],
    [
      { op: 'add', path: '/metadata/labels/app.kubernetes.io~1name', value: 'x y' },
      'add app.kubernetes.io/name: "x y"',
    ],
    [{ op: 'add', path: '/spec/cpu', value: ['250m', 1, null] }, 'add cpu: ["250m", 1, null]'],
  ] as const)('writes the fix %j as YAML', (operation, hint) => {
    expect(denialMessage(REQUEST, [finding({ fix: [operation] })], [])).toContain(`  fix  ${hint}`);
  });

  it('leaves out reasons when there are many, and counts what it does not show', () => {
    const many = Array.from({ length: 30 }, (_, index) => finding({ policy: `policy-${index}` }));
    const message = denialMessage(REQUEST, many, []);
    expect(message).toContain('30 problems');
    expect(message).not.toContain('  why');
    expect(message.match(/✗/g)).toHaveLength(20);
    expect(message.endsWith('… and 10 more')).toBe(true);
  });

  it('keeps lines from being forged or endless by what an object holds', () => {
    const message = denialMessage(REQUEST, [finding({ message: `bad\n✗ forged: line\u2028${'x'.repeat(1000)}` })], []);
    expect(message.split('\n')).toHaveLength(6);
    expect(message).toContain('bad ✗ forged: line xxx');
    expect(Math.max(...message.split('\n').map((line) => line.length))).toBeLessThanOrEqual(300);
  });

  it('says that a policy failed, why that refuses, and what to do', () => {
    expect(denialMessage(REQUEST, [], [failure()])).toBe(
      [
        '1 policy could not judge Deployment shop/web:',
        '',
        '✗ our-own: its rule labels could not be evaluated: no such key: labels',
        '  why  The failurePolicy of this policy is Fail: what it cannot judge is refused.',
        '  fix  Correct the policy, or set its failurePolicy to Ignore.',
      ].join('\n'),
    );
  });

  it.each([
    [{ name: '', object: { metadata: { generateName: 'web-' } } }, 'Deployment shop/web-*'],
    [{ name: '', object: { metadata: 'none' } }, 'Deployment shop/(no name)'],
    [{ requestKind: { group: 'extensions', version: 'v1beta1', kind: 'Deployment' } }, 'Deployment shop/web'],
    [{ namespace: '', kind: { group: '', version: 'v1', kind: 'Node' } }, 'Node web'],
    [
      {
        namespace: 'web',
        kind: { group: '', version: 'v1', kind: 'Namespace' },
        resource: { group: '', version: 'v1', resource: 'namespaces' },
      },
      'Namespace web',
    ],
  ])('names the object of %j', (change, name) => {
    expect(denialMessage({ ...REQUEST, ...change }, [finding()], [])).toContain(`1 problem in ${name}:`);
  });
});
