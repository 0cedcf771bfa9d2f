import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { decodeText } from '../audit/files.ts';
import { writeChange } from './write.ts';

const work = mkdtempSync(join(tmpdir(), 'tidegate-write-'));
afterAll(() => rmSync(work, { recursive: true }));

let files = 0;
function fileWith(bytes: string | Uint8Array): string {
  const file = join(work, `${files++}.yaml`);
  writeFileSync(file, bytes);
  return file;
}

it('keeps the mode of the file, and leaves nothing beside it', () => {
  const file = fileWith('a');
  chmodSync(file, 0o664);
  expect(writeChange({ file, before: 'a', after: 'b' })).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe('b');
  expect(statSync(file).mode & 0o777).toBe(0o664);
  expect(readdirSync(work).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

const isRoot = process.getuid?.() === 0;
it.skipIf(!isRoot)(`keeps the owner${isRoot ? '' : ' (SKIPPED: only root can give files away)'}`, () => {
  const file = fileWith('a');
  chownSync(file, 1234, 2345);
  expect(writeChange({ file, before: 'a', after: 'b' })).toBeUndefined();
  expect(statSync(file)).toMatchObject({ uid: 1234, gid: 2345 });
});

it('follows a link, which stays one', () => {
  const file = fileWith('a');
  const link = join(work, 'link.yaml');
  symlinkSync(file, link);
  expect(writeChange({ file: link, before: 'a', after: 'b' })).toBeUndefined();
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('b');
});

const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');
it.each([
  ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
  ['UTF-16 of Windows', utf16],
  ['UTF-16, high bytes first', (text: string) => utf16(text).swap16()],
])('keeps %s', (_, encode) => {
  const file = fileWith(encode('a: ä\n'));
  const before = decodeText(readFileSync(file)) ?? '';
  expect(before).toBe('a: ä\n');
  expect(writeChange({ file, before, after: 'a: ö\n' })).toBeUndefined();
  expect(readFileSync(file).equals(encode('a: ö\n'))).toBe(true);
});

it('writes nothing over what somebody else has written meanwhile', () => {
  const file = fileWith('c');
  expect(writeChange({ file, before: 'a', after: 'b' })?.message).toContain('changed it meanwhile');
  expect(readFileSync(file, 'utf8')).toBe('c');
});

it('says why it cannot write', () => {
  expect(writeChange({ file: join(work, 'gone.yaml'), before: 'a', after: 'b' })).toMatchObject({
    message: expect.stringMatching(/^not written: .*no such file/i),
  });
});
