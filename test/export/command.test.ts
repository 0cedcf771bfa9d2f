/** `tidegate export` as its users run it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { policy } from '../support/policies.ts';
import { REPOSITORY } from '../support/source.ts';
import { nativesOf } from './exported.ts';

const work = mkdtempSync(join(tmpdir(), 'tidegate-export-'));
afterAll(() => rmSync(work, { recursive: true }));

function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, 'src/main.ts'), 'export', ...args], {
    cwd: work,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { code: status, out: stdout, err: stderr };
}

function fileWith(name: string, text: string): string {
  writeFileSync(join(work, name), text);
  return name;
}

const OWN = policy('own', { subject: 'PodTemplate', validations: [{ name: 'a', expression: 'true', message: 'm' }] });
const HALF = policy('half', {
  subject: 'PodTemplate',
  enforcement: { action: 'Warn' },
  validations: [
    { name: 'here', expression: 'params.x == 1', message: 'm' },
    { name: 'there', expression: "resources.list('v1', 'pods', '') == []", message: 'm' },
  ],
  parameters: { properties: { x: { type: 'integer', default: 1 } } },
});

describe('tidegate export', () => {
  it('prints the policies that come with Tidegate, and says what stays behind', () => {
    const { code, out, err } = run('--kubernetes-version', '1.36');
    expect(code).toBe(1);
    const ids = nativesOf(out).policies.map(({ id }) => id);
    const actions = ids.map((id) => id.replace(/-\d+$/, ''));
    expect(new Set(actions)).toEqual(new Set(['tidegate-deny', 'tidegate-warn', 'tidegate-audit', 'tidegate-mutate']));
    expect(err).toContain('stays behind: require-image-pull-secrets/pull-secrets looks up other objects (resources)\n');
    expect(err).toMatch(new RegExp(`\\n\\d+ of \\d+ policies went into ${ids.length} native policies\\n$`));
  });

  it('exits with 0 where every rule goes', () => {
    const { code, out, err } = run(fileWith('own.yaml', JSON.stringify(OWN)));
    expect([code, nativesOf(out).policies.length]).toEqual([0, 1]);
    expect(err).toBe(
      `note: old violations are refused on UPDATE too: a native policy tolerates nothing that was there before (own)
note: Pods of operators are not audited: a native policy cannot be milder with some objects (own)
1 of 1 policies went into 1 native policy
`,
    );
  });

  it('exports the rules that can go, under the settings, as a List', () => {
    const file = fileWith('half.yaml', JSON.stringify(HALF));
    const settings = fileWith(
      'settings.yaml',
      'apiVersion: tidegate.dev/v1alpha1\nkind: Settings\nexcludedNamespaces: [a]\npolicies: {half: {parameters: {x: 7}}}\n',
    );
    const { code, out, err } = run(file, '--settings', settings, '--profile', 'strict', '--output', 'json');
    expect([code, err]).toEqual([1, expect.stringContaining('stays behind: half/there looks up other objects')]);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'List',
      items: [
        {
          spec: {
            matchConstraints: { namespaceSelector: { matchExpressions: [{ operator: 'NotIn', values: ['a'] }] } },
            variables: [{ name: 'half_params', expression: "dyn({'x': dyn(7)})" }],
            validations: [{ expression: 'variables.half_params.x == 1', message: 'half: m' }],
          },
        },
        { spec: { policyName: 'tidegate-deny', validationActions: ['Deny'] } },
      ],
    });
  });

  it.each([
    [['--policy', 'require-readyness-probe'], '--policy: no policy is called "require-readyness-probe"'],
    [['nowhere.yaml'], 'nowhere.yaml'],
    [['--kubernetes-version', 'new'], 'It is written as 1.36.'],
    [['--output', 'table'], 'Allowed choices are yaml, json'],
  ])('exits with 2 for %j', (args, message) => {
    const { code, out, err } = run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });
});
