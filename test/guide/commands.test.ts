/** `tidegate policies`, `explain` and `init` as processes. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-guide-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string } {
  const env = { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

describe('tidegate init', () => {
  it('writes settings and a schema, and never over what is there', () => {
    expect(run('init', '--schema')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^wrote tidegate\.yaml\nwrote tidegate\.schema\.json\n/),
      err: '',
    });
    expect(readdirSync(folder).sort()).toEqual(['tidegate.schema.json', 'tidegate.yaml']);
    const text = readFileSync(join(folder, 'tidegate.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/tidegate\.schema\.json\n/);
    expect(run('init')).toEqual({
      code: 2,
      out: '',
      err: 'tidegate.yaml: is there already (--force writes over it)\n',
    });
    expect(run('init', '--force').code).toBe(0);
  });

  it('prints to standard output', () => {
    const { code, out } = run('init', '-');
    expect(code).toBe(0);
    expect(out).toContain('\nkind: Settings\n');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('tidegate policies', () => {
  it('lists what is in force with the settings at hand', () => {
    const settings =
      'apiVersion: tidegate.dev/v1alpha1\nkind: Settings\nprofile: strict\npolicies:\n  require-pre-stop: {enforcement: {action: "Off"}}\n';
    writeFileSync(join(folder, 'tidegate.yaml'), settings);
    const { code, out } = run('policies', '--output', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ id: 'require-pre-stop', action: 'Off' }));
    expect(run('policies').out).toMatch(/\d+ policies \(.*\) in profile strict\n/);
  });
});

describe('tidegate explain', () => {
  it('shows a page, or says which policy was meant', () => {
    expect(run('explain', 'require-pre-stop')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^require-pre-stop /),
    });
    expect(run('explain', 'require-prestop')).toEqual({
      code: 2,
      out: '',
      err: 'tidegate explain: no policy is called "require-prestop" (did you mean "require-pre-stop"?)\n',
    });
  });
});
