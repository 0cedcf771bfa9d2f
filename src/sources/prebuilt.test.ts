import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compilePolicy } from '../engine/compile/policy.ts';
import { builtinSources, prebuild } from './prebuilt.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-prebuilt-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'policies.json');
const built = prebuild();
if (built.ok) writeFileSync(file, JSON.stringify(built.policies));
const prebuilt = builtinSources(file).sources;
const read = builtinSources(join(folder, 'none.json')).sources;

test('no built-in policy has a problem', () => {
  expect(built).toMatchObject({ ok: true });
});

test('what is prebuilt is what the files hold, down to the parameters and the places', () => {
  expect(prebuilt.map(({ policy }) => policy)).toEqual(read.map(({ policy }) => policy));
  for (const [index, source] of prebuilt.entries()) {
    const [ready, fresh] = [compilePolicy(source), compilePolicy(read[index] as (typeof read)[number])];
    expect(ready).toMatchObject({ ok: true, policy: { file: read[index]?.file } });
    expect(ready.ok && ready.policy.params).toEqual(fresh.ok && fresh.policy.params);
    expect(ready.ok && Object.isFrozen(ready.policy.params)).toBe(true);
    expect(ready.ok && ready.policy.reads).toEqual(fresh.ok && fresh.policy.reads);
    expect(ready.ok && ready.policy.lookups).toEqual(fresh.ok && fresh.policy.lookups);
    for (const { fix, messageExpression } of ready.ok ? ready.policy.validations : []) {
      // What waits for its first use compiles when it is asked.
      expect(() => [fix?.program.type, messageExpression?.type]).not.toThrow();
    }
    expect(source.locate(['spec', 'rationale'])).toEqual(read[index]?.locate(['spec', 'rationale']));
  }
});

test('settings still count, and are still checked', () => {
  const source = prebuilt.find(({ policy }) => policy.metadata.name === 'disallow-latest-if-not-present');
  if (!source) throw new Error('it is built in');
  expect(compilePolicy(source, { parameters: { noSuch: 1 } })).toMatchObject({ ok: false });
  expect(compilePolicy(source, { parameters: {} })).toMatchObject({ ok: true });
});
