import { expect, it } from 'vitest';
import type { JsonMap } from '../cel/value.ts';
import type { CompiledPolicy, NativeBinding, PolicySet } from '../engine/compiled.ts';
import { compileMatcher } from '../engine/match.ts';
import { policySet } from '../engine/policy-set.ts';
import type { ServedResource } from '../kube/discovery.ts';
import type { ResourceRule } from '../policy/policy.ts';
import { missedGroups, wantedResources } from './wanted.ts';

const VERBS = ['create', 'get', 'list', 'update'];
const serve = (apiVersion: string, kind: string, more: Partial<ServedResource> = {}): ServedResource => ({
  apiVersion,
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced: true,
  verbs: VERBS,
  shortNames: [kind.toLowerCase()],
  ...more,
});
const SERVED = [
  serve('v1', 'Namespace', { namespaced: false, shortNames: ['ns'] }),
  serve('v1', 'Pod', { shortNames: ['po'] }),
  serve('v1', 'Secret'),
  serve('v1', 'Service', { shortNames: ['svc'] }),
  serve('v1', 'Event'),
  serve('events.k8s.io/v1', 'Event'),
  serve('v1', 'Binding', { verbs: ['create'] }),
  serve('v1', 'ComponentStatus', { verbs: ['get', 'list'] }),
  serve('apps/v1', 'Deployment', { shortNames: ['deploy'] }),
  serve('autoscaling/v2', 'Scaler'),
  serve('autoscaling/v1', 'Scaler'),
  serve('extensions/v1beta1', 'Ingress', { resource: 'ingresses' }),
  serve('networking.k8s.io/v1', 'Ingress', { resource: 'ingresses' }),
  serve('example.com/v1', 'Policy', { resource: 'politics' }),
];

const rule = (apiGroups: string[], resources: string[], more: Partial<ResourceRule> = {}): ResourceRule => ({
  apiGroups,
  apiVersions: ['*'],
  operations: ['CREATE'],
  resources,
  ...more,
});

function setOf(resourceRules: readonly ResourceRule[], more: Partial<CompiledPolicy> = {}): PolicySet {
  const policy: CompiledPolicy = {
    id: 'p',
    policy: { spec: { title: 'p' } } as unknown as CompiledPolicy['policy'],
    file: 'p.yaml',
    subject: 'Resource',
    failurePolicy: 'Fail',
    enforcement: { action: 'Deny', overrides: [], existing: 'Tolerate', settled: false },
    params: {},
    matcher: compileMatcher({ resourceRules }),
    matchConditions: [],
    variables: new Map(),
    validations: [],
    mutations: [],
    reads: new Set(),
    lookups: [],
    ...more,
  };
  return policySet([policy], { profile: 'recommended', excludedNamespaces: [] });
}

function wanted(resourceRules: readonly ResourceRule[], more: Partial<CompiledPolicy> = {}, named?: readonly string[]) {
  const found = wantedResources(setOf(resourceRules, more), { resources: SERVED, broken: [] }, named);
  return found.map(({ apiVersion, resource, judged, lookedUp }) =>
    [apiVersion, resource, judged && 'judged', lookedUp && 'lookedUp'].filter(Boolean).join(' '),
  );
}

const NAMESPACES = 'v1 namespaces lookedUp';

it('reads what rules name, and namespaces always', () => {
  expect(wanted([rule(['apps'], ['deployments'])])).toEqual([NAMESPACES, 'apps/v1 deployments judged']);
});

it('reads nothing for rules that never judge what is written', () => {
  const rules = [
    rule([''], ['pods'], { operations: ['DELETE'] }),
    rule([''], ['pods/exec'], { operations: ['CONNECT'] }),
    rule(['apps'], ['deployments/scale'], { operations: ['UPDATE'] }),
  ];
  expect(wanted(rules)).toEqual([NAMESPACES]);
  const off = { action: 'Off', overrides: [], existing: 'Tolerate', settled: true } as const;
  expect(wanted([rule([''], ['pods'])], { enforcement: off })).toEqual([NAMESPACES]);
});

it('takes wildcards for all that can be written and listed, each kind once, and never for Secrets, Events and their like', () => {
  expect(wanted([rule(['*'], ['*'])])).toEqual([
    'v1 namespaces judged lookedUp',
    'v1 pods judged',
    'v1 services judged',
    'apps/v1 deployments judged',
    'autoscaling/v2 scalers judged',
    'networking.k8s.io/v1 ingresses judged',
    'example.com/v1 politics judged',
  ]);
  expect(wanted([rule(['events.k8s.io'], ['events'])])).toEqual([NAMESPACES, 'events.k8s.io/v1 events judged']);
});

it('prefers the version that look-ups name, then the one that rules name', () => {
  const v1 = [rule(['autoscaling'], ['scalers'], { apiVersions: ['v1'] })];
  expect(wanted(v1)).toEqual([NAMESPACES, 'autoscaling/v1 scalers judged']);
  const lookups = [{ apiVersion: 'autoscaling/v2', resource: 'scalers' }];
  expect(wanted(v1, { lookups })).toEqual([NAMESPACES, 'autoscaling/v2 scalers judged lookedUp']);
});

it('reads what is looked up, also by the guessed plural of its kind, but no Secrets', () => {
  const lookups = ['v1 secrets', 'v1 services', 'example.com/v1 policies'].map((target) => {
    const [apiVersion = '', resource = ''] = target.split(' ');
    return { apiVersion, resource };
  });
  expect(wanted([], { lookups })).toEqual([NAMESPACES, 'v1 services lookedUp', 'example.com/v1 politics lookedUp']);
});

it.each(['Deployment', 'deployments', 'deploy', 'deployment.apps', 'DEPLOYMENTS.apps', 'deployments.v1.apps'])(
  'judges only what is named: %s',
  (name) => {
    expect(wanted([rule(['*'], ['*'])], {}, [name])).toEqual([NAMESPACES, 'apps/v1 deployments judged']);
  },
);

it('reads Secrets for who names them', () => {
  expect(wanted([rule([''], ['secrets'])], {}, ['secrets'])).toEqual([NAMESPACES, 'v1 secrets judged']);
});

it('reads what can only be updated, or only be created', () => {
  const served = [['create'], ['update'], ['delete']].map((verbs, at) =>
    serve('only.io/v1', `Kind${at}`, { verbs: ['list', ...verbs] }),
  );
  const found = wantedResources(setOf([rule(['only.io'], ['*'])]), { resources: served, broken: [] });
  expect(found.map(({ kind }) => kind)).toEqual(['Kind0', 'Kind1']);
});

it('reads definitions where the params of a native policy are of a custom kind, and only there', () => {
  const definitions = serve('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
  const readFor = (native?: JsonMap): readonly string[] =>
    wantedResources(setOf([], native && { native: native as unknown as NativeBinding }), {
      resources: [definitions],
      broken: [],
    }).map(({ kind }) => kind);
  expect(readFor({ params: { apiVersion: 'example.com/v1', kind: 'Limit' } })).toEqual(['CustomResourceDefinition']);
  expect(readFor({ params: { apiVersion: 'v1', kind: 'ConfigMap' } })).toEqual([]);
  expect(readFor({})).toEqual([]);
  expect(readFor()).toEqual([]);
});

it('misses a group that does not answer only where policies judge or look up something in it', () => {
  const groups = ['parcels.io', 'letters.io', 'custom.io'].map((group) => ({ group, message: 'does not answer' }));
  const missed = (...given: Parameters<typeof setOf>): readonly string[] =>
    missedGroups(setOf(...given), { resources: [], broken: groups }).map(({ group }) => group);
  const lookups = [{ apiVersion: 'letters.io/v1', resource: 'letters' }];
  expect(missed([rule(['parcels.io'], ['parcels'])], { lookups })).toEqual(['parcels.io', 'letters.io']);
  expect(missed([rule(['custom.io'], ['*'], { operations: ['DELETE'] })])).toEqual([]);
  expect(missed([rule(['*'], ['pods'])])).toHaveLength(3);
});
