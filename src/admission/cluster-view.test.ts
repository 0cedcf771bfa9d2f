import { describe, expect, it } from 'vitest';
import { REQUEST } from '../../test/admission/decisions.ts';
import { type ClusterView, contextOf, noCluster } from './cluster-view.ts';

const SHOP = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const CLUSTER: ClusterView = { ...noCluster, namespace: (name) => (name === 'shop' ? SHOP : undefined) };

describe('the version of the cluster', () => {
  it('is what the cluster says, and left out where that is not known', () => {
    expect(contextOf(REQUEST, { ...CLUSTER, kubernetesVersion: () => '1.36' }).kubernetesVersion).toBe('1.36');
    expect(contextOf(REQUEST, CLUSTER)).not.toHaveProperty('kubernetesVersion');
  });
});

describe('the namespace of a request', () => {
  it('is the one that the cluster knows', () => {
    expect(contextOf(REQUEST, CLUSTER).namespace).toBe(SHOP);
  });

  it('is unknown where the cluster does not know it, or where there is no cluster', () => {
    expect(contextOf({ ...REQUEST, namespace: 'new' }, CLUSTER).namespace).toBeUndefined();
    expect(contextOf(REQUEST, noCluster).namespace).toBeUndefined();
  });

  it('is null for what lies in none', () => {
    const { namespace: _namespace, ...clusterScoped } = REQUEST;
    expect(contextOf(clusterScoped, CLUSTER).namespace).toBeNull();
    expect(contextOf({ ...REQUEST, namespace: '' }, CLUSTER).namespace).toBeNull();
  });

  it('is null for a Namespace, whose own name the API server sends along', () => {
    const resource = { group: '', version: 'v1', resource: 'namespaces' };
    expect(contextOf({ ...REQUEST, resource }, CLUSTER).namespace).toBeNull();
  });
});
