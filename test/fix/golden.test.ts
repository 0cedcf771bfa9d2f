/** What `tidegate fix` makes of files of many styles: golden/<name>.before.* becomes golden/<name>.after.*, byte for byte. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compilePolicy } from '../../src/engine/compile/policy.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { fix } from '../../src/fix/fix.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { sourceOf } from '../support/policy-pack.ts';
import { REPOSITORY, textOf } from '../support/source.ts';

const FOLDER = 'test/fix/golden';
// A few that change together, so that the files say how is written and not what: that the pack's own examples say.
const POLICIES = [
  'disallow-latest-if-not-present',
  'disallow-latest-tag',
  'require-liveness-probe',
  'require-readiness-probe',
  'set-pre-stop-sleep',
];
const compiled = POLICIES.flatMap((id) => {
  const result = compilePolicy(sourceOf(id));
  return result.ok ? [result.policy] : [];
});
const set = policySet(compiled, RECOMMENDED);

const names = readdirSync(join(REPOSITORY, FOLDER)).filter((name) => name.includes('.before.'));

it('has all its policies', () => {
  expect(compiled.map(({ id }) => id)).toEqual(POLICIES);
  expect(names.length).toBeGreaterThan(2);
});

it.each(names)('%s becomes what its golden file says; --update writes that anew', async (name) => {
  const file = `${FOLDER}/${name}`;
  const made = (text: string): string => {
    const task = { inputs: [{ file, text }], set, beside: { now: 0 }, wanted: () => 'now' as const };
    return fix({ ...task, mutations: set, templates: true }).after.inputs[0]?.text ?? '';
  };
  const after = made(textOf(file));
  await expect(after).toMatchFileSnapshot(join(REPOSITORY, FOLDER, name.replace('.before.', '.after.')));
  expect(made(after)).toBe(after);
  const windows = made(textOf(file).replaceAll('\n', '\r\n'));
  expect(windows).toBe(after.replaceAll('\n', '\r\n'));
});
