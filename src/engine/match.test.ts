import { describe, expect, it } from 'vitest';
import type { MatchResources, ResourceRule } from '../policy/policy.ts';
import type { CompiledEnforcement, Namespace } from './compiled.ts';
import type { Request } from './decision.ts';
import { labelTest } from './library/selector.ts';
import { actionIn, compileMatcher, matches, namespaceOf, TEMPLATE_RULES } from './match.ts';

const DEPLOYMENT: Request = {
  uid: 'u',
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  resource: { group: 'apps', version: 'v1', resource: 'deployments' },
  name: 'web',
  namespace: 'shop',
  operation: 'CREATE',
  userInfo: {},
  object: { metadata: { name: 'web', labels: { app: 'web' } } },
  oldObject: null,
};
const NAMESPACE: Request = {
  ...DEPLOYMENT,
  kind: { group: '', version: 'v1', kind: 'Namespace' },
  resource: { group: '', version: 'v1', resource: 'namespaces' },
  name: 'shop',
  object: { metadata: { name: 'shop', labels: { stage: 'prod' } } },
};
const NODE: Request = {
  uid: 'u',
  kind: { group: '', version: 'v1', kind: 'Node' },
  resource: { group: '', version: 'v1', resource: 'nodes' },
  name: 'n1',
  operation: 'UPDATE',
  userInfo: {},
  object: {},
  oldObject: {},
};
const RULE: ResourceRule = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
const SHOP = { metadata: { name: 'shop', labels: { stage: 'prod' } } };

const match = (constraints: MatchResources, request: Request, namespace: Namespace) =>
  matches(compileMatcher(constraints), request, namespace);
const byRule = (rule: Partial<ResourceRule>, request: Request) =>
  match({ resourceRules: [{ ...RULE, ...rule }] }, request, SHOP);

describe('matches: rules', () => {
  it.each<[Partial<ResourceRule>, 'yes' | 'no']>([
    [{}, 'yes'],
    [{ apiGroups: ['apps'] }, 'yes'],
    [{ apiGroups: [''] }, 'no'],
    [{ apiVersions: ['v1beta1', 'v1'] }, 'yes'],
    [{ apiVersions: ['v1beta1'] }, 'no'],
    [{ operations: ['UPDATE', 'CREATE'] }, 'yes'],
    [{ operations: ['DELETE'] }, 'no'],
    [{ resources: ['deployments'] }, 'yes'],
    [{ resources: ['deployments/scale'] }, 'no'],
    [{ resources: ['deployments/*'] }, 'no'],
    [{ resources: ['*/*'] }, 'yes'],
    [{ resourceNames: ['web'] }, 'yes'],
    [{ resourceNames: ['db'] }, 'no'],
    [{ resourceNames: [] }, 'yes'],
    [{ scope: 'Namespaced' }, 'yes'],
    [{ scope: 'Cluster' }, 'no'],
  ])('%j on a Deployment: %s', (rule, expected) => {
    expect(byRule(rule, DEPLOYMENT)).toBe(expected);
  });

  it.each<[string, 'yes' | 'no']>([
    ['deployments', 'no'],
    ['*', 'no'],
    ['deployments/scale', 'yes'],
    ['deployments/*', 'yes'],
    ['*/scale', 'yes'],
    ['*/*', 'yes'],
    ['pods/scale', 'no'],
  ])('resource %s on deployments/scale: %s', (resource, expected) => {
    expect(byRule({ resources: [resource] }, { ...DEPLOYMENT, subResource: 'scale' })).toBe(expected);
  });

  it('takes a Namespace for cluster-scoped', () => {
    expect(byRule({ scope: 'Cluster' }, NAMESPACE)).toBe('yes');
    expect(byRule({ scope: 'Namespaced' }, NAMESPACE)).toBe('no');
  });

  it('excludes what excludeResourceRules cover, and matches nothing without rules', () => {
    const excludeResourceRules = [{ ...RULE, resources: ['deployments'] }];
    expect(match({ resourceRules: [RULE], excludeResourceRules }, DEPLOYMENT, SHOP)).toBe('no');
    expect(match({ resourceRules: [RULE], excludeResourceRules }, NODE, SHOP)).toBe('yes');
    expect(match({}, DEPLOYMENT, SHOP)).toBe('no');
  });

  it('knows the kinds with a Pod template, written or changed, and not their status', () => {
    const constraints = { resourceRules: TEMPLATE_RULES };
    expect(match(constraints, DEPLOYMENT, SHOP)).toBe('yes');
    expect(match(constraints, { ...DEPLOYMENT, operation: 'DELETE' }, SHOP)).toBe('no');
    expect(match(constraints, { ...DEPLOYMENT, operation: 'UPDATE', subResource: 'status' }, SHOP)).toBe('no');
    expect(match(constraints, NODE, SHOP)).toBe('no');
  });
});

describe('matches: selectors', () => {
  const objectSelector = { matchLabels: { app: 'web' } };
  const namespaceSelector = { matchLabels: { stage: 'prod' } };

  it('looks at the object, and at the old object too', () => {
    const constraints = { resourceRules: [RULE], objectSelector };
    expect(match(constraints, DEPLOYMENT, SHOP)).toBe('yes');
    expect(match(constraints, { ...DEPLOYMENT, object: {} }, SHOP)).toBe('no');
    expect(match(constraints, { ...DEPLOYMENT, object: null, oldObject: DEPLOYMENT.object }, SHOP)).toBe('yes');
    expect(match(constraints, { ...DEPLOYMENT, object: null }, SHOP)).toBe('no');
  });

  it('looks at the Namespace, which may be the object itself', () => {
    const constraints = { resourceRules: [RULE], namespaceSelector };
    expect(match(constraints, DEPLOYMENT, SHOP)).toBe('yes');
    expect(match(constraints, DEPLOYMENT, { metadata: { labels: { stage: 'test' } } })).toBe('no');
    expect(match(constraints, NAMESPACE, undefined)).toBe('yes');
    expect(match(constraints, { ...NAMESPACE, object: {} }, undefined)).toBe('no');
    expect(match(constraints, NODE, null)).toBe('yes');
  });

  it('does not guess the labels of a Namespace that is not known, but knows its name', () => {
    expect(matches(compileMatcher({ resourceRules: [RULE], namespaceSelector }), DEPLOYMENT, undefined)).toBe(
      'unknown',
    );
    const byName = {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In' as const, values: ['shop'] }],
    };
    const matcher = compileMatcher({ resourceRules: [RULE], namespaceSelector: byName });
    expect(matches(matcher, DEPLOYMENT, undefined)).toBe('yes');
    expect(matches(matcher, { ...DEPLOYMENT, namespace: 'other' }, undefined)).toBe('no');
  });
});

describe('actionIn', () => {
  const override = (labels: Record<string, string>, action: 'Warn' | 'Audit') => ({
    selector: { matchLabels: labels },
    selects: labelTest({ matchLabels: labels }),
    action,
  });
  const enforcement: CompiledEnforcement = {
    action: 'Deny',
    overrides: [override({ stage: 'prod' }, 'Warn'), override({}, 'Audit')],
    existing: 'Tolerate',
    settled: false,
  };

  it('takes the first override that selects the Namespace', () => {
    expect(actionIn(enforcement, DEPLOYMENT, SHOP)).toBe('Warn');
    expect(actionIn(enforcement, DEPLOYMENT, { metadata: {} })).toBe('Audit');
    expect(actionIn(enforcement, NAMESPACE, undefined)).toBe('Warn');
  });

  it('falls back to the action', () => {
    const only = { ...enforcement, overrides: enforcement.overrides.slice(0, 1) };
    expect(actionIn(only, DEPLOYMENT, undefined)).toBe('Deny');
    expect(actionIn(enforcement, NODE, null)).toBe('Deny');
  });
});

describe('namespaceOf', () => {
  it('is the namespace of the object, or the Namespace itself', () => {
    expect(namespaceOf(DEPLOYMENT)).toBe('shop');
    expect(namespaceOf({ ...NAMESPACE, name: 'kube-system' })).toBe('kube-system');
    expect(namespaceOf(NODE)).toBe('');
  });
});
