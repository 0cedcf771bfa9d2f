/** What stands ready for the pipelines of others: the GitHub Action and the hooks of pre-commit. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type ProgramResult, runProgram } from './support/program.ts';
import { REPOSITORY, textOf } from './support/source.ts';

interface Input {
  readonly description: string;
  readonly default: string;
}

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const action = parse(textOf('action.yml')) as {
  readonly inputs: Readonly<Record<string, Input>>;
  readonly runs: { readonly steps: readonly Step[] };
};
const main = join(REPOSITORY, 'src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'tidegate-ci-'));

beforeAll(() => {
  // As a runner lays it out: the action apart from the repository that it looks at.
  for (const part of ['action/dist', 'action/.ci']) mkdirSync(join(folder, part), { recursive: true });
  copyFileSync(join(REPOSITORY, '.ci/tidegate.sh'), join(folder, 'action/.ci/tidegate.sh'));
  writeFileSync(join(folder, 'action/dist/builtin-policies.json'), '');
  writeFileSync(join(folder, 'action/dist/main.js'), `import ${JSON.stringify(main)};\n`);
  writeFileSync(join(folder, 'action/package.json'), '{"type": "module"}');
  mkdirSync(join(folder, 'deploy'));
  copyFileSync(join(REPOSITORY, 'docs/examples/store-front.yaml'), join(folder, 'deploy/store-front.yaml'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the step as a runner does: by bash, inputs put into its environment, in the repository. */
async function audit(inputs: Readonly<Record<string, string>>): Promise<ProgramResult & { readonly written: string }> {
  const step = action.runs.steps.find(({ id }) => id === 'audit');
  const given = Object.entries(step?.env ?? {}).map(([name, value]) => {
    const input = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(value)?.[1] ?? '';
    return [name, inputs[input] ?? action.inputs[input]?.default];
  });
  const [summary, output] = [join(folder, 'summary.md'), join(folder, 'output')];
  for (const file of [summary, output]) writeFileSync(file, '');
  const env = {
    ...process.env,
    ...Object.fromEntries(given),
    GITHUB_ACTION_PATH: join(folder, 'action'),
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: output,
  };
  const script = `cd ${folder}\n${step?.run}`;
  const result = await runProgram('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { env });
  return { ...result, written: readFileSync(summary, 'utf8') + readFileSync(output, 'utf8') };
}

describe('the GitHub Action', () => {
  it('annotates, sums up, writes SARIF and fails where something is refused', async () => {
    const { code, stdout, stderr, written } = await audit({ paths: 'deploy' });
    expect(stderr).toBe('');
    expect(code).toBe(1);
    expect(stdout).toContain('::error file=deploy/store-front.yaml,line=21,');
    expect(written).toContain('require-liveness-probe');
    expect(written).toContain('exit-code=1');
    expect(JSON.parse(readFileSync(join(folder, 'tidegate.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it('takes a path with a space on a line of its own', async () => {
    const file = join(folder, 'our shop.yaml');
    copyFileSync(join(REPOSITORY, 'docs/examples/store-front.yaml'), file);
    const { code, stdout } = await audit({ paths: 'our shop.yaml\n' });
    expect(code, stdout).toBe(1);
    expect(stdout).toContain('::error file=our shop.yaml,line=21,');
    expect((await audit({ paths: 'our shop.yaml\n\ndeploy\n' })).stdout).toContain('file=deploy/store-front.yaml');
    expect((await audit({ paths: 'deploy our shop.yaml' })).code).toBe(2);
    rmSync(file);
  });

  it('takes an input for what it is, whatever it holds', async () => {
    const { code, stdout } = await audit({ paths: '$(touch owned) ; touch owned #', sarif: '`touch owned`' });
    expect(code, stdout).toBe(2);
    expect(existsSync(join(folder, 'owned'))).toBe(false);
  });

  it('hands every input on', async () => {
    const settings = join(folder, 'baseline.yaml');
    writeFileSync(settings, 'apiVersion: tidegate.dev/v1alpha1\nkind: Settings\nprofile: baseline\n');
    expect((await audit({ paths: 'deploy', settings })).code).toBe(0);
    expect((await audit({ paths: 'deploy', settings, profile: 'strict' })).code).toBe(1);
    expect((await audit({ paths: 'deploy', settings, 'fail-on': 'audit' })).code).toBe(1);
    expect((await audit({ paths: 'deploy', baseline: 'absent.json' })).code).toBe(2);
  });

  it('has its inputs on the page', () => {
    const rows = [...textOf('docs/ci.md').matchAll(/^\| `([a-z-]+)` \| (?:`(.*?)`)? ?\|/gm)];
    const page = Object.fromEntries(rows.map(([, name, value = '']) => [name, value]));
    expect(page).toEqual(
      Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, input.default])),
    );
  });
});

describe('the hooks of pre-commit', () => {
  const hooks = parse(textOf('.pre-commit-hooks.yaml')) as readonly { id: string; entry: string; args: string[] }[];

  it.each(hooks)('$id runs, and fails or mends', async ({ id, entry, args }) => {
    // As pre-commit starts it: by its path in the clone, in the repository of who commits.
    const command = [join(folder, 'action', entry), ...args].join(' ');
    const { code, stderr } = await runProgram('bash', ['-c', `cd ${join(folder, 'deploy')} && exec ${command}`]);
    expect(code).toBe(id === 'tidegate-audit' ? 1 : 0);
    if (id === 'tidegate-fix') expect(stderr).toContain('store-front.yaml');
  });
});

describe('a clone that has not been built', () => {
  const [clone, bin, calls] = [join(folder, 'clone'), join(folder, 'bin'), join(folder, 'calls')];
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}` };

  beforeEach(() => {
    for (const path of [clone, bin]) rmSync(path, { recursive: true, force: true });
    for (const path of [join(clone, 'src'), join(clone, '.ci'), bin]) mkdirSync(path, { recursive: true });
    for (const script of ['tidegate.sh', 'prepare.sh'])
      copyFileSync(join(REPOSITORY, '.ci', script), join(clone, '.ci', script));
    // Builds what tells of itself, unless it is made to fail.
    writeFileSync(
      join(bin, 'npm'),
      `#!/bin/sh
echo "$@" >>${calls}
[ "$1" = ci ] && echo built && exit
[ -z "$FAIL" ] || exit 1
mkdir -p dist && echo 'console.log("ran", ...process.argv.slice(2))' >dist/main.js && touch dist/builtin-policies.json
`,
      { mode: 0o755 },
    );
    writeFileSync(calls, '');
  });

  it('is built by its first run, which says nothing of that on standard output', async () => {
    const script = join(clone, '.ci/tidegate.sh');
    expect(await runProgram(script, ['audit', 'a b'], { env: { ...env, FAIL: '1' } })).toMatchObject({ code: 2 });
    for (let run = 0; run < 2; run++)
      expect(await runProgram(script, ['audit', 'a b'], { env })).toMatchObject({ code: 0, stdout: 'ran audit a b\n' });
    const once = 'ci --ignore-scripts --loglevel=error\nrun --silent build\n';
    expect(readFileSync(calls, 'utf8')).toBe(once.repeat(2));
  });

  it('is not built by a compiler of somebody else where npm brings none', async () => {
    const { code, stderr } = await runProgram('sh', ['-c', `cd ${clone} && exec sh .ci/prepare.sh`], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^tidegate: npm before 12 cannot install it globally from git; clone it, /);
    expect(readFileSync(calls, 'utf8')).toBe('');
  });
});

it('takes no mistake of its own for a finding', async () => {
  const broken = `data:text/javascript,process.stdout.write = () => { throw new TypeError('a mistake of ours') }`;
  const { code, stderr } = await runProgram(process.execPath, ['--import', broken, main, 'policies']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^TypeError: a mistake of ours\n +at /) });
});

it('says which Node it needs to one that is too old', async () => {
  const older = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '20.19.0' })`;
  const { code, stderr } = await runProgram(process.execPath, ['--import', older, main, 'audit', '.']);
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'tidegate needs Node 22.19 or later, and this is 20.19.0\n' });
});
