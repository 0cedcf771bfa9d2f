import { expect, it } from 'vitest';
import { customKinds, isBuiltInGroup, resourceKind } from './kinds.ts';

const NO_CUSTOM = new Map();

it.each([
  ['v1', 'Pod', 'pods', true],
  ['v1', 'Endpoints', 'endpoints', true],
  ['v1', 'Namespace', 'namespaces', false],
  ['networking.k8s.io/v1', 'Ingress', 'ingresses', true],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', true],
  ['storage.k8s.io/v1', 'StorageClass', 'storageclasses', false],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'gateways', true],
])('%s %s is served as %s', (apiVersion, kind, resource, namespaced) => {
  expect(resourceKind(apiVersion, kind, true, NO_CUSTOM)).toMatchObject({ resource: { resource }, namespaced });
});

it('takes a custom resource for namespaced where it says a namespace', () => {
  expect(resourceKind('example.com/v1', 'Box', true, NO_CUSTOM).namespaced).toBe(true);
  expect(resourceKind('example.com/v1', 'Box', false, NO_CUSTOM).namespaced).toBe(false);
});

it('knows custom resources by the definitions given with them', () => {
  const spec = { group: 'example.com', scope: 'Cluster', names: { kind: 'Box', plural: 'boxen' } };
  const custom = customKinds([{ kind: 'CustomResourceDefinition', spec }, { kind: 'CustomResourceDefinition' }]);
  expect(resourceKind('example.com/v1', 'Box', true, custom)).toEqual({
    kind: { group: 'example.com', version: 'v1', kind: 'Box' },
    resource: { group: 'example.com', version: 'v1', resource: 'boxen' },
    namespaced: false,
  });
});

it('gives workloads the group and version they are served in today', () => {
  const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
  expect(resourceKind('extensions/v1beta1', 'Deployment', true, NO_CUSTOM)).toMatchObject({ kind, namespaced: true });
  expect(resourceKind('apps/v1beta2', 'Deployment', true, NO_CUSTOM)).toMatchObject({ kind });
  expect(resourceKind('extensions/v1beta1', 'Ingress', true, NO_CUSTOM).kind.group).toBe('extensions');
});

it('tells the groups of Kubernetes from others', () => {
  expect(['', 'apps', 'policy'].every(isBuiltInGroup)).toBe(true);
  expect(isBuiltInGroup('kustomize.config.k8s.io')).toBe(false);
});
