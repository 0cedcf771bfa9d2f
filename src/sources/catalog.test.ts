import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallPolicy } from '../../test/support/policies.ts';
import { formatProblem } from '../policy/problem.ts';
import { parseSettings, RECOMMENDED } from '../policy/settings.ts';
import { loadCatalog } from './catalog.ts';
import { policyFiles } from './files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-catalog-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function policy(name: string, expression?: string): string {
  return JSON.stringify(smallPolicy(name, expression));
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const load = (more: Partial<Parameters<typeof loadCatalog>[0]> = {}) =>
  loadCatalog({ settings: RECOMMENDED, paths: [folder], builtin: false, ...more });
const text = (problems: ReturnType<typeof load>['problems']) =>
  problems.map((problem) => formatProblem(problem).replaceAll(folder, '.'));

describe('loadCatalog', () => {
  it('loads every built-in policy', () => {
    const { catalog, problems } = load({ builtin: true, paths: [] });
    expect(text(problems)).toEqual([]);
    expect(catalog.current().policies.map(({ id }) => id)).toContain('require-readiness-probe');
    expect(catalog.current().policies[0]?.file).toMatch(/^builtin:/);
  });

  it('has a policy of the cluster in the place of a built-in one, and not in that of a file', () => {
    write('a.yaml', policy('mine'));
    const resources = ['mine', 'require-readiness-probe', 'disallow-privileged'].map((name) => {
      const { apiVersion, kind, metadata, spec } = JSON.parse(policy(name));
      return { apiVersion, kind, metadata: { ...metadata, uid: name, generation: 1 }, spec };
    });
    const { catalog, problems, idle } = load({ builtin: true, resources });
    expect(text(problems)).toEqual([]);
    expect(text(idle)).toEqual([expect.stringContaining('Policy/mine')]);
    const files = new Map(catalog.current().policies.map(({ id, file }) => [id, file]));
    expect(files.get('disallow-privileged')).toBe('Policy/disallow-privileged');
    expect(files.get('require-liveness-probe')).toMatch(/^builtin:/);
    expect(files.get('mine')).toMatch(/a\.yaml$/);
  });

  it('loads files and folders, sorted by name', () => {
    write('b/policy.json', policy('b'));
    write('a/deep/down/policy.yml', policy('a'));
    const { catalog, problems } = load();
    expect(problems).toEqual([]);
    expect(catalog.current().policies.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('says what to do about a name that a built-in policy has', () => {
    write('a.yaml', policy('require-readiness-probe'));
    expect(text(load({ builtin: true }).problems).join()).toContain('(give yours another name, or use --no-builtin)');
  });

  it('names both files of a duplicate, and keeps the first', () => {
    write('a.yaml', policy('same', 'true'));
    write('b.yaml', policy('same', 'false'));
    const { catalog, problems } = load();
    expect(text(problems)).toEqual(['./b.yaml:1:74: "same" is already in ./a.yaml']);
    expect(catalog.current().policies.map(({ file }) => file)).toEqual([join(folder, 'a.yaml')]);
  });

  it('leaves out what does not compile or cannot be read, and nothing else', () => {
    write('a.yaml', policy('a'));
    write('b.yaml', policy('b', 'nothing'));
    write('c.yaml', 'kind: [');
    const { catalog, problems } = load({ paths: [folder, join(folder, 'gone')] });
    expect(catalog.current().policies.map(({ id }) => id)).toEqual(['a']);
    expect(text(problems).map((line) => line.split('\n')[0])).toEqual([
      './gone: no such file or folder',
      expect.stringMatching(/^\.\/c\.yaml:\d+:\d+: /),
      expect.stringMatching(
        /^\.\/b\.yaml:1:\d+: spec\.validations\[0\]\.expression: undeclared reference to 'nothing'/,
      ),
    ]);
  });

  it('names settings of policies that are not there', () => {
    write('a.yaml', policy('require-x'));
    const settings = 'apiVersion: tidegate.dev/v1alpha1\nkind: Settings\npolicies:\n  require-y: {}\n';
    const parsed = parseSettings(settings, 'tidegate.yaml');
    if (!parsed.ok) throw new Error('the settings must be readable');
    expect(text(load({ settings: parsed.settings, settingsPlace: parsed.place }).problems)).toEqual([
      'tidegate.yaml:4:3: policies: no policy is called "require-y" (did you mean "require-x"?)',
    ]);
  });

  it('swaps the whole set on a reload, and only for a good one', () => {
    write('a.yaml', policy('a'));
    const { catalog } = load();
    const first = catalog.current();
    write('b.yaml', policy('b', 'nothing'));
    expect(catalog.reload()).toHaveLength(1);
    expect(catalog.current()).toBe(first);
    write('b.yaml', policy('b'));
    expect(catalog.reload()).toEqual([]);
    expect(catalog.current().policies.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(first.policies).toHaveLength(1);
  });
});

describe('policyFiles', () => {
  it('leaves out fixtures beside a policy.yaml, hidden entries and other files', () => {
    for (const path of ['p/policy.yaml', 'p/good/x.yaml', 'p/bad/x.yaml', 'p/mutate/x.after.yaml', 'p/README.md'])
      write(path, '');
    for (const path of ['good/y.yaml', '.hidden/z.yaml', '.z.yaml']) write(path, '');
    const { files, problems } = policyFiles([folder]);
    expect(problems).toEqual([]);
    expect(files.map(({ file }) => file.slice(folder.length + 1))).toEqual(['good/y.yaml', 'p/policy.yaml']);
  });

  it('reads the links of a mounted ConfigMap once', () => {
    write('..2026/a.yaml', policy('a'));
    symlinkSync('..2026', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    expect(policyFiles([folder]).files.map(({ file }) => file)).toEqual([join(folder, 'a.yaml')]);
  });

  it('reads a file whatever it is called', () => {
    write('policy.txt', policy('a'));
    expect(policyFiles([join(folder, 'policy.txt')]).files).toHaveLength(1);
  });
});
