/** What can be said about the chart without Helm; what takes Helm and a cluster is in test/cluster/chart.test.ts. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { valuesOf, withSettings, withValuesTable } from '../generate/chart.ts';
import { REPOSITORY, textOf } from '../support/source.ts';

const CHART = 'charts/tidegate';
const chartText = (file: string): string => textOf(`${CHART}/${file}`);
const values = valuesOf(chartText('values.yaml'));

describe('the values', () => {
  it('each say what they mean', () => {
    expect(values.filter(({ meaning }) => meaning === '').map(({ path }) => path)).toEqual([]);
    expect(values.length).toBeGreaterThan(20);
  });

  it('stand in README.md, as `npx vitest run test/chart --update` writes them', async () => {
    const page = withValuesTable(chartText('README.md'), values);
    await expect(page).toMatchFileSnapshot(join(REPOSITORY, CHART, 'README.md'));
    expect(page).toContain(`| \`${values[0]?.path}\` |`);
  });
});

describe('values.schema.json', () => {
  const schema = JSON.parse(chartText('values.schema.json'));
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);
  const errorsOf = (given: unknown): readonly string[] => {
    validate(given);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${Object.values(params).join()}`,
    );
  };

  it('has the schema of the settings, as `npx vitest run test/chart --update` writes it', async () => {
    const text = `${JSON.stringify(withSettings(schema, JSON.parse(textOf('docs/settings.schema.json'))), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(join(REPOSITORY, CHART, 'values.schema.json'));
  });

  it('takes the defaults, and knows each of them', () => {
    const defaults = parse(chartText('values.yaml'));
    expect(errorsOf(defaults)).toEqual([]);
    expect(Object.keys(schema.properties).filter((key) => key !== 'global')).toEqual(Object.keys(defaults));
  });

  it.each([
    ['an unknown value', { replica: 3 }, ' must NOT have additional properties replica'],
    ['an unknown value further in', { image: { tags: '1' } }, '/image must NOT have additional properties tags'],
    ['no replica', { replicas: 0 }, '/replicas must be >= 1 >=,1'],
    ['a mode that does not exist', { certificates: { mode: 'manual' } }, '/certificates/mode must be equal to one of'],
    ['a provided Secret without its name', { certificates: { mode: 'provided', secretName: '' } }, 'fewer than 1'],
    ['an unknown setting', { settings: { profil: 'strict' } }, '/settings must NOT have additional properties profil'],
    ['an unknown profile', { settings: { profile: 'strickt' } }, '/settings/profile must be equal to one of'],
    [
      'an action that a policy does not have',
      { settings: { policies: { 'require-pre-stop': { enforcement: { action: 'Mutate' } } } } },
      '/settings/policies/require-pre-stop/enforcement/action must be equal to one of',
    ],
    [
      'a parameter that a policy does not have',
      { settings: { policies: { 'set-pre-stop-sleep': { parameters: { second: 1 } } } } },
      '/settings/policies/set-pre-stop-sleep/parameters must NOT have additional properties second',
    ],
  ])('refuses %s', (_, given, message) => {
    expect(errorsOf(given).join('\n')).toContain(message);
  });

  it('takes settings for a policy of the user', () => {
    expect(errorsOf({ settings: { policies: { 'require-team': { enforcement: { action: 'Warn' } } } } })).toEqual([]);
  });
});

describe('the permissions', () => {
  const template = chartText('templates/permissions.yaml');
  const after = template.slice(template.indexOf('# Look-ups'));
  const lookUps = after.slice(0, after.indexOf('{{-'));
  const rules: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[] = parse(
    lookUps.replace(/^ {2}/gm, ''),
  );

  it('let in what the policies look up, and nothing beside', () => {
    const set = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true }).catalog.current();
    const asked = set.policies
      .flatMap(({ lookups }) => lookups)
      // One by one, by name, and only where the settings say so.
      .filter(({ resource }) => resource !== 'secrets')
      .map(({ apiVersion, resource }) => `${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}/${resource}`);
    const allowed = rules.flatMap(({ apiGroups, resources }) =>
      apiGroups.flatMap((group) => resources.map((resource) => `${group}/${resource}`)),
    );
    expect(allowed.toSorted()).toEqual([...new Set(asked)].sort());
  });

  it('let the scan list what the policies judge, and no Secrets', () => {
    const set = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true }).catalog.current();
    const scan = after.slice(after.indexOf('# The scan'), after.indexOf('{{- range .Values.permissions.scan'));
    const listed: typeof rules = parse(scan.replace(/\{\{.*\}\}/g, '').replace(/^ {2}/gm, ''));
    expect(listed.flatMap(({ apiGroups, resources }) => (apiGroups.includes('') ? resources : []))).not.toContain('*');
    const allowed = [...rules, ...listed, { apiGroups: [''], resources: ['namespaces'] }];
    const missing = set.policies
      .flatMap(({ matcher }) => matcher.targets)
      .filter(({ operation, resource }) => ['CREATE', 'UPDATE', '*'].includes(operation) && !resource.includes('/'))
      .filter(({ group, resource }) => !allowed.some((rule) => covers(rule, group, resource)))
      .map(({ group, resource }) => `${group}/${resource}`)
      // PodTemplate means every kind in every one of their groups.
      .filter((name) => !/^\/(cronjobs|daemonsets|deployments|jobs|replicasets|statefulsets)$/.test(name));
    // Secrets are never listed. Of the rest the API server keeps nothing, or what programs write all the time.
    expect([...new Set(missing)].sort()).toEqual([
      '/componentstatuses',
      '/secrets',
      'auditregistration.k8s.io/*',
      'authentication.k8s.io/*',
      'authorization.k8s.io/*',
      'coordination.k8s.io/*',
      'discovery.k8s.io/*',
      'events.k8s.io/*',
      'extensions/*',
      'settings.k8s.io/*',
      'storagemigration.k8s.io/*',
    ]);
  });

  it('give a reason for each rule', () => {
    const lines = template.split('\n');
    const rulesWithout = lines.filter(
      (line, index) => /^ {2}- apiGroups:/.test(line) && !/^ *#/.test(lines[index - 1] ?? ''),
    );
    expect(rulesWithout).toEqual([]);
  });
});

function covers(
  { apiGroups, resources }: { readonly apiGroups: readonly string[]; readonly resources: readonly string[] },
  group: string,
  resource: string,
): boolean {
  return apiGroups.includes(group) && (resources.includes('*') || resources.includes(resource));
}

describe('Chart.yaml', () => {
  it('has the version of the program', () => {
    const { version, appVersion } = parse(chartText('Chart.yaml'));
    expect([version, appVersion]).toEqual(Array(2).fill(JSON.parse(textOf('package.json')).version));
  });
});

describe('the policies of the chart', () => {
  it('are those of the repository', () => {
    expect(readdirSync(join(REPOSITORY, CHART, 'policies'))).toEqual(readdirSync(join(REPOSITORY, 'policies')));
  });

  it('are counted rightly in its README', () => {
    expect(chartText('README.md')).toContain(`| Policy (${readdirSync(join(REPOSITORY, 'policies')).length}) |`);
  });
});
