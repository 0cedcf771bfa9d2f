import { afterEach, expect, it } from 'vitest';
import { type ApiServer, startApiServer } from '../../test/support/api-server.ts';
import { discover } from './discovery.ts';

let server: ApiServer | undefined;
afterEach(async () => server?.stop());

const resource = (name: string, kind: string, more: object = {}) => ({
  resource: name,
  responseKind: { kind },
  scope: 'Namespaced',
  singularResource: kind.toLowerCase(),
  verbs: ['get', 'list'],
  ...more,
});
const groups = (...items: object[]) => ({ body: { kind: 'APIGroupDiscoveryList', items } });
const described = { namespaced: true, verbs: ['get', 'list'] };

it('reads what is served in two requests, preferred versions first, and names the group that does not answer', async () => {
  server = await startApiServer({
    'GET /api': () => groups({ metadata: {}, versions: [{ version: 'v1', resources: [resource('pods', 'Pod')] }] }),
    'GET /apis': () =>
      groups(
        {
          metadata: { name: 'autoscaling' },
          versions: ['v2', 'v1'].map((version) => ({
            version,
            freshness: 'Current',
            resources: [
              resource('scalers', 'Scaler', { shortNames: ['sc'], subresources: [{ subresource: 'status' }] }),
            ],
          })),
        },
        {
          metadata: { name: 'metrics.k8s.io' },
          versions: [{ version: 'v1beta1', freshness: 'Stale' }],
        },
      ),
  });
  const scaler = { ...described, kind: 'Scaler', resource: 'scalers', shortNames: ['sc', 'scaler'] };
  expect(await discover(server.config)).toEqual({
    resources: [
      { ...described, apiVersion: 'v1', kind: 'Pod', resource: 'pods', shortNames: ['pod'] },
      { ...scaler, apiVersion: 'autoscaling/v2' },
      { ...scaler, apiVersion: 'autoscaling/v1' },
    ],
    broken: [{ group: 'metrics.k8s.io', message: 'the server that serves metrics.k8s.io/v1beta1 does not answer' }],
  });
  expect(server.requests).toHaveLength(2);
});

it('asks an older API server for each version by itself', async () => {
  const list = (...resources: object[]) => ({ body: { kind: 'APIResourceList', resources } });
  const listed = { namespaced: true, verbs: ['get', 'list'] };
  server = await startApiServer({
    'GET /api': () => ({ body: { kind: 'APIVersions', versions: ['v1'] } }),
    'GET /apis': () => ({
      body: {
        kind: 'APIGroupList',
        groups: [
          {
            name: 'autoscaling',
            versions: [{ groupVersion: 'autoscaling/v1' }, { groupVersion: 'autoscaling/v2' }],
            preferredVersion: { groupVersion: 'autoscaling/v2' },
          },
          { name: 'gone.io', versions: [{ groupVersion: 'gone.io/v1' }] },
        ],
      },
    }),
    'GET /api/v1': () =>
      list({ ...listed, name: 'pods', kind: 'Pod', singularName: '' }, { ...listed, name: 'pods/log', kind: 'Pod' }),
    'GET /apis/autoscaling/v1': () => list({ ...listed, name: 'scalers', kind: 'Scaler' }),
    'GET /apis/autoscaling/v2': () => list({ ...listed, name: 'scalers', kind: 'Scaler' }),
    'GET /apis/gone.io/v1': () => ({ status: 503, body: { message: 'service unavailable' } }),
  });
  const { resources, broken } = await discover(server.config);
  const names = resources.map(({ apiVersion, resource }) => `${apiVersion} ${resource}`);
  expect(names).toEqual(['v1 pods', 'autoscaling/v2 scalers', 'autoscaling/v1 scalers']);
  expect(broken).toEqual([{ group: 'gone.io', message: 'gone.io/v1 does not answer: service unavailable' }]);
});

it('rejects where the API server does not know the user', async () => {
  server = await startApiServer({ 'GET /api': () => ({ status: 401, body: { message: 'Unauthorized' } }) });
  await expect(discover(server.config)).rejects.toMatchObject({ statusCode: 401 });
});

it('asks its first question alone, since a plugin may have to log somebody in for it', async () => {
  server = await startApiServer({ 'GET /api': () => 'never' });
  await expect(discover(server.config, AbortSignal.timeout(100))).rejects.toThrow();
  expect(server.requests.map(({ line }) => line)).toEqual(['GET /api']);
});
