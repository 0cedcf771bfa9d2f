import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApiServer } from '../../test/support/api-server.ts';
import { clusterConfig, getJson } from './client.ts';

const KUBECONFIG = {
  clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:6443' } }],
  users: [{ name: 'me', user: { token: 'very-secret' } }],
  contexts: [{ name: 'now', context: { cluster: 'here', user: 'me' } }],
  'current-context': 'now',
};

describe('clusterConfig', () => {
  let folder: string;
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidegate-client-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  it('reads the current context of a kubeconfig', async () => {
    const result = clusterConfig(await file('good', JSON.stringify(KUBECONFIG)));
    expect(result.ok && result.config.getCurrentCluster()?.server).toBe('https://127.0.0.1:6443');
  });

  it('says that a file is missing, in one line', () => {
    const result = clusterConfig(join(folder, 'missing'));
    expect(result).toEqual({
      ok: false,
      message: expect.stringMatching(/^kubeconfig [^ ]*missing: there is no such file$/),
    });
  });

  it('says that a context names no cluster', async () => {
    const path = await file('no-context', JSON.stringify({ ...KUBECONFIG, 'current-context': 'then' }));
    expect(clusterConfig(path)).toEqual({
      ok: false,
      message: `kubeconfig ${path}: its current context names no cluster`,
    });
  });

  it('never quotes a broken file, which may hold credentials', async () => {
    const result = clusterConfig(await file('broken', 'users: [{ token: very-secret'));
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain('very-secret');
  });

  it('says that this is no pod', () => {
    expect(clusterConfig(undefined)).toMatchObject({ ok: false, message: expect.stringContaining('--kubeconfig') });
  });

  it('finds the API server of its pod', async ({ onTestFinished }) => {
    vi.stubEnv('KUBERNETES_SERVICE_HOST', 'fd00::1').stubEnv('KUBERNETES_SERVICE_PORT', '443');
    onTestFinished(() => void vi.unstubAllEnvs());
    const result = clusterConfig(undefined);
    expect(result.ok && result.config.getCurrentCluster()?.server).toBe('https://[fd00::1]:443');
  });
});

it('says of an API server that never answers that it took too long', async ({ onTestFinished }) => {
  const server = await startApiServer({ 'GET /api': () => 'never' });
  onTestFinished(() => server.stop());
  await expect(getJson(server.config, '/api', AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
});
