/** `--output` several times and the baseline, as their users meet them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { REPOSITORY } from '../support/source.ts';

const work = mkdtempSync(join(tmpdir(), 'tidegate-baseline-'));
afterAll(() => rmSync(work, { recursive: true }));
const path = (name: string): string => join(work, name);

// Two policies are read sooner than a hundred.
const POLICIES = ['require-liveness-probe', 'disallow-latest-tag'].flatMap((id) => [
  '--policies',
  join(REPOSITORY, 'policies', id, 'policy.yaml'),
]);
const audit = (...args: readonly string[]): Promise<ProgramResult> =>
  runProgram(process.execPath, [join(REPOSITORY, 'src/main.ts'), 'audit', '--no-builtin', ...POLICIES, ...args]);

function fileWith(name: string, text: string): string {
  writeFileSync(path(name), text);
  return path(name);
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: shop/web:1.0
        - name: cache
          image: redis:latest
          ports: [{ containerPort: 6379 }]
`;

/** The same, reformatted: other order of keys, of containers and so of indices, other quotes, comments, JSON inside. */
const REFORMATTED = `# A comment.
kind: "Deployment"
apiVersion: 'apps/v1'
spec:
    template:
        spec:
            containers:
            -   {"image": "redis:latest", "ports": [{"containerPort": 6379}], "name": "cache"}
            # The shop itself.
            -   image: shop/web:1.0
                name: web
        metadata: {labels: {app: web}}
    selector:
        matchLabels:
            app: web
    replicas: 1
metadata: {namespace: shop, name: web}
`;

/** A finding more: another container. */
const GROWN = `${DEPLOYMENT}        - name: extra\n          image: extra:1.0\n`;

describe('a baseline', () => {
  it('lets pass what was there, however it is written now, and nothing that is new', async () => {
    const file = fileWith('web.yaml', DEPLOYMENT);
    expect((await audit(file)).code).toBe(1);
    const written = await audit(
      file,
      '--write-baseline',
      path('baseline.json'),
      '--output',
      `json=${path('old.json')}`,
    );
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(written.stderr).toMatch(/^note: .*baseline.json has what was found;.*\n$/);

    fileWith('web.yaml', REFORMATTED);
    for (const baseline of ['baseline.json', 'old.json']) {
      const same = await audit(file, '--baseline', path(baseline), '--fail-on', 'audit');
      expect(same.code).toBe(0);
      expect(same.stdout).toMatch(/○ \d+ known/);
      expect(same.stdout).not.toContain('✗');
      expect(same.stdout).not.toContain('of the baseline');
    }

    fileWith('web.yaml', GROWN);
    const grown = await audit(file, '--baseline', path('baseline.json'), '--output', 'json');
    expect(grown.code).toBe(1);
    const { summary, objects } = JSON.parse(grown.stdout);
    const open = objects[0].findings.filter(({ known }: { known?: true }) => known === undefined);
    expect(new Set(open.map(({ container }: { container?: string }) => container))).toEqual(new Set(['extra']));
    expect(summary.known + open.length).toBe(objects[0].findings.length);
  });

  it('says how much of it is gone', async () => {
    const baseline = fileWith(
      'gone.json',
      '{"apiVersion":"tidegate.dev/v1alpha1","kind":"Baseline","findings":{"a":2,"b":1}}',
    );
    const good = fileWith('good.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n');
    const { code, stdout } = await audit(good, '--baseline', baseline);
    expect(code).toBe(0);
    expect(stdout).toContain('3 of the baseline not found any more');
  });

  it('that cannot be read is no baseline', async () => {
    const { code, stderr } = await audit(work, '--baseline', path('nowhere.json'));
    expect({ code, stderr }).toEqual({ code: 2, stderr: `${path('nowhere.json')}: no such file or folder\n` });
  });
});

it('writes several formats at once', async () => {
  const file = fileWith('several.yaml', DEPLOYMENT);
  const { code, stdout } = await audit(file, '--output', 'table', '--output', `json=${path('several.json')}`);
  expect(code).toBe(1);
  expect(stdout).toContain('Deployment shop/web');
  expect(JSON.parse(readFileSync(path('several.json'), 'utf8'))).toMatchObject({ kind: 'AuditReport' });
});

it('ends with 2 where a file cannot be written', async () => {
  const file = fileWith('unwritten.yaml', DEPLOYMENT);
  const { code, stderr } = await audit(file, '--output', `json=${path('no/folder.json')}`);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `${path('no/folder.json')}: cannot be written: there is no such folder\n`,
  });
});
