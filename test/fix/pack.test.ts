/** `tidegate fix` on every file that has something to fix: the policies' bad examples, our examples, the shared manifests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFiles, readFiles } from '../../src/audit/files.ts';
import type { Input } from '../../src/audit/manifests.ts';
import { readYaml } from '../../src/audit/yaml.ts';
import type { JsonMap } from '../../src/cel/value.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import type { Finding } from '../../src/engine/decision.ts';
import { type Fixed, fix, keyOf } from '../../src/fix/fix.ts';
import type { Scene } from '../../src/fix/scene.ts';
import { readPolicyFolder } from '../../src/fixtures/cases.ts';
import { parsePath } from '../../src/policy/path.ts';
import { parseSettings, RECOMMENDED, type Settings } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { policyIds, sourceOf } from '../support/policy-pack.ts';
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

function fixAll(inputs: readonly Input[], set: PolicySet, isAll: boolean): Fixed {
  const mutations = isAll ? set : undefined;
  return fix({ inputs, set, beside: { now: NOW }, wanted: () => 'now', mutations, templates: isAll });
}

/** `isAll` for mutations and templates too. What must hold of every fix: what it offers is done, and a second time there is nothing to do. */
function expectFixed(inputs: readonly Input[], set: PolicySet, isAll: boolean): Fixed {
  const fixed = fixAll(inputs, set, isAll);
  const offered = keysOf(fixed.before, ({ fix: patch }) => patch !== undefined);
  const [then, now] = [keysOf(fixed.before), keysOf(fixed.after)];
  const count = (keys: readonly string[], key: string): number => keys.filter((one) => one === key).length;
  const stays = (key: string): boolean => count(now, key) > count(then, key) - count(offered, key);
  expect(offered.filter((key) => stays(key) && !fixed.refused.has(key))).toEqual([]);
  expect(fixAll(fixed.after.inputs, set, isAll).after.inputs).toEqual(fixed.after.inputs);
  return fixed;
}

function keysOf({ objects }: Scene, isMeant: (finding: Finding) => boolean = () => true): readonly string[] {
  return objects.flatMap(({ outcome }, object) =>
    outcome.findings
      .filter((finding) => finding.excepted === undefined && isMeant(finding))
      .map((finding) => keyOf(object, finding)),
  );
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
    for (const isAll of [false, true]) {
      const fixed = expectFixed([fixture.input], packUnder(settingsOf(fixture.input.text)), isAll);
      expect([...fixed.refused.values()]).toEqual([]);
    }
  });
});

/** What is rightly refused in files that no server takes: containers without names, workloads without a spec. */
const REFUSALS = [
  'it would take a container away: do two of them have the same name?',
  'the file does not have what the fix would be a part of',
];
const FILES = ['docs/examples', '../shared/manifests', '../shared/corpus/labelled', '../shared/corpus/realworld'];

describe.each(FILES)('the files of %s', (folder) => {
  const path = join(REPOSITORY, folder);
  const isThere = existsSync(path);
  it.skipIf(!isThere)(
    `are fixed, and then stay as they are${isThere ? '' : ` (SKIPPED: there is no ${folder})`}`,
    () => {
      const inputs = [...readFiles(findFiles([path]).files, [])];
      const fixed = expectFixed(inputs, packUnder(RECOMMENDED), true);
      expect([...fixed.refused.entries()].filter(([, reason]) => !REFUSALS.includes(reason))).toEqual([]);
      expect(inputs.every(({ file, text }) => readFileSync(file, 'utf8').endsWith(text))).toBe(true);
    },
  );
});

describe('what policies leave to be filled in', () => {
  const templates = policyIds().flatMap((id) =>
    (sourceOf(id).policy.spec.validations ?? []).flatMap(({ name = '', path = '', template }) =>
      template === undefined ? [] : [{ title: `${id}/${name}`, path, template }],
    ),
  );

  it.each(templates)('$title leads where the finding points', ({ path, template }) => {
    const steps = parsePath(path) ?? [];
    const reading = readYaml(template);
    const parent = steps
      .slice(0, -1)
      .reduce<unknown>((value, step) => (value as JsonMap)?.[step], reading.ok && reading.value);
    expect(Object.keys(parent as JsonMap)).toContain(steps.at(-1));
    expect(template).toMatch(/<[^>]+>/);
  });
});
