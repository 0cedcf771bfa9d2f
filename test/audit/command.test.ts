/** `tidegate audit` and `tidegate demo` as their users run them: processes, their output, their exit codes. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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

const GOOD = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n';
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

  it.each([
    [['--cluster', 'deploy'], 'paths or --cluster: one of them, not both\n'],
    [['deploy', '--namespace', 'shop'], '--namespace is about a cluster, and needs --cluster\n'],
    [['--cluster', '--namespace', ''], "argument '' is invalid. It is the name of a namespace.\n"],
    [[], 'nothing to judge: name files or folders, - for standard input, or --cluster\n'],
    [['--cluster', '--requests-per-second', '0'], "argument '0' is invalid. It is a number above 0.\n"],
    [['--cluster', '--kubeconfig', '/nowhere'], '--cluster: kubeconfig /nowhere: there is no such file\n'],
  ])('is 2 where a cluster is asked for in a wrong way: %j', (args, message) => {
    const run = tidegate(['audit', ...args]);
    expect(run).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) });
  });

  it('is 2 where the cluster does not answer, and what is secret about it is not told', () => {
    const kubeconfig = fileWith(
      'kubeconfig',
      JSON.stringify({
        clusters: [{ name: 'here', cluster: { server: 'https://ann:very-secret@127.0.0.1:1' } }],
        users: [{ name: 'me', user: { token: 'very-secret' } }],
        contexts: [{ name: 'prod', context: { cluster: 'here', user: 'me' } }],
        'current-context': 'prod',
      }),
    );
    const { code, out, err } = tidegate(['audit', '--cluster', '--kubeconfig', kubeconfig]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe('--cluster: cluster prod (127.0.0.1:1): connect ECONNREFUSED 127.0.0.1:1\n');
  });

  it('is 2 where nobody logs in, whom the plugin of the kubeconfig asked to in its own words', () => {
    const plugin = fileWith('log-in', '#!/bin/sh\necho "enter AB-CD" >&2\necho "$KUBERNETES_EXEC_INFO" >&2\nexit 1\n');
    chmodSync(plugin, 0o755);
    const kubeconfig = fileWith(
      'plugin-kubeconfig',
      JSON.stringify({
        clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'me', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './log-in' } } }],
        contexts: [{ name: 'prod', context: { cluster: 'here', user: 'me' } }],
        'current-context': 'prod',
      }),
    );
    const { code, err } = tidegate(['audit', '--cluster', '--kubeconfig', kubeconfig]);
    expect(code).toBe(2);
    expect(err.split('\n')).toEqual([
      'enter AB-CD',
      '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}',
      `--cluster: cluster prod (127.0.0.1:1): the credential plugin "${plugin}" failed (exit code 1)`,
      '',
    ]);
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

it('names a policy by the path that was given, as it does a manifest: code hosts know no other', () => {
  const policy = relative(ROOT, fileWith('typo.yaml', 'apiVersion: tidegate.dev/v1alpha1\nkind: Polcy\n'));
  const { code, out } = tidegate(['audit', fileWith('good.yaml', GOOD), '--policies', policy]);
  expect(code).toBe(2);
  expect(out).toContain(`\n  ${policy}:`);
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
      "httpserver: require-anti-affinity, line 38",
      "httpserver: disallow-latest-if-not-present, line 45",
      "httpserver: disallow-latest-tag, line 44",
      "httpserver: require-namespace-limits, line 19",
      "httpserver: require-namespace-limits, line 19",
      "httpserver: require-descriptive-annotations, line 21",
      "httpserver: require-log-level, line 42",
      "httpserver: require-pre-stop, line 42",
      "httpserver: require-security-context, line 42",
      "httpserver: require-security-context, line 42",
      "httpserver: require-security-context, line 42",
      "httpserver: require-descriptive-annotations, line 71",
      "httpserver: require-descriptive-annotations, line 89",
      "ingress: require-descriptive-annotations, line 4",
      "ingress-controller: require-resources, line 72",
      "ingress-controller: require-namespace-limits, line 21",
      "ingress-controller: require-namespace-limits, line 21",
      "ingress-controller: require-descriptive-annotations, line 23",
      "ingress-controller: require-log-level, line 49",
      "ingress-controller: require-pre-stop, line 49",
      "ingress-controller: require-security-context, line 76",
      "ingress-controller: require-descriptive-annotations, line 84",
      "blog: require-descriptive-annotations, line 4",
      "mysql: require-liveness-probe, line 55",
      "mysql: require-resources, line 72",
      "mysql: require-namespace-limits, line 34",
      "mysql: require-namespace-limits, line 34",
      "mysql: require-descriptive-annotations, line 36",
      "mysql: require-log-level, line 55",
      "mysql: require-pre-stop, line 55",
      "mysql: require-security-context, line 55",
      "mysql: require-security-context, line 55",
      "mysql: require-security-context, line 55",
      "myblog: require-image-pull-secrets, line 114",
      "myblog: require-multiple-replicas, line 105",
      "myblog: require-resources, line 133",
      "myblog: require-namespace-limits, line 97",
      "myblog: require-namespace-limits, line 97",
      "myblog: require-descriptive-annotations, line 99",
      "myblog: require-log-level, line 117",
      "myblog: require-pre-stop, line 117",
      "myblog: require-security-context, line 117",
      "myblog: require-security-context, line 117",
      "myblog: require-security-context, line 117",
      "mysql: require-descriptive-annotations, line 145",
      "myblog: require-descriptive-annotations, line 158",
      "myblog: require-descriptive-annotations, line 176",
      "details: disallow-best-effort, line 20",
      "details: require-liveness-probe, line 21",
      "details: require-readiness-probe, line 21",
      "details: require-multiple-replicas, line 10",
      "details: require-resources, line 21",
      "details: require-namespace-limits, line 2",
      "details: require-namespace-limits, line 2",
      "details: require-descriptive-annotations, line 4",
      "details: require-log-level, line 21",
      "details: require-pre-stop, line 21",
      "details: require-security-context, line 21",
      "details: require-security-context, line 21",
      "details: require-security-context, line 21",
      "details: require-descriptive-annotations, line 28",
      "reviews: require-guaranteed-qos, line 73",
      "reviews: require-multiple-replicas, line 48",
      "reviews: require-namespace-limits, line 40",
      "reviews: require-namespace-limits, line 40",
      "reviews: require-descriptive-annotations, line 42",
      "reviews: require-priority-class, line 58",
      "reviews: require-log-level, line 60",
      "reviews: require-pre-stop, line 60",
      "reviews: require-security-context, line 60",
      "reviews: require-security-context, line 60",
      "reviews: require-security-context, line 60",
      "reviews: require-descriptive-annotations, line 83",
      "store-front: require-ingress-tls, line 100",
      "store-front: require-descriptive-annotations, line 97",
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
