import { expect, it } from 'vitest';
import { smallPolicy } from '../../test/support/policies.ts';
import { formatProblem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import { parseSettings, RECOMMENDED } from '../policy/settings.ts';
import { loadCatalog } from './catalog.ts';

const live = (object: object): LiveObject => {
  const { metadata, ...rest } = object as LiveObject;
  return { ...rest, metadata: { ...metadata, uid: metadata.name, generation: 1 }, status: {} } as LiveObject;
};
const native = (kind: string, name: string, spec: object): LiveObject =>
  live({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `ValidatingAdmissionPolicy${kind}`,
    metadata: { name, annotations: { 'kubernetes.io/description': 'why it is there' } },
    spec,
  });
const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const definition = (expression: string): LiveObject =>
  native('', 'team', { matchConstraints: { resourceRules: [RULE] }, validations: [{ expression }] });
const binding = native('Binding', 'team-everywhere', { policyName: 'team', validationActions: ['Warn'] });

function load(resources: readonly LiveObject[], builtin = false) {
  const { catalog, problems, idle } = loadCatalog({ settings: RECOMMENDED, paths: [], builtin, resources });
  return {
    found: catalog.current().policies.map(({ id, file, policy }) => ({ id, file, why: policy.spec.rationale })),
    problems: problems.map(formatProblem),
    idle: idle.map(formatProblem),
  };
}

it('compiles what the cluster has beside the policies at hand, Kubernetes’ own with their bindings', () => {
  expect(load([live(smallPolicy('require-x')), definition('true'), binding])).toEqual({
    found: [
      { id: 'require-x', file: 'Policy/require-x', why: 'Why require-x.' },
      { id: 'team', file: 'ValidatingAdmissionPolicy/team', why: 'why it is there' },
    ],
    problems: [],
    idle: [],
  });
});

it('says where a policy of the cluster is wrong, by its path, and keeps the others', () => {
  const broken = [live(smallPolicy('require-x', 'has(')), definition('1 +'), binding];
  const { found, problems } = load([...broken, live(smallPolicy('require-y'))]);
  expect(found.map(({ id }) => id)).toEqual(['require-y']);
  expect(problems).toEqual([
    expect.stringMatching(/^Policy\/require-x: spec\.validations\[0\]\.expression:1:\d+: /),
    expect.stringMatching(/^ValidatingAdmissionPolicy\/team: spec\.validations\[0\]\.expression:1:\d+: /),
  ]);
});

it('takes the place of built-in policies, and tells of what does nothing', () => {
  const given = [live(smallPolicy('disallow-latest-tag')), definition('true')];
  const { found, problems, idle } = load(given, true);
  expect(found.filter(({ id }) => id === 'disallow-latest-tag')).toEqual([
    expect.objectContaining({ file: 'Policy/disallow-latest-tag' }),
  ]);
  expect(problems).toEqual([]);
  expect(idle).toEqual([
    'ValidatingAdmissionPolicy/team: no ValidatingAdmissionPolicyBinding binds "team": it does nothing',
  ]);
});

it('knows the names of the cluster’s policies when it reads the settings', () => {
  const text =
    'apiVersion: tidegate.dev/v1alpha1\nkind: Settings\npolicies: {require-x: {enforcement: {action: Off}}}\n';
  const parsed = parseSettings(text, 'tidegate.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join());
  const options = { settings: parsed.settings, settingsPlace: parsed.place, paths: [], builtin: false };
  expect(loadCatalog(options).problems).toHaveLength(1);
  const { catalog, problems } = loadCatalog({ ...options, resources: [live(smallPolicy('require-x'))] });
  expect(problems).toEqual([]);
  expect(catalog.current().policies.map(({ enforcement }) => enforcement.action)).toEqual(['Off']);
});
