/**
 * What `tidegate export` prints, judged by our engine's native half: the same verdict as that of the policies it was made
 * from, for every fixture of the pack and for requests that pry at what the two formats say differently. The API
 * server's own verdict is compared in test/cluster/export.test.ts.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonMap } from '../../src/cel/value.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Context, Request } from '../../src/engine/decision.ts';
import { mutate } from '../../src/engine/mutate.ts';
import { exportPolicies } from '../../src/export/export.ts';
import { jsonOf, yamlOf } from '../../src/export/text.ts';
import { readPolicyFolder } from '../../src/fixtures/cases.ts';
import { readCluster } from '../../src/fixtures/cluster.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { contextOf, policy, requestOf, setOf } from '../support/policies.ts';
import { policyIds } from '../support/policy-pack.ts';
import { REPOSITORY } from '../support/source.ts';
import { ALL, MUTATIONS, REQUESTS, SETS, WEB } from './cases.ts';
import { byController, denialsOf, isExempt, nativeDenialsOf, nativeSet, strictly } from './exported.ts';

const OPTIONS = { excludedNamespaces: RECOMMENDED.excludedNamespaces, kubernetesVersion: '1.36' };

function expectSame(ours: PolicySet, native: PolicySet, request: Request, context: Context): void {
  const [decision, expected] = [decide(native, request, context), decide(ours, request, context)];
  const failed = expected.failures.filter(({ action }) => action !== 'Audit');
  expect([decision.failures.length, decision.notJudged]).toEqual([failed.length, []]);
  expect(nativeDenialsOf(decision)).toEqual(denialsOf(expected));
  const changed = mutate(ours, request, context).object;
  const mutation = mutate(native, request, context);
  expect(mutation.native?.refusal).toBeUndefined();
  expect(mutation.native?.object ?? request.object).toEqual(changed);
}

const fixtures = policyIds().flatMap((id) =>
  readPolicyFolder(join(REPOSITORY, 'policies', id)).cases.map((fixture) => ({
    id,
    fixture,
    title: `${id} ${fixture.name}`,
  })),
);

describe('the export of a policy of the pack judges its fixtures as the policy does', () => {
  const portable = fixtures.filter(({ id }) => nativeSet(strictly(id, RECOMMENDED), OPTIONS) !== undefined);

  it.each(portable)('$title', ({ id, fixture }) => {
    const { requests, settings } = readCluster(fixture);
    const ours = strictly(id, settings);
    const native = nativeSet(ours, { ...OPTIONS, excludedNamespaces: settings.excludedNamespaces }) as PolicySet;
    const judged = requests.map(byController).filter(({ request }) => !isExempt(request));
    for (const { request, context } of judged) expectSame(ours, native, request, context);
  });

  it('for the policies that the documentation names', () => {
    expect([...new Set(portable.map(({ id }) => id))]).toEqual([
      'disallow-default-namespace',
      'disallow-duplicate-container-ports',
      'disallow-host-network',
      'disallow-host-port',
      'disallow-latest-if-not-present',
      'disallow-latest-tag',
      'disallow-naked-pods',
      'require-descriptive-annotations',
      'require-labels',
      'require-liveness-probe',
      'require-pre-stop',
      'require-readiness-probe',
      'require-security-context',
      'restrict-debug-settings',
      'restrict-dns-policy',
      'restrict-host-path',
      'restrict-imperative-changes',
      'restrict-ingress-path-type',
      'restrict-liveness-restart',
      'restrict-probe-target',
      'restrict-progress-deadline',
      'restrict-revision-history-limit',
      'restrict-termination-grace-period',
      'set-downward-env',
      'set-job-ttl',
      'set-pre-stop-sleep',
    ]);
  });
});

const contextFor = ({ namespace = 'shop' }: Request, labels: JsonMap = {}): Context => {
  const metadata = { name: namespace, labels: { 'kubernetes.io/metadata.name': namespace, ...labels } };
  return { ...contextOf(), namespace: { apiVersion: 'v1', kind: 'Namespace', metadata } };
};

describe('an exported policy judges as the policy does', () => {
  const all = Object.keys(SETS).flatMap((about) => Object.keys(REQUESTS).map((request) => [about, request] as const));
  const sets = Object.fromEntries(
    Object.entries(SETS).map(([about, policies]) => {
      const ours = setOf(policies);
      return [about, { ours, native: nativeSet(ours, OPTIONS) as PolicySet }];
    }),
  );

  it.each(all)('%s: %s', (about, name) => {
    const request = REQUESTS[name] as Request;
    const { ours, native } = sets[about] as { ours: PolicySet; native: PolicySet };
    expectSame(ours, native, request, contextFor(request));
  });
});

describe('what a policy asks for by namespace', () => {
  const [environment, team] = [
    { key: 'environment', operator: 'In', values: ['dev', 'test'] },
    { key: 'team', operator: 'Exists' },
  ];
  const overrides = [
    { namespaceSelector: { matchLabels: { sandbox: 'yes' }, matchExpressions: [team] }, action: 'Off' },
    { namespaceSelector: { matchExpressions: [environment] }, action: 'Warn' },
    {
      namespaceSelector: {
        matchExpressions: [
          { ...team, operator: 'DoesNotExist' },
          { ...environment, operator: 'NotIn' },
        ],
      },
      action: 'Audit',
    },
  ];
  const ours = setOf([
    policy('by-namespace', {
      subject: 'PodTemplate',
      enforcement: { action: 'Deny', existing: 'Enforce', overrides },
      validations: [{ expression: 'false', message: 'refused' }],
    }),
  ]);
  const native = nativeSet(ours, OPTIONS) as PolicySet;
  const labels = ['yes', 'no', undefined].flatMap((sandbox) =>
    ['dev', 'prod', undefined].flatMap((env) =>
      ['a', undefined].map(
        (owner) => JSON.parse(JSON.stringify({ sandbox, environment: env, team: owner })) as JsonMap,
      ),
    ),
  );

  it.each(labels)('%j', (given) => {
    const request = requestOf(WEB);
    expectSame(ours, native, request, contextFor(request, given));
  });
});

describe('exported mutations', () => {
  const ours = setOf(MUTATIONS);
  const native = nativeSet(ours, OPTIONS) as PolicySet;

  it.each(Object.keys(REQUESTS).filter((name) => !name.includes('goes')))('%s', (name) => {
    const request = REQUESTS[name] as Request;
    expectSame(ours, native, request, contextFor(request));
  });
});

it('many rules are split over several policies', () => {
  const validations = Array.from({ length: 120 }, (_, index) => ({ expression: `object.spec.x != ${index}` }));
  const { documents } = exportPolicies(
    setOf([policy('many', { subject: 'PodTemplate', validations })]).policies,
    OPTIONS,
  );
  expect(documents.map(({ metadata }) => metadata.name)).toEqual(
    ['', '', '-2', '-2', '-3', '-3'].map((end) => `tidegate-deny${end}`),
  );
});

it('policies whose variables would get one name are kept apart', () => {
  const reading = (name: string, expression: string): JsonMap => ({
    subject: 'PodTemplate',
    variables: [{ name, expression }],
    validations: [{ expression: `variables.${name} == 1`, message: 'm' }],
  });
  const policies = [policy('a', reading('b__x', '1')), policy('a--b', reading('x', '2'))];
  expect(exportPolicies(setOf(policies).policies, OPTIONS).documents).toHaveLength(4);
});

it('JSON is a List of the same documents', () => {
  const { documents } = exportPolicies(setOf(ALL).policies, OPTIONS);
  expect(JSON.parse(jsonOf(documents))).toEqual({ apiVersion: 'v1', kind: 'List', items: documents });
  expect(parseAllDocuments(yamlOf(documents), { version: '1.1' }).map((one) => one.toJS())).toEqual(documents);
});
