import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findFiles } from './files.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidegate-ignore-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}
const found = (...paths: readonly string[]): readonly string[] => findFiles(paths, root).files;

it('leaves out what the ignore file of a folder names, as git does', () => {
  write({
    'deploy/.tidegateignore': '# generated\n*.gen.yaml\n/vendor/\n!kept.gen.yaml\ncharts/*/templates\n',
    'deploy/a.yaml': '',
    'deploy/a.gen.yaml': '',
    'deploy/kept.gen.yaml': '',
    'deploy/vendor/b.yaml': '',
    'deploy/app/vendor/b.yaml': '',
    'deploy/charts/web/templates/c.yaml': '',
    'deploy/charts/web/values.yaml': '',
  });
  expect(found('deploy')).toEqual([
    'deploy/a.yaml',
    'deploy/app/vendor/b.yaml',
    'deploy/charts/web/values.yaml',
    'deploy/kept.gen.yaml',
  ]);
});

it('goes by the files of the folders around it, up to the working directory, and the nearest decides', () => {
  write({
    '.tidegateignore': 'skip-*\n/deploy/one.yaml\n',
    'deploy/app/.tidegateignore': '!skip-not.yaml\n',
    'deploy/one.yaml': '',
    'deploy/skip-a.yaml': '',
    'deploy/app/one.yaml': '',
    'deploy/app/skip-b.yaml': '',
    'deploy/app/skip-not.yaml': '',
  });
  expect(found('deploy')).toEqual(['deploy/app/one.yaml', 'deploy/app/skip-not.yaml']);
  expect(found('deploy/app')).toEqual(['deploy/app/one.yaml', 'deploy/app/skip-not.yaml']);
  expect(found('.')).toEqual(['deploy/app/one.yaml', 'deploy/app/skip-not.yaml']);
});

it('asks no file outside the working directory, but that of a folder there', () => {
  write({ '.tidegateignore': '*\n', 'other/.tidegateignore': 'b.yaml\n', 'other/a.yaml': '', 'other/b.yaml': '' });
  mkdirSync(join(root, 'here'));
  expect(findFiles(['../other'], join(root, 'here')).files).toEqual(['../other/a.yaml']);
});

it('reads a file that is named, whoever ignores it', () => {
  write({ '.tidegateignore': '*.yaml\n', 'a.yaml': '' });
  expect(found('a.yaml')).toEqual(['a.yaml']);
});

it('says so where nothing is left of a folder, or the ignore file cannot be read', () => {
  write({ 'deploy/.tidegateignore': '*\n', 'deploy/a.yaml': '', 'other/.tidegateignore/x': '', 'other/a.yaml': '' });
  const none = 'no .yaml, .yml or .json file in this folder that .tidegateignore does not leave out';
  expect(findFiles(['deploy'], root)).toEqual({ files: [], problems: [{ file: 'deploy', message: none }] });
  expect(findFiles(['other'], root)).toMatchObject({
    files: ['other/a.yaml'],
    problems: [{ file: join(root, 'other/.tidegateignore'), message: expect.stringContaining('EISDIR') }],
  });
});
