import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { expectOutput } from './kubectl.ts';

describe('the cluster of the tests', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(async () => cluster?.stop());

  it('answers kubectl and keeps what it is given', async () => {
    await expectOutput(cluster.kubectl, ['create', 'configmap', 'kept', '-n', 'default', '--from-literal=a=b']);
    const kept = await expectOutput(cluster.kubectl, [
      'get',
      'configmap',
      'kept',
      '-n',
      'default',
      '-o',
      'jsonpath={.data.a}',
    ]);
    expect(kept).toBe('b');
    await expectOutput(cluster.kubectl, ['delete', 'configmap', 'kept', '-n', 'default']);
  });

  const given = givenKubeconfig ?? process.env['KUBEBUILDER_ASSETS'];
  it.skipIf(given !== undefined)('is Kubernetes 1.36.3 where it is of our own making', async () => {
    const version = JSON.parse(await expectOutput(cluster.kubectl, ['version', '-o', 'json']));
    expect(version.serverVersion.gitVersion).toBe('v1.36.3');
  });
});
