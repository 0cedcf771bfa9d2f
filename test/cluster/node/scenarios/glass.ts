import { expect, it } from 'vitest';
import { eventually } from '../../wait.ts';
import { workload } from '../workload.ts';
import { SHOP, SYSTEM, type World, webhooks } from '../world.ts';

/** The ways past us, for a bad day, from the narrowest to the widest. */
export function opens(world: () => World): void {
  const code = async (...flags: readonly string[]): Promise<number> => {
    const { node } = world();
    const object = workload({ kind: 'Deployment', name: 'urgent', quality: 'bad', image: node.images.shop });
    const args = ['-n', SHOP, 'create', '--dry-run=server', ...flags, '-f', '-'];
    return (await node.kubectl(args, JSON.stringify(object))).code;
  };
  const passes = (): Promise<unknown> => eventually('a bad one is let in', async () => (await code()) === 0);
  const isRefused = (): Promise<unknown> => eventually('a bad one is refused', async () => (await code()) === 1);

  it('lets the group of the break-glass in, and nobody else', async () => {
    const groups = ['--as-group=shop-developers', '--as-group=system:authenticated'];
    expect(await code('--as=alice', ...groups)).toBe(1);
    expect(await code('--as=alice', ...groups, '--as-group=tidegate:break-glass')).toBe(0);
  });

  it('leaves a namespace alone that has the label', async () => {
    await isRefused();
    await world().admin('label', 'namespace', SHOP, 'tidegate.dev/ignore=true');
    await passes();
    await world().admin('label', 'namespace', SHOP, 'tidegate.dev/ignore-');
    await isRefused();
  });

  it('asks about nothing in the namespaces of the cluster and in its own', async () => {
    const { node } = world();
    const object = workload({ kind: 'Deployment', name: 'urgent', quality: 'bad', image: node.images.shop });
    for (const namespace of ['kube-system', SYSTEM]) {
      const args = ['-n', namespace, 'create', '--dry-run=server', '-f', '-'];
      expect(await node.kubectl(args, JSON.stringify(object))).toMatchObject({ code: 0, stderr: '' });
    }
  });

  it('empties its webhooks before the last replica goes, so that everything passes', async () => {
    const { admin } = world();
    await admin('scale', 'deployment', 'tidegate', '--replicas=0', '-n', SYSTEM);
    await eventually('the lists are empty', async () => (await webhooks(world())).length === 0);
    expect(await code()).toBe(0);
    await admin('scale', 'deployment', 'tidegate', '--replicas=2', '-n', SYSTEM);
    await world().settled();
    await isRefused();
  });
}
