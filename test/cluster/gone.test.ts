/** An API server that forgets the past at once: each watch that is opened anew asks for a revision that is gone (410). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterConfig } from '../../src/kube/client.ts';
import { informer } from '../../src/kube/informer.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { type LiveCatalog, openLiveCatalog } from '../../src/sources/live-catalog.ts';
import { EXCEPTIONS, POLICIES } from '../../src/sources/live-resource.ts';
import { smallPolicy } from '../support/policies.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { installDefinitions } from './definitions.ts';
import { expectOutput } from './kubectl.ts';
import { eventually } from './wait.ts';

// Watches end after a second or two, and are answered by etcd itself, which keeps little more than a second.
const FORGETFUL = ['--watch-cache=false', '--min-request-timeout=1', '--etcd-compaction-interval=1s'];

describe.skipIf(givenKubeconfig !== undefined)('410 Gone', () => {
  let cluster: Cluster;
  let catalog: LiveCatalog;
  const problems: string[] = [];
  const apply = (object: object): Promise<string> =>
    expectOutput(cluster.kubectl, ['apply', '-f', '-'], JSON.stringify(object));
  const ids = (): readonly string[] => catalog.current().policies.map(({ id }) => id);
  /** Lists of policies that the API server has answered so far. */
  const lists = async (): Promise<number> => {
    const text = await expectOutput(cluster.kubectl, ['get', '--raw', '/metrics']);
    const counts = [...text.matchAll(/^apiserver_request_total\{.*resource="policies".*verb="LIST".*\} (\d+)$/gm)];
    return counts.reduce((sum, [, count]) => sum + Number(count), 0);
  };

  beforeAll(async () => {
    cluster = await startCluster(FORGETFUL);
    await installDefinitions(cluster.kubectl);
    const found = clusterConfig(cluster.kubeconfig);
    if (!found.ok) throw new Error(found.message);
    const { config } = found;
    const watch = (collection: typeof POLICIES | typeof EXCEPTIONS) =>
      informer(config, collection, ({ message }) => problems.push(message));
    const feeds = { policies: watch(POLICIES), exceptions: watch(EXCEPTIONS) };
    const opened = openLiveCatalog({ settings: RECOMMENDED, paths: [], builtin: false, ...feeds });
    if (!opened.ok) throw new Error('the catalog must open');
    catalog = opened.catalog;
    await catalog.synced;
  });
  afterAll(async () => {
    catalog?.stop();
    await cluster?.stop();
  });

  it('makes it list anew: what came and went meanwhile is known', async () => {
    await apply(smallPolicy('a'));
    await eventually('it is there', () => ids().includes('a'));
    const before = await lists();
    // Writes elsewhere make the revision of the last policy an old one.
    let count = 0;
    await eventually(
      'a list after 410',
      async () => {
        await expectOutput(cluster.kubectl, ['create', 'configmap', `noise-${count++}`, '-n', 'default']);
        return (await lists()) > before;
      },
      { everyMs: 200, timeoutMs: 50_000 },
    );
    await apply(smallPolicy('b'));
    await expectOutput(cluster.kubectl, ['delete', 'tgp', 'a']);
    await eventually('both are known', () => ids().join() === 'b', { timeoutMs: 45_000 });
    expect(problems).toEqual([]);
  }, 120_000);
});
