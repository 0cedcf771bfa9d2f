import { describe, expect, test } from 'vitest';
import { contextOf, deployment, pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import { decide } from './decide.ts';
import type { Lookup, Request } from './decision.ts';

const REPLICA_SETS = { username: 'system:serviceaccount:kube-system:replicaset-controller' };
const DEPLOYMENTS = { username: 'system:serviceaccount:kube-system:deployment-controller' };

const controlledBy = (kind: string, name: string, apiVersion = 'apps/v1'): JsonMap => ({
  ownerReferences: [{ apiVersion, kind, name, uid: '1', controller: true }],
});

const HOST_NETWORK = {
  subject: 'PodTemplate',
  ownedPods: 'Judge',
  validations: [{ name: 'net', expression: '!object.spec.?hostNetwork.orValue(false)', path: 'spec.hostNetwork' }],
};
const judging = policy('no-host-network', HOST_NETWORK);
const perContainer = policy('no-privilege', {
  subject: 'PodTemplate',
  ownedPods: 'Judge',
  validations: [{ forEach: 'object.spec.containers', expression: '!item.?x.orValue(false)', path: 'x' }],
});

const template = (spec: JsonMap) => ({ template: { metadata: { labels: { app: 'web' } }, spec } });
const bad = deployment([], {}, template({ hostNetwork: true, containers: [{ name: 'a', x: true }] }));
const good = deployment([], {}, template({ containers: [{ name: 'a' }] }));

const replicaSetOf = (of: JsonMap, metadata: JsonMap = controlledBy('Deployment', 'web')): JsonMap => ({
  ...of,
  kind: 'ReplicaSet',
  metadata: { name: 'web-1', namespace: 'shop', ...metadata },
});
const podOf = (of: JsonMap, metadata: JsonMap = controlledBy('ReplicaSet', 'web-1')): JsonMap => ({
  ...pod([], { name: 'web-1-x', ...metadata }),
  spec: ((of['spec'] as JsonMap)['template'] as JsonMap)['spec'] as JsonMap,
});

/** A cluster of these, in apps/v1; every other Deployment and ReplicaSet is known not to be there. */
function clusterOf(...objects: readonly JsonMap[]): Lookup {
  const kinds: Readonly<Record<string, string>> = { deployments: 'Deployment', replicasets: 'ReplicaSet' };
  const metadataOf = ({ metadata }: JsonMap): JsonMap => ({ uid: '1', ...(metadata as JsonMap) });
  const there: readonly JsonMap[] = objects.map((each) => ({ ...each, metadata: metadataOf(each) }));
  return {
    get: (apiVersion, resource, _, name) => {
      if (apiVersion !== 'apps/v1') return undefined;
      return there.find((each) => each['kind'] === kinds[resource] && metadataOf(each)['name'] === name) ?? null;
    },
    list: () => undefined,
  };
}

function tolerated(policies: readonly JsonMap[], object: JsonMap, lookup: Lookup, changes: Partial<Request> = {}) {
  const request = requestOf(object, null, { userInfo: REPLICA_SETS, ...changes });
  return decide(setOf(policies), request, contextOf({}, lookup)).findings.map((finding) => finding.tolerated);
}

describe('what a controller makes', () => {
  test('may be as wrong as its owner, and no worse', () => {
    const cluster = clusterOf(bad, replicaSetOf(bad));
    expect(tolerated([judging], podOf(bad), cluster)).toEqual([true]);
    expect(tolerated([judging], replicaSetOf(bad), cluster, { userInfo: DEPLOYMENTS })).toEqual([true]);
    expect(tolerated([judging], podOf(bad), clusterOf(good, replicaSetOf(good)))).toEqual([false]);
  });
  test('is compared by container', () => {
    const injected = podOf(
      deployment(
        [],
        {},
        template({
          containers: [
            { name: 'sidecar', x: true },
            { name: 'a', x: true },
          ],
        }),
      ),
    );
    expect(tolerated([perContainer], injected, clusterOf(replicaSetOf(bad)))).toEqual([false, true]);
  });
  test('follows its own owner, though the owner of that was mended since', () => {
    expect(tolerated([judging], podOf(bad), clusterOf(good, replicaSetOf(bad)))).toEqual([true]);
  });
  test('is tolerated where the owner is not known, or not yet', () => {
    const unknown: Lookup = { get: () => undefined, list: () => undefined };
    expect(tolerated([judging], podOf(bad), unknown)).toEqual([true]);
    expect(tolerated([judging], podOf(bad), clusterOf())).toEqual([true]);
  });
  test('is compared with the owner of the owner, where the policy does not judge the owner', () => {
    const rules = (...resources: string[]) => ({
      matchConstraints: {
        resourceRules: [{ apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources }],
      },
    });
    const skipping = policy('skipping', { ...HOST_NETWORK, ...rules('pods', 'deployments') });
    expect(tolerated([skipping], podOf(bad), clusterOf(bad, replicaSetOf(good)))).toEqual([true]);
    expect(tolerated([skipping], podOf(bad), clusterOf(good, replicaSetOf(good)))).toEqual([false]);
    expect(tolerated([skipping], podOf(bad), clusterOf(replicaSetOf(bad, {})))).toEqual([false]);
    for (const [kind, apiVersion] of [
      ['Rollout', 'argoproj.io/v1alpha1'],
      ['Deployment', 'elsewhere.io/v1'],
    ] as const) {
      const ofOthers = replicaSetOf(good, controlledBy(kind, 'web', apiVersion));
      expect(tolerated([skipping], podOf(bad), clusterOf(bad, ofOthers))).toEqual([false]);
    }
  });
  test('is new where the owner of the owner is not true: a user may have written it', () => {
    const matchConstraints = {
      resourceRules: [
        { apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods', 'deployments'] },
      ],
    };
    const skipping = policy('skipping', { ...HOST_NETWORK, matchConstraints });
    const judged = (...objects: readonly JsonMap[]) => tolerated([skipping], podOf(bad), clusterOf(...objects));
    expect(judged(bad, replicaSetOf(bad))).toEqual([true]);
    expect(judged(replicaSetOf(bad))).toEqual([false]);
    // Nor is the ReplicaSet there yet, which nobody has judged.
    expect(judged()).toEqual([false]);
    expect(judged(bad)).toEqual([false]);
    // In a version that nobody serves, or watches.
    expect(judged(replicaSetOf(bad, controlledBy('Deployment', 'web', 'apps/v9')))).toEqual([false]);
    const another = { ...bad, metadata: { ...(bad['metadata'] as JsonMap), uid: '2' } };
    expect(judged(another, replicaSetOf(bad))).toEqual([false]);
    const passedOn = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '1', controller: false }];
    expect(judged(bad, replicaSetOf(bad, { ownerReferences: passedOn }))).toEqual([false]);
  });
  test('follows no other object of the name of its owner', () => {
    const before = replicaSetOf(good, { ...controlledBy('Deployment', 'web'), uid: '2' });
    expect(tolerated([judging], podOf(bad), clusterOf(before))).toEqual([true]);
  });
  test('is new where the policy does not select the owner', () => {
    const selecting = policy('selecting', {
      ...HOST_NETWORK,
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods', 'replicasets'] },
        ],
        objectSelector: { matchLabels: { tier: 'front' } },
      },
    });
    const labels = { labels: { tier: 'front' } };
    const made = podOf(bad, { ...controlledBy('ReplicaSet', 'web-1'), ...labels });
    const owner = controlledBy('Deployment', 'web');
    expect(tolerated([selecting], made, clusterOf(replicaSetOf(bad, { ...owner, ...labels })))).toEqual([true]);
    expect(tolerated([selecting], made, clusterOf(replicaSetOf(bad, owner)))).toEqual([false]);
  });
  test('is tolerated where nobody can say whether the owner has it', () => {
    const asking = policy('asking', {
      subject: 'PodTemplate',
      ownedPods: 'Judge',
      validations: [
        { expression: "workload.kind != 'Pod' && resources.list('v1', 'services', 'shop').size() > 0", path: 'spec' },
      ],
    });
    expect(tolerated([asking], podOf(bad), clusterOf(replicaSetOf(bad)))).toEqual([true]);
    const known: Lookup = { ...clusterOf(replicaSetOf(bad)), list: () => [{ metadata: { name: 'web' } }] };
    expect(tolerated([asking], podOf(bad), known)).toEqual([false]);
  });
  test('is new to a policy that judges no owner', () => {
    const podsOnly = policy('pods-only', {
      subject: 'Resource',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
      validations: HOST_NETWORK.validations,
    });
    expect(tolerated([podsOnly], podOf(bad), clusterOf(bad, replicaSetOf(bad)))).toEqual([false]);
    expect(tolerated([podsOnly], podOf(bad), clusterOf())).toEqual([false]);
  });
  test('is compared for policies about resources too', () => {
    const resource = policy('resource', {
      subject: 'Resource',
      matchConstraints: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['deployments', 'replicasets'],
          },
        ],
      },
      validations: [
        {
          expression: '!object.spec.template.spec.?hostNetwork.orValue(false)',
          path: 'spec.template.spec.hostNetwork',
        },
      ],
    });
    const by = { userInfo: DEPLOYMENTS };
    expect(tolerated([resource], replicaSetOf(bad), clusterOf(bad), by)).toEqual([true]);
    expect(tolerated([resource], replicaSetOf(bad), clusterOf(good), by)).toEqual([false]);
  });
  test('may be changed to what its owner is: a rollout scales a ReplicaSet step by step', () => {
    const one = policy('one-replica', {
      subject: 'PodTemplate',
      ownedPods: 'Judge',
      validations: [{ expression: 'workload.?spec.?replicas.orValue(1) == 1' }],
    });
    const scaled = (replicas: number): JsonMap => replicaSetOf(deployment([], {}, { replicas }));
    const update = (userInfo: JsonMap, owner: JsonMap) =>
      tolerated([one], scaled(2), clusterOf(owner), { userInfo, operation: 'UPDATE', oldObject: scaled(1) });
    expect(update(DEPLOYMENTS, deployment([], {}, { replicas: 2 }))).toEqual([true]);
    expect(update(DEPLOYMENTS, deployment([], {}, { replicas: 1 }))).toEqual([false]);
    expect(update({ username: 'alice' }, deployment([], {}, { replicas: 2 }))).toEqual([false]);
  });
  test('is compared with its owner as if that came now, where updates alone are judged of what is made', () => {
    const rules = (operation: string, resource: string) => ({
      apiGroups: ['apps'],
      apiVersions: ['v1'],
      operations: [operation],
      resources: [resource],
    });
    const updated = (expression: string, ...resourceRules: readonly JsonMap[]) => {
      const one = policy('one', {
        subject: 'Resource',
        matchConstraints: { resourceRules },
        validations: [{ expression }],
      });
      const [object, oldObject] = [2, 1].map((replicas) => replicaSetOf(deployment([], {}, { replicas }))) as [
        JsonMap,
        JsonMap,
      ];
      const cluster = clusterOf(deployment([], {}, { replicas: 2 }));
      return tolerated([one], object, cluster, { userInfo: DEPLOYMENTS, operation: 'UPDATE', oldObject });
    };
    const updates = rules('UPDATE', 'replicasets');
    expect(updated('object.spec.replicas == 1', updates, rules('CREATE', 'deployments'))).toEqual([true]);
    const grown = 'oldObject != null && object.spec.replicas > oldObject.spec.replicas';
    expect(updated(`!(${grown})`, updates, rules('CREATE', 'deployments'))).toEqual([false]);
    // Nobody has judged the Deployment when it came.
    expect(updated('object.spec.replicas == 1', updates, rules('UPDATE', 'deployments'))).toEqual([false]);
  });
  test('is recorded as ever where a policy only audits', () => {
    const auditing = policy('auditing', { ...HOST_NETWORK, enforcement: { action: 'Audit' } });
    expect(tolerated([auditing], podOf(bad), clusterOf(bad, replicaSetOf(bad)))).toEqual([false]);
    const warning = policy('warning', { ...HOST_NETWORK, enforcement: { action: 'Warn' } });
    expect(tolerated([warning], podOf(bad), clusterOf(bad, replicaSetOf(bad)))).toEqual([true]);
  });
  test('has an off switch', () => {
    const enforcing = policy('enforcing', { ...HOST_NETWORK, enforcement: { action: 'Deny', existing: 'Enforce' } });
    expect(tolerated([enforcing], podOf(bad), clusterOf(bad, replicaSetOf(bad)))).toEqual([false]);
  });
});

describe('an owner that a user, or a program, writes into an object', () => {
  const cluster = clusterOf(bad, replicaSetOf(bad));
  test.each(['alice', 'system:serviceaccount:shop:ci', 'system:node:n1', 'system:serviceaccount:kube-system-2:x'])(
    'excuses nothing of %s',
    (username) => {
      expect(tolerated([judging], podOf(bad), cluster, { userInfo: { username } })).toEqual([false]);
    },
  );
  test('excuses nothing in a file', () => {
    expect(tolerated([judging], podOf(bad), cluster, { userInfo: {} })).toEqual([false]);
  });
  test('of a kind without a template excuses nothing of a controller either', () => {
    const ofNode = podOf(bad, controlledBy('Node', 'n1', 'v1'));
    expect(tolerated([judging], ofNode, cluster)).toEqual([false]);
  });
});
