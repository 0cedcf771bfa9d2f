import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startApiServer } from '../../test/support/api-server.ts';
import { setOf } from '../../test/support/policies.ts';
import { openScan, type ScanParts } from './replica-scan.ts';

const DENIED = {
  metadata: { uid: '1', name: 'web.1', namespace: 'shop' },
  regarding: { kind: 'Pod', namespace: 'shop', name: 'web' },
  note: 'no-latest: an image without a tag',
};

/** A scan of a cluster that holds nothing but a denial. */
const opened = async ({ sharded = false } = {}) => {
  const server = await startApiServer({
    'GET /api': () => ({ body: { kind: 'APIVersions', versions: [] } }),
    'GET /apis': () => ({ body: { kind: 'APIGroupList', groups: [] } }),
    'GET /apis/events.k8s.io/v1/events': () => ({
      body: { kind: 'EventList', apiVersion: 'events.k8s.io/v1', items: [DENIED] },
    }),
  });
  const part = { elected: true };
  const scan = openScan({
    kube: server.config,
    config: {
      settings: { scan: { enabled: true, interval: '10m', objectsPerSecond: 100, reports: 'none', sharded } },
    },
    replica: { installation: 'test', pod: 'a' },
    catalog: { synced: Promise.resolve(), current: () => setOf([]), exceptions: () => [], states: () => [] },
    watch: { attempted: async () => {}, kubernetesVersion: () => undefined, namespace: () => undefined },
    elected: () => part.elected,
    readyReplicas: () => ['a'],
    log: { debug: () => {}, warn: () => {} },
  } as unknown as ScanParts);
  await Promise.resolve();
  onTestFinished(async () => {
    scan.stop();
    await server.stop();
  });
  return { scan, part, server };
};

it('no longer shows denials where another replica is elected', async () => {
  const { scan, part } = await opened();
  scan.note();
  await vi.waitFor(() => expect(scan.state.denials()).toMatchObject([{ object: 'Pod shop/web' }]), { timeout: 5000 });
  part.elected = false;
  scan.note();
  expect(scan.state.denials()).toEqual([]);
});

it.each([true, false])('does not begin once more after its end (sharded: %j)', async (sharded) => {
  const { scan, server } = await opened({ sharded });
  scan.stop();
  scan.wake();
  scan.note();
  await setTimeout(50);
  expect(server.requests).toEqual([]);
});
