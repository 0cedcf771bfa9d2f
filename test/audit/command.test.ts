/** `tidegate audit` and `tidegate demo` as their users run them: processes, their output, their exit codes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'tidegate-audit-'));
afterAll(() => rmSync(work, { recursive: true }));

function tidegate(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) {
  const run = spawnSync(process.execPath, [join(ROOT, 'src/main.ts'), ...args], {
    cwd: ROOT,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

function fileWith(name: string, text: string): string {
  const file = join(work, name);
  writeFileSync(file, text);
  return file;
}

const GOOD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
const BAD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n    - {name: web, image: nginx:1}\n';

describe('the exit code of an audit', () => {
  it('is 0 where nothing is found', () => {
    expect(tidegate(['audit', fileWith('good.yaml', GOOD)])).toEqual({
      code: 0,
      out: expect.stringMatching(/^✓ nothing found\n1 object in 1 file, \d+ policies\n$/),
      err: '',
    });
  });

  it('is 1 for findings, and 0 for those below --fail-on', () => {
    const file = fileWith('bad.yaml', BAD);
    expect(tidegate(['audit', file]).code).toBe(1);
    expect(tidegate(['audit', file, '--profile', 'baseline']).code).toBe(0);
    expect(tidegate(['audit', file, '--profile', 'baseline', '--fail-on', 'audit']).code).toBe(1);
  });

  it('is 2 where something could not be read, though all else was judged', () => {
    const broken = fileWith('broken.yaml', `${BAD}---\n{{ if }}\n`);
    const { code, out } = tidegate(['audit', broken]);
    expect(code).toBe(2);
    expect(out).toContain('require-readiness-probe');
    expect(out).toMatch(/broken\.yaml:8:\d+: cannot be read as YAML/);
  });

  it('is 2 where nothing came: the command before the pipe has failed', () => {
    const { code, out } = tidegate(['audit', '-'], '');
    expect(code).toBe(2);
    expect(out).toContain('  stdin: there is no Kubernetes object to judge\n');
  });

  it('is 2 for a path, a policy, a flag or settings that do not exist', () => {
    const file = fileWith('good.yaml', GOOD);
    expect(tidegate(['audit', join(work, 'nowhere')])).toMatchObject({
      code: 2,
      out: expect.stringContaining('nowhere'),
    });
    const unknown = tidegate(['audit', file, '--policy', 'require-readines-probe']);
    expect(unknown).toMatchObject({ code: 2, out: expect.stringContaining('did you mean "require-readiness-probe"?') });
    expect(tidegate(['audit', file, '--output', 'xml'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('xml'),
    });
    expect(tidegate(['audit', file, '--settings', 'no.yaml'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('no.yaml'),
    });
  });
});

it('takes it quietly when its reader has seen enough', () => {
  const many = fileWith('many.yaml', `${BAD}---\n`.repeat(2000));
  const piped = '{ "$0" src/main.ts audit "$1"; echo "exit code $?" >&2; } | head -1';
  const { stdout, stderr } = spawnSync('sh', ['-c', piped, process.execPath, many], { cwd: ROOT, encoding: 'utf8' });
  expect([stdout, stderr]).toEqual([`${many}\n`, 'exit code 1\n']);
});

it('judges what comes by standard input', () => {
  const { code, out } = tidegate(['audit', '-', '--output', 'json'], BAD);
  expect(code).toBe(1);
  expect(JSON.parse(out).objects[0]).toMatchObject({ file: 'stdin', line: 1, name: 'a', namespace: 'default' });
});

it('asks only the policies that are asked for', () => {
  const file = fileWith('bad.yaml', BAD);
  const { out } = tidegate(['audit', '--policy', 'require-liveness-probe', file, '--output', 'json']);
  expect(JSON.parse(out).policies.map(({ id }: { id: string }) => id)).toEqual(['require-liveness-probe']);
});

it('colours a terminal, and nothing else unless it is told to', () => {
  const file = fileWith('bad.yaml', BAD);
  expect(tidegate(['audit', file]).out).not.toContain('\u001B');
  expect(tidegate(['audit', file], '', { FORCE_COLOR: '1' }).out).toContain('\u001B[31m');
  expect(tidegate(['audit', file, '--no-color'], '', { FORCE_COLOR: '1' }).out).not.toContain('\u001B');
});

it('finds in the examples what their authors have put there', () => {
  const { code, out } = tidegate([
    'audit',
    'docs/examples',
    '--settings',
    'docs/examples/tidegate.yaml',
    '--output',
    'json',
  ]);
  const report = JSON.parse(out);
  expect(code).toBe(1);
  expect(report.problems).toEqual([]);
  expect(report.skipped).toEqual([]);
  const found = report.objects.flatMap(
    ({ name, findings }: { name: string; findings: { policy: string; line: number }[] }) =>
      findings.map(({ policy, line }) => `${name}: ${policy}, line ${line}`),
  );
  expect(found).toMatchInlineSnapshot(`
    [
      "httpserver: require-anti-affinity, line 27",
      "httpserver: disallow-latest-if-not-present, line 34",
      "httpserver: require-pre-stop, line 31",
      "ingress-controller: require-pre-stop, line 45",
      "mysql: require-liveness-probe, line 51",
      "mysql: require-pre-stop, line 51",
      "myblog: require-image-pull-secrets, line 106",
      "myblog: require-pre-stop, line 109",
      "details: require-liveness-probe, line 17",
      "details: require-readiness-probe, line 17",
      "details: require-pre-stop, line 17",
      "reviews: require-guaranteed-qos, line 62",
      "reviews: require-pre-stop, line 49",
    ]
  `);
});

it('shows a refusal and a repair in the demo', () => {
  const { code, out, err } = tidegate(['demo']);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('deployment store/details is refused');
  expect(out).toContain('✗ require-readiness-probe: Container "details" has no readinessProbe');
  expect(out).toContain('+        - name: registry-login');
  expect(out).toMatch(/\/validate {2}deployment blog\/myblog +allowed/);
});
