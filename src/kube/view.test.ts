import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, type ApiServer, startApiServer } from '../../test/support/api-server.ts';
import { type ClusterWatch, watchCluster } from './view.ts';

const list = (kind: string): Answer => ({
  body: { kind, apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] },
});

describe('watchCluster', () => {
  let server: ApiServer;
  let view: ClusterWatch | undefined;
  let version: Answer;

  beforeEach(async () => {
    version = { body: { major: '1', minor: '29+' } };
    server = await startApiServer({
      'GET /api/v1/namespaces': () => list('NamespaceList'),
      'GET /api/v1/secrets': () => list('SecretList'),
      'GET /api/v1/serviceaccounts': () => list('ServiceAccountList'),
      'GET /version': () => version,
    });
  });
  afterEach(async () => {
    view?.stop();
    await server.stop();
  });

  it('knows the version, in digits', async () => {
    view = watchCluster(server.config, []);
    expect(view.kubernetesVersion()).toBeUndefined();
    await view.attempted();
    expect(view.kubernetesVersion()).toBe('1.29');
  });

  it.each([[{ status: 403, body: { message: 'forbidden' } }], [{ body: { major: '', minor: 'x' } }]])(
    'does not know it from %j',
    async (answer) => {
      version = answer;
      view = watchCluster(server.config, []);
      await view.attempted();
      expect(view.kubernetesVersion()).toBeUndefined();
    },
  );

  it('asks for it anew after the connection broke, and keeps what it knew until it hears of another', async () => {
    view = watchCluster(server.config, []);
    await view.attempted();
    version = { status: 503, body: { message: 'starting' } };
    server.disconnect();
    await vi.waitFor(() => expect(asked('GET /version')).toBe(2), { timeout: 5000 });
    expect(view.kubernetesVersion()).toBe('1.29');
    version = { body: { major: '1', minor: '30' } };
    server.disconnect();
    await vi.waitFor(() => expect(view?.kubernetesVersion()).toBe('1.30'), { timeout: 5000 });
  });

  it('never asks for secrets, whatever the policies look up: they stay unknown', async () => {
    const secrets = { apiVersion: 'v1', resource: 'secrets' };
    view = watchCluster(server.config, [secrets, { apiVersion: 'v1', resource: 'serviceaccounts' }]);
    await view.attempted();
    view.watch([secrets]);
    await view.attempted();
    expect(view.lookup.get('v1', 'secrets', 'shop', 'registry')).toBeUndefined();
    expect(view.lookup.list('v1', 'secrets', 'shop')).toBeUndefined();
    expect(asked('GET /api/v1/serviceaccounts?limit=500')).toBe(1);
    expect(server.requests.filter(({ line }) => /secret/i.test(decodeURIComponent(line)))).toEqual([]);
  });

  it('cannot be led to secrets by a strange name either', async () => {
    view = watchCluster(server.config, [
      { apiVersion: 'v1', resource: 'namespaces/shop/secrets' },
      { apiVersion: 'v1', resource: 'serviceaccounts/../secrets' },
      { apiVersion: 'v1/namespaces/shop', resource: 'secrets' },
      { apiVersion: 'a/../../api/v1/secrets', resource: '.' },
    ]);
    await view.attempted();
    expect(server.requests.filter(({ line }) => /secret/i.test(line))).toEqual([]);
  });

  function asked(line: string): number {
    return server.requests.filter((request) => request.line === line).length;
  }
});
