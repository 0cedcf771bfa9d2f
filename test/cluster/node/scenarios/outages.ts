import { expect, it } from 'vitest';
import { givenKubeconfig } from '../../cluster.ts';
import { CHART } from '../../helm.ts';
import { eventually } from '../../wait.ts';
import { processesOf } from '../processes.ts';
import { imageValues, RELEASE, type Stored, SYSTEM, type World, webhooks } from '../world.ts';

const PROBE = { kind: 'Deployment', name: 'probe', quality: 'bad' } as const;

/** Pods are lost, all at once too, and nobody waits for us. It leaves an installation that is set to Fail. */
export function survives(world: () => World): void {
  const kill = (name: string): Promise<void> => killPod(world(), name);
  const holder = async (): Promise<string> => (await world().get('lease', RELEASE, '-n', SYSTEM)).spec.holderIdentity;

  it('loses no request when any of its pods is deleted', async () => {
    const stream = world().stream();
    for (const { metadata } of await world().replicas()) {
      await world().admin('delete', 'pod', metadata.name, '-n', SYSTEM);
      await world().settled();
    }
    const tally = await stream.stop();
    expect(tally.counts, tally.details.join('\n')).toMatchObject({ failed: 0, missed: 0, unreachable: 0 });
  });

  it.each(['the leader', 'the other'])('fails no request when %s dies without a word', async (which) => {
    const leader = await holder();
    const names = (await world().replicas()).map(({ metadata }) => metadata.name);
    const victim = names.find((name) => (name === leader) === (which === 'the leader')) as string;
    const stream = world().stream();
    await kill(victim);
    await world().settled();
    if (which === 'the leader') {
      const next = await eventually('another is elected', async () => {
        const now = await holder();
        return now !== '' && now !== leader && now;
      });
      expect(next).not.toBe(leader);
    }
    const tally = await stream.stop();
    expect(tally.counts, tally.details.join('\n')).toMatchObject({ failed: 0, unreachable: 0 });
  });

  it('lets everything in, in time, when all are gone and Ignore is set', async () => {
    await withoutReplicas(world(), kill, async () => {
      const began = performance.now();
      const { code, stderr } = await world().apply(PROBE, '--dry-run=server');
      expect([code, stderr]).toEqual([0, '']);
      // Two webhooks of 3 s each, one after the other, is the most; kube-proxy refuses at once where there is no endpoint.
      expect(performance.now() - began).toBeLessThan(7500);
    });
  });

  it('is back after the API server was restarted', async () => {
    const { controlPlane } = world().node;
    if (controlPlane === undefined) return;
    const stream = world().stream();
    await controlPlane.stopApiServer();
    await controlPlane.startApiServer();
    await eventually(
      'a bad one is denied again',
      async () => (await world().apply(PROBE, '--dry-run=server')).code === 1,
    );
    await world().settled();
    const tally = await stream.stop();
    expect(tally.counts, tally.details.join('\n')).toMatchObject({ failed: 0 });
    for (const { status } of await world().replicas()) expect(status.containerStatuses[0].restartCount).toBe(0);
  });

  it('refuses with a clear message when all are gone and Fail is set, but never in kube-system', async () => {
    await configure(world(), '--set=settings.webhooks.validation.failurePolicy=Fail');
    await eventually('Fail is registered', async () => {
      const { webhooks } = await world().get('validatingwebhookconfiguration', RELEASE);
      return webhooks.find(({ name }: Stored) => name === 'validate.tidegate.dev')?.failurePolicy === 'Fail';
    });
    await withoutReplicas(world(), kill, async () => {
      const { code, stderr } = await world().node.kubectl([
        '-n',
        'shop',
        'create',
        'deployment',
        'probe',
        `--image=${world().node.images.shop}`,
        '--dry-run=server',
      ]);
      expect([code, stderr]).toEqual([1, expect.stringContaining('failed calling webhook "validate.tidegate.dev"')]);
      const system = ['-n', 'kube-system', 'create', 'deployment', 'probe', `--image=${world().node.images.shop}`];
      expect(await world().node.kubectl([...system, '--dry-run=server'])).toMatchObject({ code: 0, stderr: '' });
    });
  }, 240_000);
}

/** Kills all and keeps new ones from being made, while `act` runs. The webhooks stay as they were: nobody can empty them. */
async function withoutReplicas(
  world: World,
  kill: (name: string) => Promise<void>,
  act: () => Promise<void>,
): Promise<void> {
  const metadata = { name: 'none', namespace: SYSTEM };
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: '0' } } };
  await world.adminWith(quota, 'create', '-f', '-');
  const before = await webhooks(world);
  await Promise.all((await world.replicas()).map(({ metadata }) => kill(metadata.name)));
  await eventually('no replica is left', async () => (await world.replicas()).length === 0);
  try {
    await act();
    expect(await webhooks(world)).toEqual(before);
  } finally {
    await world.admin('delete', 'resourcequota', 'none', '-n', SYSTEM);
    await world.settled();
  }
}

/** Ended by SIGKILL, with no time to say anything, where the pod runs on our own node. Its Deployment makes another. */
async function killPod({ admin, node }: World, name: string): Promise<void> {
  if (node.controlPlane !== undefined) {
    for (const pid of await processesOf(name)) process.kill(pid, 'SIGKILL');
  }
  await admin('delete', 'pod', name, '-n', SYSTEM, '--grace-period=0', '--force');
}

async function configure(world: World, ...values: readonly string[]): Promise<void> {
  const image = imageValues(world.node.images.tidegate, givenKubeconfig === undefined);
  await world.helm('upgrade', CHART, ...image, ...values);
  await world.settled();
}
