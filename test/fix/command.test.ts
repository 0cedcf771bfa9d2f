/** `tidegate fix` as its users run it: a process, its output, its exit code, and the files afterwards. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../support/source.ts';

const work = mkdtempSync(join(tmpdir(), 'tidegate-fix-'));
afterAll(() => rmSync(work, { recursive: true }));

function tidegate(args: readonly string[], input = '') {
  const run = spawnSync(process.execPath, [join(REPOSITORY, 'src/main.ts'), ...args], {
    cwd: work,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

const POD = `# Ours.
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  hostNetwork: true # for the demo
  containers:
    - name: web
      image: 'docker.io/example/web:1.0' # pinned
      ports: [{containerPort: 8080}]
`;
const ONLY = ['--policy', 'require-readiness-probe'];
const MENDED = `${POD}      readinessProbe:
        tcpSocket:
          port: 8080
        initialDelaySeconds: 5
        periodSeconds: 10
`;

function fileWith(name: string, text: string): string {
  writeFileSync(join(work, name), text);
  return name;
}

describe('tidegate fix', () => {
  it('shows what it would do, and does it when told to: once', () => {
    const file = fileWith('pod.yaml', POD);
    const shown = tidegate(['fix', file, ...ONLY]);
    expect(shown).toMatchObject({ code: 1, err: expect.stringContaining('1 finding would be fixed in 1 file') });
    expect(shown.out).toBe(
      [
        '--- a/pod.yaml',
        '+++ b/pod.yaml',
        '@@ -8,3 +8,8 @@',
        '     - name: web',
        "       image: 'docker.io/example/web:1.0' # pinned",
        '       ports: [{containerPort: 8080}]',
        '+      readinessProbe:',
        '+        tcpSocket:',
        '+          port: 8080',
        '+        initialDelaySeconds: 5',
        '+        periodSeconds: 10',
        '',
      ].join('\n'),
    );
    expect(readFileSync(join(work, file), 'utf8')).toBe(POD);
    expect(tidegate(['fix', file, ...ONLY, '--write'])).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(join(work, file), 'utf8')).toBe(MENDED);
    expect(tidegate(['fix', file, ...ONLY])).toMatchObject({ code: 0, out: '' });
  });

  it('prints standard input, mended', () => {
    expect(tidegate(['fix', '-', ...ONLY], POD)).toMatchObject({ code: 0, out: MENDED });
    expect(tidegate(['fix', '-', ...ONLY], MENDED)).toMatchObject({ code: 0, out: MENDED });
  });

  it('shows a patch that git takes', () => {
    cpSync(join(REPOSITORY, 'docs/examples'), join(work, 'examples'), { recursive: true });
    fileWith('examples/open.yaml', POD.trimEnd());
    const { out } = tidegate(['fix', 'examples']);
    const applied = spawnSync('git', ['apply', '--unsafe-paths', '-p1'], { cwd: work, input: out, encoding: 'utf8' });
    expect(applied).toMatchObject({ status: 0, stderr: '' });
    expect(tidegate(['fix', 'examples'])).toMatchObject({ code: 0, out: '' });
  });

  it('mends the rest of what cannot all be read, and says so by 2', () => {
    const file = fileWith('broken.yaml', `${POD}---\n{{ if }}\n`);
    const { code, err } = tidegate(['fix', file, ...ONLY, '--write']);
    expect(code).toBe(2);
    expect(err).toMatch(/broken\.yaml:12:\d+: cannot be read as YAML/);
    expect(readFileSync(join(work, file), 'utf8')).toBe(`${MENDED}---\n{{ if }}\n`);
  });

  it('says what is left, and where', () => {
    const file = fileWith('left.yaml', POD.replace('      ports: [{containerPort: 8080}]\n', ''));
    const { code, out, err } = tidegate(['fix', file, ...ONLY]);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('✗ 8:7  require-readiness-probe  Pod shop/a');
    expect(err).toContain('Add a readinessProbe that succeeds only while the container can serve.');
  });

  it('takes standard input alone, and does not write to it', () => {
    for (const args of [
      ['-', 'pod.yaml'],
      ['-', '--write'],
    ])
      expect(tidegate(['fix', ...args])).toMatchObject({ code: 2, err: expect.stringContaining('stands alone') });
    expect(tidegate(['fix', 'nowhere.yaml'])).toMatchObject({ code: 2, err: expect.stringContaining('nowhere.yaml') });
  });
});
