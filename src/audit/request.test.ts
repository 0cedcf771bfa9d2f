import { expect, it } from 'vitest';
import { readManifests } from './manifests.ts';
import { requestOf } from './request.ts';

function request(text: string) {
  const [manifest] = readManifests([{ file: 'a.yaml', text }]).manifests;
  if (manifest === undefined) throw new Error('no manifest');
  return requestOf(manifest, new Map());
}

it('is the CREATE that the API server would send for the object', () => {
  expect(request('apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: shop}\n')).toEqual({
    uid: '',
    kind: { group: '', version: 'v1', kind: 'Service' },
    resource: { group: '', version: 'v1', resource: 'services' },
    requestKind: { group: '', version: 'v1', kind: 'Service' },
    requestResource: { group: '', version: 'v1', resource: 'services' },
    name: 'a',
    namespace: 'shop',
    operation: 'CREATE',
    userInfo: {},
    object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'shop' } },
    oldObject: null,
    dryRun: true,
    options: null,
  });
});

it('names the namespace that clients would put the object in', () => {
  const { namespace, object } = request('apiVersion: v1\nkind: Service\nmetadata: {name: a}\n');
  expect([namespace, object?.['metadata']]).toEqual(['default', { name: 'a', namespace: 'default' }]);
});

it('has no namespace for a cluster-scoped object, and that of itself for a Namespace', () => {
  const node = request('apiVersion: v1\nkind: Node\nmetadata: {name: a}\n');
  expect([node.namespace, node.object?.['metadata']]).toEqual(['', { name: 'a' }]);
  expect(request('apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n').namespace).toBe('shop');
});

it('asks for a workload by its current version, and says which one was written', () => {
  const { kind, requestKind } = request('apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata: {name: a}\n');
  expect(kind).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' });
  expect(requestKind).toEqual({ group: 'extensions', version: 'v1beta1', kind: 'Deployment' });
});
