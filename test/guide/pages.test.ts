/** What `tidegate policies` and `tidegate explain` show. */
import { describe, expect, it } from 'vitest';
import { policyPage } from '../../src/guide/policy-page.ts';
import { policyLines, policyTable } from '../../src/guide/policy-table.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { COLOURS, PLAIN } from '../../src/report/paint.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { policyReadme } from '../../src/sources/readme.ts';
import { policy, setOf } from '../support/policies.ts';

const SCREEN = { width: 80, paint: PLAIN };
const OWN = policy('require-size', {
  subject: 'PodTemplate',
  category: 'Ours',
  title: 'Sizes are known',
  parameters: { properties: { size: { type: 'integer', default: 2, description: 'How many.' } } },
  validations: [{ expression: 'params.size > 1', message: 'too small' }],
});
const OVERRIDE = { namespaceSelector: { matchLabels: { stage: 'dev' } }, action: 'Audit' } as const;

describe('the table of policies', () => {
  it('groups by category, and says what depends on the namespace', () => {
    const other = policy('require-colour', { subject: 'PodTemplate', category: 'Ours', title: 'Colours are known' });
    const set = setOf(
      [OWN, { ...other, spec: { ...(other['spec'] as object), validations: [{ expression: 'true', message: 'no' }] } }],
      {
        ...RECOMMENDED,
        policies: { 'require-size': { enforcement: { action: 'Warn', overrides: [OVERRIDE] } } },
      },
    );
    expect(policyLines(set)).toMatchObject([
      { action: 'Deny', differsByNamespace: false },
      { action: 'Warn', differsByNamespace: true },
    ]);
    expect(policyTable(policyLines(set), set.profile, SCREEN)).toMatchInlineSnapshot(`
      "Ours
        require-colour  Deny   high    Colours are known
        require-size    Warn*  high    Sizes are known

      * another action in some namespaces
      2 policies (1 Deny, 1 Warn) in profile recommended
      tidegate explain <policy> shows the page of one.
      "
    `);
  });

  it('lists none in a word', () => {
    expect(policyTable([], 'recommended', SCREEN)).toMatch(/^\n*0 policies in profile recommended\n/);
  });

  it('breaks long titles below themselves on a narrow screen', () => {
    const set = setOf([OWN]);
    const [line] = policyLines(set);
    const table = policyTable(line ? [{ ...line, title: 'word '.repeat(12).trim() }] : [], set.profile, {
      width: 60,
      paint: COLOURS,
    });
    expect(table.split('\n').filter((text) => text.includes('word'))).toHaveLength(2);
  });
});

describe('the page of a policy', () => {
  const [own] = setOf([OWN], { ...RECOMMENDED, policies: { 'require-size': { parameters: { size: 3 } } } }).policies;
  if (own === undefined) throw new Error('no policy');

  it('says what the mark at its action means', () => {
    const settings = { 'require-size': { enforcement: { action: 'Warn', overrides: [OVERRIDE] } } } as const;
    const [some] = setOf([OWN], { ...RECOMMENDED, policies: settings }).policies;
    const page = some && policyPage(some, undefined, SCREEN);
    expect(page).toMatch(/^require-size .* Warn\*\n/);
    expect(page).toContain('\n* another action in some namespaces\nFrom test.yaml\n');
  });

  it('is made from its own words where it has no README, with the values in force', () => {
    expect(policyPage(own, undefined, SCREEN)).toMatchInlineSnapshot(`
      "require-size                                           Ours, high severity, Deny

        Sizes are known.

      Why it matters
        Why require-size.

      How to fix
        How require-size.

      Parameters
        \`size\`: 3 (default: 2)
            How many.

      From test.yaml
      "
    `);
  });

  it('is never that of another policy in the same folder', () => {
    expect(policyReadme({ id: 'require-other', file: 'builtin:require-readiness-probe/policy.yaml' })).toBeUndefined();
  });

  const { policies } = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true }).catalog.current();

  it.each(policies.map((one) => [one.id, one] as const))('of %s fits a terminal and has all chapters', (_, one) => {
    const page = policyPage(one, policyReadme(one), { width: 100, paint: PLAIN });
    const chapters = page.split('\n').filter((line) => /^(Why|How|When|Parameters)/.test(line));
    expect(chapters).toEqual(['Why it matters', 'How to fix', 'When not to use it', 'Parameters']);
    // Lines of code are never broken: they are to be copied.
    expect(page.split('\n').filter((line) => line.length > 100 && !line.startsWith('    '))).toEqual([]);
    expect(page).not.toMatch(/\]\(|```|undefined/);
  });
});
