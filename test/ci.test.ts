/** What stands ready for the pipelines of others: the GitHub Action and the hooks of pre-commit. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  mkdirSync(join(folder, 'action/dist'), { recursive: true });
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
    const [program, ...command] = [...entry.split(' '), ...args];
    expect(program).toBe('tidegate');
    expect(Object.keys(JSON.parse(textOf('package.json')).bin)).toEqual([program]);
    const script = `cd ${join(folder, 'deploy')} && exec node ${main} "$@"`;
    const { code, stderr } = await runProgram('bash', ['-c', script, 'hook', ...command]);
    expect(code).toBe(id === 'tidegate-audit' ? 1 : 0);
    if (id === 'tidegate-fix') expect(stderr).toContain('store-front.yaml');
  });
});

it('is built where npm brings none of the packages that build it, as pre-commit has it install from git', async () => {
  const [clone, bin, calls] = [join(folder, 'clone'), join(folder, 'bin'), join(folder, 'calls')];
  for (const path of [join(clone, 'src'), bin]) mkdirSync(path, { recursive: true });
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "$1 global=$npm_config_global" >>${calls}\n`, { mode: 0o755 });
  const env = { ...process.env, PATH: `${bin}:${process.env['PATH']}`, npm_config_global: 'true' };
  const prepare = join(REPOSITORY, '.ci/prepare.sh');
  const { code, stderr } = await runProgram('sh', ['-c', `cd ${clone} && exec sh ${prepare}`], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(readFileSync(calls, 'utf8')).toBe('ci global=false\nrun global=true\n');
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
