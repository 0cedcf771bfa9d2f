import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type ApiServer, startApiServer } from '../../test/support/api-server.ts';
import { policy, setOf } from '../../test/support/policies.ts';
import type { ServedResource } from '../kube/discovery.ts';
import { formatProblem } from '../policy/problem.ts';
import { audit } from './audit.ts';
import { type ClusterReading, readCluster } from './cluster.ts';
import { wantedResources } from './wanted.ts';

const serve = (apiVersion: string, kind: string, namespaced = true): ServedResource => ({
  apiVersion,
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced,
  verbs: ['create', 'get', 'list'],
  shortNames: [],
});
const DISCOVERY = {
  resources: [serve('v1', 'Namespace', false), serve('v1', 'Pod'), serve('v1', 'Service'), serve('v1', 'Secret')],
  broken: ['metrics.k8s.io', 'parcels.io'].map((group) => ({ group, message: 'does not answer' })),
};
const list = (kind: string, ...items: readonly object[]): Answer => ({
  body: { apiVersion: 'v1', kind: `${kind}List`, items },
});
const named = (name: string, namespace?: string, more: object = {}) => ({
  metadata: { name, ...(namespace && { namespace }), managedFields: [], creationTimestamp: null },
  ...more,
});

/** A rule on Pods that is broken where the look-up finds nothing. */
const asks = (name: string, expression: string) =>
  policy(name, {
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    },
    validations: [{ name: 'r', expression, message: 'is not there' }],
  });
const SET = setOf([
  asks('needs-service', `resources.get('v1', 'services', request.namespace, 'web') != null`),
  asks('needs-secret', `resources.get('v1', 'secrets', request.namespace, 'login') != null`),
  asks('needs-unicorn', `size(resources.list('example.com/v1', 'unicorns', '')) > 0`),
  asks('needs-parcel', `size(resources.list('parcels.io/v1', 'parcels', '')) > 0`),
  asks('needs-gold', `namespaceObject.metadata.labels.tier == 'gold'`),
]);

describe('readCluster', () => {
  let server: ApiServer | undefined;
  afterEach(async () => server?.stop());

  const EVERYTHING: Record<string, () => Answer> = {
    'GET /version': () => ({ body: { major: '1', minor: '36+' } }),
    'GET /api/v1/namespaces': () => list('Namespace', { metadata: { name: 'shop', labels: { tier: 'gold' } } }),
    'GET /api/v1/pods': () => list('Pod', named('a', 'shop', { spec: { containers: [{ name: 'c', image: null }] } })),
    'GET /api/v1/services': () => list('Service', named('web', 'shop')),
  };
  const read = async (answers: Record<string, () => Answer>, more: Partial<ClusterReading> = {}) => {
    server = await startApiServer(answers);
    const wanted = wantedResources(SET, DISCOVERY);
    return readCluster({ config: server.config, name: 'test', discovery: DISCOVERY, wanted, ...more });
  };
  const forbidden = (what: string) => () => ({ status: 403, body: { message: `${what} is forbidden: User "ann"` } });
  const judged = (given: Awaited<ReturnType<typeof read>>) => {
    const { objects } = audit(given, SET, { now: 0 });
    return {
      found: objects.flatMap(({ findings }) => findings.map(({ policy: id }) => id)),
      open: objects.flatMap(({ notJudged }) => notJudged.map(({ policy: id }) => id)),
    };
  };

  it('gives objects as files would, with the resource they are served as, and what is only looked up beside them', async () => {
    const given = await read(EVERYTHING);
    expect(given).toMatchObject({ cluster: 'test', kubernetesVersion: '1.36', files: 0 });
    expect(given.manifests).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a', namespace: 'shop' },
        object: {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'a', namespace: 'shop' },
          spec: { containers: [{ name: 'c' }] },
        },
        resource: {
          kind: { group: '', version: 'v1', kind: 'Pod' },
          resource: { group: '', version: 'v1', resource: 'pods' },
          namespaced: true,
        },
      },
    ]);
    expect(given.beside?.map(({ kind }) => kind).toSorted()).toEqual(['Namespace', 'Service']);
    expect(given.problems.map(formatProblem)).toEqual(['parcels.io: does not answer']);
  });

  it('knows what it has read and that nobody serves unicorns; never what Secrets there are, nor of a group that does not answer', async () => {
    expect(judged(await read(EVERYTHING))).toEqual({
      found: ['needs-unicorn'],
      open: ['needs-parcel', 'needs-secret'],
    });
    expect(server?.requests.filter(({ line }) => /secrets|watch/.test(line) || !line.startsWith('GET '))).toEqual([]);
  });

  it('judges on without what it may not read, and says which permission is missing', async () => {
    const given = await read({ ...EVERYTHING, 'GET /api/v1/services': forbidden('services') });
    expect(given.problems.map(formatProblem)).toContain(
      'permissions: nothing is known of what this user may not list: services (grant get and list on it, as the ClusterRole of docs/cluster-audit.md does)',
    );
    expect(judged(given)).toEqual({
      found: ['needs-unicorn'],
      open: ['needs-parcel', 'needs-secret', 'needs-service'],
    });
  });

  it('says it once of all that may not be read, and of each namespace that differs', async () => {
    const everywhere = Object.fromEntries(
      ['namespaces', 'pods', 'services'].map((one) => [`GET /api/v1/${one}`, forbidden(one)]),
    );
    const { problems } = await read({ ...EVERYTHING, ...everywhere });
    expect(problems.slice(1)).toEqual([
      {
        file: 'permissions',
        message: 'nothing is known of what this user may not list: namespaces, pods, services',
        hint: 'grant get and list on them, as the ClusterRole of docs/cluster-audit.md does',
      },
    ]);
    await server?.stop();
    const here = ['', '/pods', '/services'].map((one) => [`GET /api/v1/namespaces/shop${one}`, forbidden(one)]);
    const there = [['GET /api/v1/namespaces/blog', () => ({ body: named('blog') })]];
    const blog = ['pods', 'services'].map((one) => [`GET /api/v1/namespaces/blog/${one}`, forbidden(one)]);
    const answers = Object.fromEntries([...here, ...there, ...blog]);
    const given = await read({ ...EVERYTHING, ...answers }, { namespaces: ['shop', 'blog'] });
    expect(given.problems.slice(1).map(({ file, message }) => `${file}: ${message}`)).toEqual([
      'permissions in blog, shop: nothing is known of what this user may not list: pods, services',
      'permissions in shop: nothing is known of what this user may not list: namespaces',
    ]);
  });

  it('does not take an unread Namespace for one without labels', async () => {
    const given = await read({ ...EVERYTHING, 'GET /api/v1/namespaces': forbidden('namespaces') });
    expect(judged(given).open).toContain('needs-gold');
  });

  it('reads single namespaces, and knows nothing beyond them', async () => {
    const answers = {
      ...EVERYTHING,
      'GET /api/v1/namespaces/shop': () => ({
        body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { tier: 'gold' } } },
      }),
      'GET /api/v1/namespaces/shop/pods': EVERYTHING['GET /api/v1/pods'] as () => Answer,
      'GET /api/v1/namespaces/shop/services': () => list('Service'),
    };
    const given = await read(answers, { namespaces: ['shop'] });
    expect(given.problems).toHaveLength(1);
    expect(judged(given)).toEqual({
      found: ['needs-service', 'needs-unicorn'],
      open: ['needs-parcel', 'needs-secret'],
    });
    expect(given.knows?.('v1', 'services', 'blog')).toBe(false);
    expect(given.knows?.('v1', 'services', '')).toBe(false);
  });

  it('says that a namespace is not there', async () => {
    const given = await read(EVERYTHING, { namespaces: ['shpo'], wanted: wantedResources(setOf([]), DISCOVERY) });
    expect(given.problems.map(formatProblem)).toContain('namespaces: there is no namespace "shpo"');
  });

  it('says of a list that ends in the middle how much of it was read', async () => {
    let pages = 0;
    const broken = (): Answer => {
      if (pages++ > 0) return { status: 400, body: { message: 'no such page' } };
      const body = { kind: 'PodList', apiVersion: 'v1', metadata: { continue: 'x' }, items: [named('a', 'shop')] };
      return { body };
    };
    const given = await read({ ...EVERYTHING, 'GET /api/v1/pods': broken });
    expect(given.problems.map(formatProblem)).toContain('pods: cannot be read beyond the first 1 object: no such page');
    expect(given.manifests).toHaveLength(1);
  });

  it('gives up where there is no answer, and says what it was about to read', async () => {
    const answers = { ...EVERYTHING, 'GET /api/v1/namespaces/shop': () => ({ text: 'Bad Gateway' }) };
    await expect(read(answers, { namespaces: ['shop'] })).rejects.toMatchObject({
      message: 'namespaces',
      cause: { message: 'the answer of the API server is no JSON' },
    });
  });

  it('gives up where the API server does not know the user', async () => {
    const unknown = () => ({ status: 401, body: { message: 'Unauthorized' } });
    await expect(read({ ...EVERYTHING, 'GET /api/v1/pods': unknown })).rejects.toMatchObject({ statusCode: 401 });
  });
});
