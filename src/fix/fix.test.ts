import { describe, expect, it } from 'vitest';
import { NOW, PROBE, policy, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { type FixTask, fix } from './fix.ts';
import { fixReport } from './summary.ts';

const pod = (name: string, ...lines: readonly string[]): string =>
  ['apiVersion: v1', 'kind: Pod', `metadata: {name: ${name}}`, 'spec:', '  containers:', ...lines, ''].join('\n');

function fixed(text: string, set: PolicySet, task: Partial<FixTask> = {}) {
  const whole: FixTask = {
    inputs: [{ file: 'a.yaml', text }],
    set,
    beside: { now: NOW },
    wanted: () => 'now',
    mutations: undefined,
    templates: false,
    ...task,
  };
  const result = fix(whole);
  return { text: result.after.inputs[0]?.text, report: fixReport(whole, result, []) };
}

const add = (path: string, value: string): string => `[JSONPatch{op: 'add', path: ${path}, value: ${value}}]`;

describe('fix()', () => {
  it('mends what it can, and says so', () => {
    const { text, report } = fixed(pod('a', '    - name: web # mine', '      image: web:1'), setOf([PROBE]));
    expect(text).toContain('image: web:1\n      readinessProbe:\n        periodSeconds: 5\n');
    expect(report).toMatchObject({ fixed: [{ policy: 'require-probe' }], left: [], read: 1 });
    expect(report.files.map(({ file }) => file)).toEqual(['a.yaml']);
  });

  it('leaves alone what a kustomization lays over others, wherever it stands among the files', () => {
    const patch = { file: 'a/patch.yaml', text: pod('a', '    - {name: web, image: "web:1"}') };
    const other = { file: 'a/pod.yaml', text: pod('b', '    - {name: web, image: "web:1"}') };
    const by = { file: 'b/kustomization.yaml', text: 'patches: [{path: ../a/patch.yaml}]\n' };
    const whole = { inputs: [patch, other, by], set: setOf([PROBE]), beside: { now: NOW } };
    const { after } = fix({ ...whole, wanted: () => 'now', mutations: undefined, templates: true });
    expect(after.inputs.map(({ file }, at) => [file, after.inputs[at] === whole.inputs[at]])).toEqual([
      ['a/patch.yaml', true],
      ['a/pod.yaml', false],
      ['b/kustomization.yaml', true],
    ]);
    expect(after.parts.skipped).toContainEqual(expect.objectContaining({ file: 'a/patch.yaml' }));
  });

  it('goes on while fixes get into one another’s way', () => {
    const annotated = (name: string) =>
      policy(`has-${name}`, {
        subject: 'PodTemplate',
        validations: [
          {
            expression: `'${name}' in object.metadata.?annotations.orValue({})`,
            fix: {
              jsonPatch: {
                expression: `has(object.metadata.annotations)
                  ? ${add(`'/metadata/annotations/${name}'`, "'x'")} : ${add("'/metadata/annotations'", `{'${name}': 'x'}`)}`,
              },
            },
          },
        ],
      });
    const set = setOf(['a', 'b', 'c'].map(annotated));
    const { text, report } = fixed(pod('a', '    - {name: web, image: "web:1"}'), set);
    expect(text).toContain('metadata: {name: a, annotations: {a: x, b: x, c: x}}');
    expect(report).toMatchObject({ left: [], fixed: [{}, {}, {}] });
    expect(fixed(text ?? '', set).text).toBe(text);
  });

  it('mends nothing at the cost of another object', () => {
    const noProbes = policy('no-probes', {
      subject: 'Resource',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }],
      },
      validations: [
        {
          expression:
            "!resources.list('v1', 'pods', 'default').exists(p, p.spec.containers.exists(c, has(c.readinessProbe)))",
        },
      ],
    });
    const other = pod('b', '    - {name: web, image: "web:1"}').replace('name: b', 'name: b, namespace: elsewhere');
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\n';
    const given = `${pod('a', '    - {name: web, image: "web:1"}')}---\n${service}---\n${other}`;
    const { text, report } = fixed(given, setOf([PROBE, noProbes]));
    expect(text).toBe(given.replace(other, other.replace('web:1"}', 'web:1", readinessProbe: {periodSeconds: 5}}')));
    expect(report.left).toMatchObject([{ refused: 'it would bring a finding to another object: no-probes' }]);
  });

  it('says what is written so that it is better left alone, and mends the rest', () => {
    const first = structuredClone(PROBE) as { spec: { validations: { forEach: string }[] } };
    for (const one of first.spec.validations) one.forEach = "object.spec.containers.filter(c, c.name == 'web')";
    const given = pod('a', '    - &web {name: web, image: "web:1"}', '    - <<: *web', '      name: two');
    const both = `${given}---\n${pod('b', '    - {name: web, image: "web:1"}')}`;
    const { text, report } = fixed(both, setOf([first as unknown as JsonMap]));
    expect(text).toContain('- {name: web, image: "web:1", readinessProbe: {periodSeconds: 5}}');
    expect(text?.startsWith(given)).toBe(true);
    expect(report.left).toMatchObject([
      { object: 'Pod default/a', refused: 'an anchor and its aliases share the place' },
    ]);
  });

  it('leaves alone what is excepted or not asked for', () => {
    const exempt = pod('a', '    - {name: web, image: "web:1"}').replace(
      '{name: a}',
      '{name: a, annotations: {tidegate.dev/exempt: require-probe, tidegate.dev/exempt-reason: "It may."}}',
    );
    expect(fixed(exempt, setOf([PROBE])).text).toBe(exempt);
    const plain = pod('a', '    - {name: web, image: "web:1"}');
    const later = fixed(plain, setOf([PROBE]), { wanted: () => 'later' });
    expect(later).toMatchObject({ text: plain, report: { milder: 1, left: [], fixed: [] } });
  });

  it('sets what the webhook would set only where it is told to', () => {
    const grace = policy('set-grace', {
      subject: 'PodTemplate',
      mutations: [{ jsonPatch: { expression: add("'/spec/terminationGracePeriodSeconds'", '60') } }],
    });
    const given = pod('a', '    - {name: web, image: "web:1", readinessProbe: {}}');
    const set = setOf([PROBE, grace]);
    expect(fixed(given, set)).toMatchObject({
      text: given,
      report: { mutations: { asked: false, written: 0, open: 1 } },
    });
    const { text, report } = fixed(given, set, { mutations: set });
    expect(text).toContain('  terminationGracePeriodSeconds: 60\n');
    expect(report.mutations).toEqual({ asked: true, written: 1, open: 0 });
  });
});
