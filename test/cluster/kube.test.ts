/** src/kube against a real API server: what admission looks up is what the cluster holds, through restarts. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clusterConfig, getJson } from '../../src/kube/client.ts';
import type { WatchProblem } from '../../src/kube/informer.ts';
import { type ClusterWatch, watchCluster } from '../../src/kube/view.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectOutput } from './kubectl.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { eventually } from './wait.ts';

const SERVICE_ACCOUNTS = { apiVersion: 'v1', resource: 'serviceaccounts' };
const DEPLOYMENTS = { apiVersion: 'apps/v1', resource: 'deployments' };
const SECRETS = { apiVersion: 'v1', resource: 'secrets' };

describe('watchCluster', () => {
  const namespace = `tidegate-kube-${process.pid}`;
  let cluster: Cluster;
  let view: ClusterWatch | undefined;
  const problems: WatchProblem[] = [];

  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  const config = (kubeconfig = cluster.kubeconfig) => {
    const result = clusterConfig(kubeconfig);
    if (!result.ok) throw new Error(result.message);
    return result.config;
  };
  const accounts = (): readonly unknown[] | undefined =>
    view?.lookup
      .list('v1', 'serviceaccounts', namespace)
      ?.map((each) => (each['metadata'] as { readonly name: string }).name);

  beforeAll(async () => {
    cluster = await startCluster();
    await kubectl('create', 'namespace', namespace);
    await kubectl('label', 'namespace', namespace, 'team=shop');
    await kubectl('create', 'serviceaccount', 'builder', '-n', namespace);
  });
  afterEach(() => {
    view?.stop();
    problems.length = 0;
  });
  afterAll(async () => {
    if (cluster.controlPlane === undefined) await kubectl('delete', 'namespace', namespace, '--wait=false');
    await cluster?.stop();
  });

  it('knows namespaces and looked-up objects once it has attempted them, and follows changes', async () => {
    view = watchCluster(config(), [SERVICE_ACCOUNTS]);
    expect(view.namespace(namespace)).toBeUndefined();
    await view.attempted();
    expect(view.namespace(namespace)).toMatchObject({ kind: 'Namespace', metadata: { labels: { team: 'shop' } } });
    expect(view.namespace('nowhere')).toBeUndefined();
    const { serverVersion } = JSON.parse(await kubectl('version', '-o', 'json'));
    expect(view.kubernetesVersion()).toBe(`${serverVersion.major}.${serverVersion.minor}`.replace(/\D+$/, ''));
    expect(view.lookup.get('v1', 'serviceaccounts', namespace, 'builder')).toMatchObject({ kind: 'ServiceAccount' });
    expect(view.lookup.get('v1', 'serviceaccounts', namespace, 'nobody')).toBeNull();

    await kubectl('create', 'serviceaccount', 'painter', '-n', namespace);
    await eventually('the new account', () => accounts()?.includes('painter'));
    await kubectl('delete', 'serviceaccount', 'painter', '-n', namespace);
    await eventually('its end', () => accounts()?.includes('painter') === false);
  });

  it('watches another collection when the policies change, and forgets the one that is no longer asked for', async () => {
    view = watchCluster(config(), [SERVICE_ACCOUNTS]);
    await view.attempted();
    expect(view.lookup.list('apps/v1', 'deployments', namespace)).toBeUndefined();
    view.watch([DEPLOYMENTS]);
    await view.attempted();
    expect(view.lookup.list('apps/v1', 'deployments', namespace)).toEqual([]);
    expect(accounts()).toBeUndefined();
  });

  it('never reads secrets', async () => {
    await kubectl('create', 'secret', 'generic', 'hidden', '-n', namespace, '--from-literal=password=x');
    view = watchCluster(config(), [SECRETS]);
    await view.attempted();
    expect(view.lookup.list('v1', 'secrets', namespace)).toBeUndefined();
    expect(view.lookup.get('v1', 'secrets', namespace, 'hidden')).toBeUndefined();
  });

  it('does not know what it may not read, says so, and knows it as soon as it may', async () => {
    view = watchCluster(
      config(await serviceAccountKubeconfig(cluster.kubectl, namespace, 'builder')),
      [SERVICE_ACCOUNTS],
      (problem) => problems.push(problem),
    );
    await view.attempted();
    expect(accounts()).toBeUndefined();
    await eventually('the complaint', () => problems.find(({ resource }) => resource === 'serviceaccounts'));
    expect(problems).toContainEqual({
      ...SERVICE_ACCOUNTS,
      unreadable: true,
      message: expect.stringMatching(/serviceaccounts is forbidden/),
    });

    const [role, user] = [`${namespace}-reader`, `${namespace}:builder`];
    await kubectl('create', 'clusterrole', role, '--verb=list,watch', '--resource=serviceaccounts');
    await kubectl('create', 'clusterrolebinding', role, `--clusterrole=${role}`, `--serviceaccount=${user}`);
    await eventually('the account', () => accounts()?.includes('builder'));
    await kubectl('delete', 'clusterrolebinding,clusterrole', role);
  });

  it('knows a kind that does not exist as unknown', async () => {
    view = watchCluster(config(), [{ apiVersion: 'example.com/v1', resource: 'unicorns' }], (problem) =>
      problems.push(problem),
    );
    await view.attempted();
    expect(view.lookup.list('example.com/v1', 'unicorns', namespace)).toBeUndefined();
    await eventually('the complaint', () =>
      problems.find(({ resource, unreadable }) => resource === 'unicorns' && unreadable),
    );
  });

  it('survives a restart of the API server: keeps what it knew, then follows again', async ({ skip }) => {
    const { controlPlane } = cluster;
    if (controlPlane === undefined) return skip('a given cluster is never restarted');
    view = watchCluster(config(), [SERVICE_ACCOUNTS], (problem) => problems.push(problem));
    await view.attempted();
    await controlPlane.stopApiServer();
    await eventually('the broken watch', () => problems.length > 0);
    expect(accounts()).toContain('builder');
    await controlPlane.startApiServer();
    await kubectl('create', 'serviceaccount', 'survivor', '-n', namespace);
    await eventually('the account of after', () => accounts()?.includes('survivor'));
  });

  it('reads thousands of objects page by page', async () => {
    const many = Array.from({ length: 1200 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: `many-${index}`, namespace, labels: { many: 'true' } },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: many });
    await expectOutput(cluster.kubectl, ['create', '-f', '-'], list);
    view = watchCluster(config(), [SERVICE_ACCOUNTS]);
    await view.attempted();
    expect(accounts()?.filter((name) => String(name).startsWith('many-'))).toHaveLength(1200);
    await kubectl('delete', 'serviceaccount', '-n', namespace, '-l', 'many=true', '--wait=false');
  });

  it('says in the API server’s words why it cannot read', async () => {
    await expect(getJson(config(), '/api/v1/namespaces/nowhere')).rejects.toMatchObject({
      statusCode: 404,
      message: 'namespaces "nowhere" not found',
    });
  });
});
