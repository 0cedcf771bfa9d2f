/** What `tidegate init` writes: it changes nothing, and everything in it can be put in force. */

import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingsSchemaText } from '../../src/guide/settings-schema.ts';
import { settingsTemplate } from '../../src/guide/settings-template.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { parseSettings, RECOMMENDED, type Settings } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { REPOSITORY } from '../support/source.ts';

const load = (settings: Settings) => loadCatalog({ settings, paths: [], builtin: true });
const SET = load(RECOMMENDED).catalog.current();
const TEMPLATE = settingsTemplate(SET);

function settingsOf(text: string): Settings {
  const parsed = parseSettings(text, 'tidegate.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.settings;
}

describe('the settings to start from', () => {
  it('say what holds without them', () => {
    expect(settingsOf(TEMPLATE)).toEqual(RECOMMENDED);
  });

  it('hold every policy at its defaults, once the comments are taken away', () => {
    const settings = settingsOf(TEMPLATE.replace(/^ {2}# ?/gm, '  '));
    expect(Object.keys(settings.policies).sort()).toEqual(SET.policies.map(({ id }) => id).sort());
    const { catalog, problems } = load(settings);
    expect(problems.map(formatProblem)).toEqual([]);
    const facts = ({ policies }: typeof SET) =>
      policies.map(({ id, enforcement, params }) => ({ id, action: enforcement.action, params }));
    expect(facts(catalog.current())).toEqual(facts(SET));
  });

  it('name the schema for editors where there is one', () => {
    expect(settingsTemplate(SET, { schema: './tidegate.schema.json' })).toBe(
      `# yaml-language-server: $schema=./tidegate.schema.json\n${TEMPLATE}`,
    );
  });
});

describe('the JSON Schema of settings', () => {
  const text = settingsSchemaText(SET);
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const validate = ajv.compile(JSON.parse(text));
  const errorsOf = (policies: string): readonly string[] => {
    validate(parse(`apiVersion: tidegate.dev/v1alpha1\nkind: Settings\npolicies: ${policies}\n`));
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  it('is a valid schema that the settings to start from meet', () => {
    expect(validate(parse(TEMPLATE))).toBe(true);
    expect(validate(parse(TEMPLATE.replace(/^ {2}# ?/gm, '  ')))).toBe(true);
  });

  it('knows policies, their actions and their parameters', () => {
    expect(errorsOf('{require-such-a-thing: {}}')).toEqual(['/policies must NOT have additional properties']);
    expect(errorsOf('{set-pre-stop-sleep: {enforcement: {action: Deny}}}')).toEqual([
      '/policies/set-pre-stop-sleep/enforcement/action must be equal to one of the allowed values',
    ]);
    expect(errorsOf('{set-pre-stop-sleep: {parameters: {seconds: many, minutes: 1}}}')).toEqual([
      '/policies/set-pre-stop-sleep/parameters must NOT have additional properties',
      '/policies/set-pre-stop-sleep/parameters/seconds must be integer',
    ]);
  });

  it('stands in docs/settings.schema.json, as `npx vitest run test/guide --update` writes it', async () => {
    await expect(text).toMatchFileSnapshot(join(REPOSITORY, 'docs', 'settings.schema.json'));
  });
});
