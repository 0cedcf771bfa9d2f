import { expect, it } from 'vitest';
import { textOf } from '../../../support/source.ts';
import { givenKubeconfig } from '../../cluster.ts';
import { CHART } from '../../helm.ts';
import { eventually } from '../../wait.ts';
import { imageValues, RELEASE, type Stored, SYSTEM, type World, webhooks } from '../world.ts';

/** `helm install` on a cluster where nothing is prepared. */
export function installs(world: () => World): void {
  it('needs no value, and asks nobody before a replica can answer', async () => {
    const { node, helm, get } = world();
    const image = imageValues(node.images.tidegate, givenKubeconfig === undefined);
    const said = await helm('install', CHART, '--create-namespace', ...image);
    expect(said).toContain('STATUS: deployed');
    expect(await webhooks(world())).toEqual([]);
    await world().settled();
    const pods = await world().replicas();
    console.log(`pods: ${pods.map((pod) => `started in ${secondsToReady(pod)} s`).join(', ')}`);
    for (const { status } of pods) {
      expect(status.containerStatuses[0].restartCount).toBe(0);
      expect(status.qosClass).toBe('Guaranteed');
    }
    const { items } = await get('policies');
    expect(items.length).toBeGreaterThan(70);
  });

  it('runs from an image without a shell, as nobody, on a read-only root, with a list of what is in it', async () => {
    const [{ metadata }] = (await world().replicas()) as [Stored];
    const exec = (...command: readonly string[]) =>
      world().node.kubectl(['exec', '-n', SYSTEM, metadata.name, '--', ...command]);
    for (const shell of ['/bin/sh', '/bin/bash', '/bin/busybox', '/usr/bin/env']) {
      expect((await exec(shell)).stderr).toMatch(/no such file or directory/);
    }
    const list = await exec('/usr/local/bin/node', '-p', READ_LIST);
    expect(list).toMatchObject({ code: 0, stdout: expect.stringMatching(/^65532 tidegate 1\.\d \d{2,}\n$/) });
    const write = await exec('/usr/local/bin/node', '-e', "fs.writeFileSync('/app/x', '')");
    expect([write.code, write.stderr]).toEqual([1, expect.stringContaining('EROFS')]);
  });

  it('says of every policy that it is in force', async () => {
    await eventually('every status is written', async () => {
      const { items } = await world().get('policies');
      const waiting = items.filter((policy: Stored) => readiness(policy) !== 'True');
      if (waiting.length > 0) throw new Error(waiting.map((policy: Stored) => policy.metadata.name).join());
      return true;
    });
    expect(await world().admin('get', 'policies')).toMatch(/^NAME +ACTION +READY/);
  });

  it('passes its own helm test', async () => {
    await world().helm('test', '--timeout=60s');
  });

  it('answers as README.md shows', async () => {
    const readme = textOf('README.md');
    const [, command = '', answer] = /^```text\n\$ kubectl ([^\n]*)\n(.*?)^```$/ms.exec(readme) ?? [];
    expect((await world().node.kubectl(command.split(' '))).stderr).toBe(answer);
  });

  it('has a Lease of one of the replicas', async () => {
    const { spec } = await world().get('lease', RELEASE, '-n', SYSTEM);
    const names = (await world().replicas()).map(({ metadata }) => metadata.name);
    expect(names).toContain(spec.holderIdentity);
  });
}

const READ_LIST = `const list = JSON.parse(fs.readFileSync('/app/sbom.cdx.json', 'utf8'));
[process.getuid(), list.metadata.component.name, list.specVersion, list.components.length].join(' ')`;

export function readiness(policy: Stored): string | undefined {
  return policy.status?.conditions?.find(({ type }: Stored) => type === 'Ready')?.status;
}

/** From the start of the container to Ready. Kubernetes counts in whole seconds. */
function secondsToReady({ status }: Stored): number {
  const ready = status.conditions.find(({ type }: Stored) => type === 'Ready');
  const started = status.containerStatuses[0].state.running.startedAt;
  return (Date.parse(ready.lastTransitionTime) - Date.parse(started)) / 1000;
}
