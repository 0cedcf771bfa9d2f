import { describe, expect, it } from 'vitest';
import type { Action, ResourceRule } from '../policy/policy.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { Operation, Request } from './decision.ts';
import { labelTest } from './library/selector.ts';
import { compileMatcher, TEMPLATE_RULES } from './match.ts';
import { type PolicySetOptions, policySet } from './policy-set.ts';

const OPTIONS: PolicySetOptions = { profile: 'recommended', excludedNamespaces: ['kube-system'] };

/** A policy as compile/ makes it, without expressions: the set never evaluates any. */
function policy(
  id: string,
  resourceRules: readonly ResourceRule[],
  more: Partial<CompiledPolicy> = {},
): CompiledPolicy {
  return {
    id,
    policy: { spec: { title: id } } as unknown as CompiledPolicy['policy'],
    file: `${id}.yaml`,
    subject: 'Resource',
    failurePolicy: 'Fail',
    enforcement: { action: 'Deny', overrides: [], existing: 'Tolerate', settled: false },
    params: {},
    matcher: compileMatcher({ resourceRules }),
    matchConditions: [],
    variables: new Map(),
    validations: [{ name: 'r', message: 'm', path: [] } as unknown as CompiledPolicy['validations'][number]],
    mutations: [],
    reads: new Set(),
    lookups: [],
    ...more,
  };
}

const rule = (operations: string[], group: string, ...resources: string[]): ResourceRule => ({
  apiGroups: [group],
  apiVersions: ['*'],
  operations,
  resources,
});

function request(operation: Operation, group: string, path: string, namespace = 'shop'): Request {
  const [resource = '', subResource] = path.split('/');
  return {
    uid: 'u',
    kind: { group, version: 'v1', kind: 'K' },
    resource: { group, version: 'v1', resource },
    ...(subResource && { subResource }),
    namespace,
    operation,
    userInfo: {},
    object: {},
    oldObject: null,
  };
}

const idsFor = (set: ReturnType<typeof policySet>, of: Request) => set.matching(of).validating.map(({ id }) => id);

describe('policySet: matching', () => {
  const set = policySet(
    [
      policy('d-pods', [rule(['CREATE'], '', 'pods')]),
      policy('c-everything', [rule(['*'], '*', '*/*')]),
      policy('b-apps', [rule(['CREATE', 'UPDATE'], 'apps', '*')]),
      policy('a-scale', [rule(['*'], '*', '*/scale')]),
      policy('e-ephemeral', [rule(['UPDATE'], '', 'pods/ephemeralcontainers')]),
    ],
    OPTIONS,
  );

  it.each<[Operation, string, string, string[]]>([
    ['CREATE', '', 'pods', ['c-everything', 'd-pods']],
    ['UPDATE', '', 'pods', ['c-everything']],
    ['UPDATE', '', 'pods/ephemeralcontainers', ['c-everything', 'e-ephemeral']],
    ['CREATE', 'apps', 'deployments', ['b-apps', 'c-everything']],
    ['UPDATE', 'apps', 'deployments/scale', ['a-scale', 'c-everything']],
    ['DELETE', 'example.com', 'things', ['c-everything']],
  ])('%s %s/%s: %j', (operation, group, resource, ids) => {
    expect(idsFor(set, request(operation, group, resource))).toEqual(ids);
  });

  it('gives the very same list for every request of a kind', () => {
    const [first, second] = [request('CREATE', '', 'pods'), request('CREATE', '', 'pods', 'other')];
    expect(set.matching(first)).toBe(set.matching(second));
  });

  it('finds nothing in an excluded namespace, nor for the Namespace itself', () => {
    expect(idsFor(set, request('CREATE', '', 'pods', 'kube-system'))).toEqual([]);
    expect(idsFor(set, { ...request('UPDATE', '', 'namespaces', 'x'), name: 'kube-system' })).toEqual([]);
    expect(idsFor(set, { ...request('UPDATE', '', 'namespaces', 'x'), name: 'x' })).toEqual(['c-everything']);
  });

  it('finds there what asks for it', () => {
    const spec = { title: 't', excludedNamespaces: 'Judge' };
    const asking = policy('a', [rule(['*'], '', 'pods')], { policy: { spec } as unknown as CompiledPolicy['policy'] });
    const both = policySet([asking, policy('b', [rule(['*'], '', 'pods')])], OPTIONS);
    expect(idsFor(both, request('CREATE', '', 'pods', 'kube-system'))).toEqual(['a']);
    expect(idsFor(both, request('CREATE', '', 'pods'))).toEqual(['a', 'b']);
  });

  it('keeps mutating and validating policies apart', () => {
    const mutating = policy('m', TEMPLATE_RULES, {
      validations: [],
      mutations: [{ name: 'r', type: 'JSONPatch' } as unknown as CompiledPolicy['mutations'][number]],
    });
    const both = policySet([mutating, policy('v', TEMPLATE_RULES)], OPTIONS).matching(
      request('CREATE', 'apps', 'deployments'),
    );
    expect(both.mutating.map(({ id }) => id)).toEqual(['m']);
    expect(both.validating.map(({ id }) => id)).toEqual(['v']);
  });
});

describe('policySet: profiles', () => {
  const withAction = (action: Action, settled = false, override?: Action) =>
    policy('p', TEMPLATE_RULES, {
      enforcement: {
        action,
        overrides: override ? [{ selector: {}, selects: labelTest({}), action: override }] : [],
        existing: 'Tolerate',
        settled,
      },
    });
  const under = (profile: PolicySetOptions['profile'], given: CompiledPolicy) =>
    policySet([given], { ...OPTIONS, profile }).policies[0]?.enforcement;

  it.each<[PolicySetOptions['profile'], Action, Action]>([
    ['baseline', 'Deny', 'Audit'],
    ['baseline', 'Warn', 'Audit'],
    ['baseline', 'Mutate', 'Audit'],
    ['baseline', 'Off', 'Off'],
    ['recommended', 'Warn', 'Warn'],
    ['recommended', 'Deny', 'Deny'],
    ['strict', 'Warn', 'Deny'],
    ['strict', 'Audit', 'Audit'],
    ['strict', 'Off', 'Off'],
  ])('%s: %s acts as %s', (profile, action, expected) => {
    expect(under(profile, withAction(action))?.action).toBe(expected);
    expect(under(profile, withAction('Off', false, action))?.overrides[0]?.action).toBe(expected);
  });

  it('leave an action of the settings as it is', () => {
    expect(under('baseline', withAction('Deny', true))?.action).toBe('Deny');
    expect(under('strict', withAction('Warn', true))?.action).toBe('Warn');
  });

  it('list a policy that is Off, and never ask it', () => {
    const off = policySet([withAction('Off')], OPTIONS);
    expect(off.policies).toHaveLength(1);
    expect(idsFor(off, request('CREATE', '', 'pods'))).toEqual([]);
    const offButInSome = policySet([withAction('Off', false, 'Warn')], OPTIONS);
    expect(idsFor(offButInSome, request('CREATE', '', 'pods'))).toEqual(['p']);
  });
});

describe('policySet: the whole', () => {
  const one = policy('one', TEMPLATE_RULES, { lookups: [{ apiVersion: 'v1', resource: 'secrets' }] });
  const two = policy('two', TEMPLATE_RULES, {
    lookups: [
      { apiVersion: 'v1', resource: 'secrets' },
      { apiVersion: 'apps/v1', resource: 'deployments' },
    ],
  });

  it('is sorted, frozen, and the same for any order', () => {
    const set = policySet([two, one], OPTIONS);
    expect(set.policies.map(({ id }) => id)).toEqual(['one', 'two']);
    expect(Object.isFrozen(set) && Object.isFrozen(set.policies) && Object.isFrozen(set.policies[0])).toBe(true);
    expect(policySet([one, two], OPTIONS).hash).toBe(set.hash);
  });

  it('names each look-up once', () => {
    expect(policySet([one, two], OPTIONS).lookups).toEqual([
      { apiVersion: 'apps/v1', resource: 'deployments' },
      { apiVersion: 'v1', resource: 'secrets' },
    ]);
  });

  it('has another hash for other parameters, policies, selectors or options', () => {
    const overrides = [{ selector: { matchLabels: { a: 'b' } }, selects: labelTest({}), action: 'Off' as const }];
    const sets = [
      policySet([one], OPTIONS),
      policySet([one, two], OPTIONS),
      policySet([{ ...one, params: { a: 1 } }], OPTIONS),
      policySet([{ ...one, enforcement: { ...one.enforcement, overrides } }], OPTIONS),
      policySet([one], { ...OPTIONS, excludedNamespaces: [] }),
    ];
    expect(new Set(sets.map(({ hash }) => hash)).size).toBe(sets.length);
  });
});
