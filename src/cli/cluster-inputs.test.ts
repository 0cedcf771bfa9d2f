import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startApiServer } from '../../test/support/api-server.ts';
import { setOf } from '../../test/support/policies.ts';
import { openClusterInputs } from './cluster-inputs.ts';
import type { GivenFlags } from './given.ts';

it('says what it was about to read where the connection breaks off', async ({ onTestFinished }) => {
  const namespaces = { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['create', 'get', 'list'] };
  const server = await startApiServer({
    'GET /version': () => ({ body: { major: '1', minor: '36' } }),
    'GET /api': () => ({ body: { kind: 'APIVersions', versions: ['v1'] } }),
    'GET /api/v1': () => ({ body: { kind: 'APIResourceList', groupVersion: 'v1', resources: [namespaces] } }),
    'GET /apis': () => ({ body: { kind: 'APIGroupList', groups: [] } }),
    'GET /api/v1/namespaces/shop': () => {
      server.disconnect();
      return 'never';
    },
  });
  onTestFinished(() => server.stop());
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-cluster-inputs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, server.config.exportConfig());
  const flags = { requestsPerSecond: 100, clusterPolicies: false, namespace: ['shop'] } as unknown as GivenFlags;
  const { read } = await openClusterInputs(flags, kubeconfig);
  await expect(read(setOf([]))).rejects.toThrow(
    /^cluster \S+ \(127\.0\.0\.1:\d+\): namespaces: the connection broke off$/,
  );
});
