import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../src/engine/compile/policy.ts';
import { LIBRARY } from '../src/engine/library.ts';
import { parsePolicies } from '../src/policy/parse.ts';
import { formatProblem } from '../src/policy/problem.ts';
import { enforcementSchema, policySchema } from '../src/policy/schema.ts';
import { parseSettings, settingsSchema } from '../src/policy/settings.ts';
import { loadCatalog } from '../src/sources/catalog.ts';
import { textOf } from './support/source.ts';

const PAGE = textOf('docs/policy.md');
const SETTINGS_PAGE = textOf('docs/settings.md');

const blocksOf = (page: string) => [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block);
const SPEC = policySchema.properties.spec.properties;

describe('docs/policy.md', () => {
  const [policy = '', rules = ''] = blocksOf(PAGE);

  it('shows a policy that compiles', () => {
    const { sources, problems } = parsePolicies(policy, 'docs/policy.md');
    const results = sources.map((source) => compilePolicy(source));
    const all = [...problems, ...results.flatMap((result) => (result.ok ? [] : result.problems))];
    expect(all.map(formatProblem)).toEqual([]);
    expect(results).toHaveLength(1);
  });

  it('shows validations that compile', () => {
    const head = policy.slice(0, policy.indexOf('  validations:'));
    const text = head.replace('subject: Resource', 'subject: PodTemplate') + rules.replace(/^/gm, '  ').trimEnd();
    const { sources, problems } = parsePolicies(text, 'docs/policy.md');
    const results = sources.map((source) => compilePolicy(source));
    const all = [...problems, ...results.flatMap((result) => (result.ok ? [] : result.problems))];
    expect(all.map(formatProblem)).toEqual([]);
    expect(results[0]).toMatchObject({ ok: true, policy: { validations: [{ name: 'limits' }] } });
  });

  it.each([
    ...Object.keys(SPEC),
    ...Object.keys(enforcementSchema.properties),
    ...Object.keys(SPEC.validations.items.properties),
  ])('describes the field %s', (field) => {
    expect(PAGE).toContain(`| \`${field}\` |`);
  });

  it.each(LIBRARY.map(({ name }) => name))('describes the function %s', (name) => {
    expect(PAGE).toMatch(new RegExp(`^\\| \`(\\w+\\.)?${name}\\(`, 'm'));
  });
});

describe('docs/settings.md', () => {
  it('shows settings that hold for the policies that come with Tidegate', () => {
    const parsed = parseSettings(blocksOf(SETTINGS_PAGE)[0] ?? '', 'docs/settings.md');
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
    if (!parsed.ok) return;
    const { problems } = loadCatalog({
      settings: parsed.settings,
      settingsPlace: parsed.place,
      paths: [],
      builtin: true,
    });
    expect(problems.map(formatProblem)).toEqual([]);
  });

  it.each(['profile', 'excludedNamespaces'])('describes %s', (field) => {
    expect(Object.keys(settingsSchema.properties)).toContain(field);
    expect(SETTINGS_PAGE).toContain(`| \`${field}\` |`);
  });
});
