import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLE } from '../../test/support/report-example.ts';
import { COLOURS } from '../report/paint.ts';
import { formatIn, type Output, outputOf, writeOutputs } from './outputs.ts';
import { writeWhole } from './write-file.ts';

const work = mkdtempSync(join(tmpdir(), 'tidegate-outputs-'));
afterAll(() => rmSync(work, { recursive: true }));
const path = (name: string): string => join(work, name);

function outputsOf(...values: readonly string[]): readonly Output[] {
  return values.reduce<readonly Output[]>((outputs, value) => outputOf(value, outputs), []);
}

describe('--output', () => {
  it('takes formats with and without a file', () => {
    expect(outputsOf('table', 'json=a.json', 'json=b=c.json')).toEqual([
      { format: 'table' },
      { format: 'json', file: 'a.json' },
      { format: 'json', file: 'b=c.json' },
    ]);
  });

  it.each([
    [['xml'], 'Formats are table, json'],
    [['json='], 'json= is without the name of a file'],
    [['table', 'json'], 'table goes to standard output already: give one of them a file, as json=FILE'],
    [['table=a', 'json=a'], 'a cannot be both table and json'],
    [['table=a', 'json=./b/../a'], './b/../a cannot be both table and json'],
    [['constructor'], 'Formats are'],
  ])('refuses %j', (values, message) => {
    expect(() => outputsOf(...values)).toThrow(message);
  });

  it('knows what goes to a file, by whatever name', () => {
    expect(formatIn('./b/../a', outputsOf('table', 'json=a'))).toBe('json');
    expect(formatIn('a', outputsOf('table', 'json=b'))).toBeUndefined();
  });

  it('writes files without colours, and says which it could not write', async () => {
    const outputs = outputsOf(`table=${path('report.txt')}`, `json=${path('nowhere/report.json')}`);
    const problems = await writeOutputs(outputs, EXAMPLE, { width: 80, paint: COLOURS });
    expect(problems).toEqual([
      { file: path('nowhere/report.json'), message: 'cannot be written: there is no such folder' },
    ]);
    const text = readFileSync(path('report.txt'), 'utf8');
    expect(text).toContain('require-readiness-probe');
    expect(text).not.toContain('\u001B');
  });
});

describe('a file', () => {
  it('is replaced as a whole, where a link leads to, and nothing stays beside it', () => {
    mkdirSync(path('folder'));
    writeFileSync(path('folder/real.json'), 'old');
    symlinkSync('folder/real.json', path('link.json'));
    expect(writeWhole(path('link.json'), ['new'])).toBeUndefined();
    expect(readFileSync(path('folder/real.json'), 'utf8')).toBe('new');
    expect(readdirSync(path('folder'))).toEqual(['real.json']);
  });

  it('can be what is no file, and what is open already', () => {
    expect(writeWhole('/dev/null', ['text'])).toBeUndefined();
    const descriptor = openSync(path('open.log'), 'a');
    writeSync(descriptor, 'before ');
    expect(writeWhole(`/dev/fd/${descriptor}`, ['te', 'xt'])).toBeUndefined();
    writeSync(descriptor, ' after');
    closeSync(descriptor);
    expect(readFileSync(path('open.log'), 'utf8')).toBe('before text after');
  });

  it('takes a text part by part, and is as it was where a part cannot be had', () => {
    mkdirSync(path('parts'));
    const file = path('parts/report');
    expect(writeWhole(file, ['a', 'b', 'ü'])).toBeUndefined();
    const broken = function* (): Generator<string> {
      yield 'c';
      throw new RangeError('Invalid string length');
    };
    expect(writeWhole(file, broken())?.message).toBe('cannot be written: Invalid string length');
    expect(readFileSync(file, 'utf8')).toBe('abü');
    expect(readdirSync(path('parts'))).toEqual(['report']);
  });

  it('is as it was where it cannot be written', () => {
    mkdirSync(path('taken'));
    expect(writeWhole(path('taken'), ['text'])).toEqual({
      file: path('taken'),
      message: 'cannot be written: it is a folder',
    });
    chmodSync(path('taken'), 0o500);
    // Root may write anywhere.
    if (process.getuid?.() === 0) return;
    expect(writeWhole(path('taken/report'), ['text'])?.message).toBe('cannot be written: permission denied');
  });
});
