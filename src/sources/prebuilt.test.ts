import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compilePolicy } from '../engine/compile.ts';
import { builtinSources, prebuild } from './prebuilt.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-prebuilt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'policies.json');
writeFileSync(file, JSON.stringify(prebuild()));
const prebuilt = builtinSources(file).sources;
const read = builtinSources(join(folder, 'none.json')).sources;

test('what is prebuilt is what the files hold, down to the parameters and the places', () => {
  expect(prebuilt.map(({ policy }) => policy)).toEqual(read.map(({ policy }) => policy));
  for (const [index, source] of prebuilt.entries()) {
    const [ready, fresh] = [compilePolicy(source), compilePolicy(read[index] as (typeof read)[number])];
    expect(ready).toMatchObject({ ok: true, policy: { file: read[index]?.file } });
    expect(ready.ok && ready.policy.params).toEqual(fresh.ok && fresh.policy.params);
    expect(ready.ok && Object.isFrozen(ready.policy.params)).toBe(true);
    expect(source.locate(['spec', 'rationale'])).toEqual(read[index]?.locate(['spec', 'rationale']));
  }
});

test('settings still count, and are still checked', () => {
  const source = prebuilt.find(({ policy }) => policy.metadata.name === 'disallow-latest-if-not-present');
  if (!source) throw new Error('it is built in');
  expect(compilePolicy(source, { parameters: { noSuch: 1 } })).toMatchObject({ ok: false });
  expect(compilePolicy(source, { parameters: {} })).toMatchObject({ ok: true });
});
