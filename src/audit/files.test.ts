import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { Problem } from '../policy/problem.ts';
import { decodeText, findFiles, readFiles } from './files.ts';

const root = mkdtempSync(join(tmpdir(), 'tidegate-files-'));
afterAll(() => rmSync(root, { recursive: true }));

const FILES = ['b/z.yaml', 'b/a.yml', 'a.json', 'notes.txt', '.git/x.yaml', 'node_modules/y.yaml', 'tidegate.yaml'];
for (const file of FILES) {
  mkdirSync(join(root, file, '..'), { recursive: true });
  writeFileSync(join(root, file), `# ${file}\n`);
}
symlinkSync(root, join(root, 'b', 'ring'));
symlinkSync(join(root, 'nowhere'), join(root, 'b', 'dangling.yaml'));
mkdirSync(join(root, 'empty'));

it('finds manifests at any depth, in order of names, each once', () => {
  const { files, problems } = findFiles([root, join(root, 'a.json')]);
  expect(files).toEqual(['a.json', 'b/a.yml', 'b/z.yaml'].map((file) => join(root, file)));
  expect(problems).toEqual([]);
});

it('finds a file once that links lead to, under its own name where it has been found by that', () => {
  const linked = join(root, 'linked');
  mkdirSync(linked);
  for (const name of ['a.yaml', 'z.yaml']) symlinkSync('m.yaml', join(linked, name));
  writeFileSync(join(linked, 'm.yaml'), '');
  const link = join(linked, 'z.yaml');
  expect(findFiles([link, linked]).files).toEqual([join(linked, 'm.yaml')]);
  expect(findFiles([link]).files).toEqual([link]);
  rmSync(linked, { recursive: true });
});

it('takes a file that is named for what it is, whatever its name', () => {
  expect(findFiles([join(root, 'notes.txt')]).files).toEqual([join(root, 'notes.txt')]);
});

it('names a path with nothing behind it', () => {
  const { files, problems } = findFiles([join(root, 'nowhere'), join(root, 'empty')]);
  expect(files).toEqual([]);
  expect(problems).toEqual([
    { file: join(root, 'nowhere'), message: 'no such file or folder' },
    { file: join(root, 'empty'), message: 'no .yaml, .yml or .json file in this folder' },
  ]);
});

it('goes on after a file that cannot be read', () => {
  const problems: Problem[] = [];
  const inputs = [...readFiles([join(root, 'gone.yaml'), join(root, 'a.json')], problems)];
  expect(inputs).toEqual([{ file: join(root, 'a.json'), text: '# a.json\n' }]);
  expect(problems).toMatchObject([{ file: join(root, 'gone.yaml'), message: 'no such file or folder' }]);
});

it('names links that lead to themselves and folders that are closed, and goes on', () => {
  const odd = join(root, 'odd');
  mkdirSync(join(odd, 'closed'), { recursive: true });
  writeFileSync(join(odd, 'a.yaml'), '');
  symlinkSync('self.yaml', join(odd, 'self.yaml'));
  chmodSync(join(odd, 'closed'), 0);
  const problems = [{ file: join(odd, 'self.yaml'), message: 'is a link that leads to itself' }];
  // The administrator may read everything.
  const closed = { file: join(odd, 'closed'), message: 'may not be read: permission denied' };
  const isAdministrator = process.getuid?.() === 0;
  expect(findFiles([odd])).toEqual({
    files: [join(odd, 'a.yaml')],
    problems: isAdministrator ? problems : [closed, ...problems],
  });
});

it('names a file that is no text', () => {
  const file = join(root, 'latin.txt');
  writeFileSync(file, Buffer.from('# na\xefve', 'latin1'));
  const problems: Problem[] = [];
  expect([...readFiles([file], problems)]).toEqual([]);
  expect(problems).toEqual([{ file, message: 'cannot be read: it is not UTF-8' }]);
});

it('reads UTF-16 where the byte order mark says so', () => {
  expect(decodeText(Buffer.from('\uFEFFa: ü', 'utf16le'))).toBe('a: ü');
  expect(decodeText(Buffer.from('a: ü'))).toBe('a: ü');
});
