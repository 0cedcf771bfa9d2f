/** `tidegate fix` on every file that has something to fix: the policies' bad examples, our examples, the shared manifests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFiles, readFiles } from '../../src/audit/files.ts';
import type { Input } from '../../src/audit/manifests.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import type { Finding } from '../../src/engine/decision.ts';
import { type Fixed, fix, keyOf } from '../../src/fix/fix.ts';
import { readPolicyFolder } from '../../src/fixtures/cases.ts';
import { parseSettings, RECOMMENDED, type Settings } from '../../src/policy/settings.ts';
import type { ObjectOutcome } from '../../src/report/report.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { policyIds } from '../support/policy-pack.ts';
import { REPOSITORY } from '../support/source.ts';

const NOW = Date.parse('2026-01-01');
const sets = new Map<string, PolicySet>();

/** The whole pack under settings that each case may have of its own. */
function packUnder(settings: Settings): PolicySet {
  const key = JSON.stringify(settings);
  const known = sets.get(key);
  const set = known ?? loadCatalog({ settings, settingsPlace: undefined, paths: [], builtin: true }).catalog.current();
  sets.set(key, set);
  return set;
}

function fixAll(inputs: readonly Input[], set: PolicySet, isMutated = false): Fixed {
  return fix({ inputs, set, beside: { now: NOW }, isWanted: () => true, mutations: isMutated ? set : undefined });
}

/** What must hold of every fix: what it offers is done, and a second time there is nothing to do. */
function expectFixed(inputs: readonly Input[], set: PolicySet): Fixed {
  const fixed = fixAll(inputs, set);
  const offered = fixed.before.objects.flatMap(({ outcome }, object) => keysOf(object, outcome, ({ fix }) => !!fix));
  const left = new Set(fixed.after.objects.flatMap(({ outcome }, object) => keysOf(object, outcome, () => true)));
  expect(offered.filter((key) => left.has(key) && !fixed.refused.has(key))).toEqual([]);
  expect(fixAll(fixed.after.inputs, set).after.inputs).toEqual(fixed.after.inputs);
  const mutated = fixAll(inputs, set, true);
  expect(fixAll(mutated.after.inputs, set, true).after.inputs).toEqual(mutated.after.inputs);
  return fixed;
}

function keysOf(
  object: number,
  { findings }: ObjectOutcome,
  isMeant: (finding: Finding) => boolean,
): readonly string[] {
  return findings
    .filter((finding) => finding.excepted === undefined && isMeant(finding))
    .map((one) => keyOf(object, one));
}

const cases = policyIds().flatMap((id) =>
  readPolicyFolder(join(REPOSITORY, 'policies', id))
    .cases.filter(({ kind }) => kind === 'bad')
    .map((fixture) => ({ id, fixture, title: `${id} ${fixture.name}` })),
);

/** The settings that the first document of a case may be. */
function settingsOf(text: string): Settings {
  const [first = ''] = text.split(/^---$/m);
  if (!/^kind: *Settings *$/m.test(first)) return RECOMMENDED;
  const parsed = parseSettings(first, 'settings');
  return parsed.ok ? parsed.settings : RECOMMENDED;
}

describe('a bad example of a policy', () => {
  it.each(cases)('$title', ({ fixture }) => {
    const fixed = expectFixed([fixture.input], packUnder(settingsOf(fixture.input.text)));
    expect([...fixed.refused.values()]).toEqual([]);
  });
});

const FILES = [
  { folder: 'docs/examples', path: join(REPOSITORY, 'docs/examples') },
  { folder: '../shared/manifests', path: join(REPOSITORY, '../shared/manifests') },
  { folder: '../shared/corpus/labelled', path: join(REPOSITORY, '../shared/corpus/labelled') },
];

describe.each(FILES)('the files of $folder', ({ folder, path }) => {
  const isThere = existsSync(path);
  it.skipIf(!isThere)(
    `are fixed, and then stay as they are${isThere ? '' : ` (SKIPPED: there is no ${folder})`}`,
    () => {
      const inputs = [...readFiles(findFiles([path]).files, [])];
      const fixed = expectFixed(inputs, packUnder(RECOMMENDED));
      expect([...fixed.refused.entries()]).toEqual([]);
      expect(inputs.every(({ file, text }) => readFileSync(file, 'utf8').endsWith(text))).toBe(true);
    },
  );
});
