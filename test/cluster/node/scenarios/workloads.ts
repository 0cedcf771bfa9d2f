import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubectlFor } from '../../kubectl.ts';
import { temporaryFolder } from '../../process.ts';
import { eventually } from '../../wait.ts';
import { KINDS, type Kind } from '../workload.ts';
import { SHOP, type Stored, SYSTEM, type World } from '../world.ts';

/** What a developer does all day. */
export function serves(world: () => World): void {
  it.each(KINDS)('lets a good %s in as it is', async (kind) => {
    const { code, stdout, stderr } = await world().apply({ kind, name: nameOf('good', kind), quality: 'good' });
    expect([code, withoutNaked(stderr)]).toEqual([0, '']);
    const hooks = containerOf(JSON.parse(stdout)).lifecycle;
    expect(hooks).toEqual(runsOn(kind) ? { preStop: { sleep: { seconds: 1 } } } : undefined);
  });

  it.each(KINDS)('fills in what a plain %s leaves out, and it is the same when it is applied again', async (kind) => {
    const plain = { kind, name: nameOf('plain', kind), quality: 'plain' } as const;
    const { code, stdout, stderr } = await world().apply(plain);
    expect(code, stderr).toBe(0);
    const stored = JSON.parse(stdout);
    if (isMutated(kind)) expect(containerOf(stored).lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } });
    const again = await world().apply(plain);
    expect(JSON.parse(again.stdout).metadata.generation).toBe(stored.metadata.generation);
  });

  it.each(KINDS)('refuses a bad %s with every finding, where it is and what to do', async (kind) => {
    const name = nameOf('bad', kind);
    for (const flags of [['--dry-run=server'], []]) {
      const { code, stderr } = await world().apply({ kind, name, quality: 'bad' }, ...flags);
      expect(code).toBe(1);
      expect(stderr).toContain(`problems in ${kind} ${SHOP}/${name}:`);
      expect(stderr).toMatch(
        /✗ disallow-latest-if-not-present: Container "web" .*\n {2}at .*\n {2}why .*\n {2}fix {2}set/,
      );
      expect(stderr).toContain('Warning: disallow-latest-tag: ');
    }
    expect((await world().user('get', kind, name)).stderr).toContain('NotFound');
  });

  it('has all that was let in run', async () => {
    await eventually(
      'every pod runs or has ended well',
      async () => {
        const { items } = await world().get('pods', '-n', SHOP);
        const waiting = items.filter(({ status }: Stored) => !['Running', 'Succeeded'].includes(status.phase));
        if (waiting.length > 0) throw new Error(waiting.map((pod: Stored) => pod.metadata.name).join());
        return items.length >= 2 * KINDS.length;
      },
      { timeoutMs: 90_000, everyMs: 500 },
    );
  });

  it('leaves nothing of a dry run', async () => {
    const { code, stdout } = await world().apply(
      { kind: 'Deployment', name: 'dry', quality: 'plain' },
      '--dry-run=server',
    );
    expect([code, containerOf(JSON.parse(stdout)).lifecycle]).toEqual([0, { preStop: { sleep: { seconds: 5 } } }]);
    expect((await world().user('get', 'deployment', 'dry')).stderr).toContain('NotFound');
    const { items } = await world().get('events', '-n', SHOP);
    expect(items.filter(({ involvedObject }: Stored) => involvedObject.name === 'dry')).toEqual([]);
  });

  it('judges kubectl edit, and lets scale, rollout restart and undo pass', async () => {
    const { user, node } = world();
    const folder = await temporaryFolder('edit');
    const editor = { KUBE_EDITOR: "sed -i '/^ *readinessProbe:/,/timeoutSeconds/d'", TMPDIR: folder };
    const { kubeconfig } = node;
    const editing = await kubectlFor({ kubeconfig, cacheFolder: join(folder, 'cache'), env: editor });
    const edited = await editing(['-n', SHOP, 'edit', 'deployment', 'plain-deployment']);
    expect([edited.code, edited.stderr]).toEqual([1, expect.stringContaining('require-readiness-probe')]);
    for (const command of [
      ['scale', 'deployment/plain-deployment', '--replicas=3'],
      ['rollout', 'restart', 'deployment/plain-deployment'],
      ['rollout', 'status', 'deployment/plain-deployment', '--timeout=60s'],
      ['scale', 'statefulset/plain-statefulset', '--replicas=1'],
      ['label', 'pod', 'plain-pod', 'tier=front'],
      ['delete', 'pod', 'plain-pod', '--wait=false'],
      ['delete', 'cronjob', 'plain-cronjob'],
    ]) {
      expect(await user(...command), command.join(' ')).toMatchObject({ code: 0 });
    }
  });

  it('lets a node be drained, and its own replicas go one at a time', async () => {
    const { admin, get } = world();
    const [{ metadata }] = (await get('nodes')).items;
    const drain = ['drain', metadata.name, '--ignore-daemonsets', '--force', '--delete-emptydir-data'];
    await admin(...drain, '--pod-selector=app.kubernetes.io/part-of=shop', '--timeout=90s');
    const refused = await world().node.kubectl([...drain, '--timeout=15s']);
    expect(refused.stderr).toContain("violate the pod's disruption budget");
    expect(
      (await get('endpointslices', '-n', SYSTEM)).items.flatMap(({ endpoints }: Stored) => endpoints),
    ).toContainEqual(expect.objectContaining({ conditions: expect.objectContaining({ ready: true }) }));
    await admin('uncordon', metadata.name);
    await world().settled();
  });
}

const nameOf = (quality: string, kind: Kind): string => `${quality}-${kind.toLowerCase()}`;
const runsOn = (kind: Kind): boolean => kind !== 'Job' && kind !== 'CronJob';
/** Pods of a ReplicationController are made whole one by one: nothing of it says when it is replaced. */
const isMutated = (kind: Kind): boolean => runsOn(kind) && kind !== 'ReplicationController';

/** The advice of no controller, and nothing else. */
const withoutNaked = (stderr: string): string => stderr.replace(/^Warning: disallow-naked-pods: .*\n/m, '');

function containerOf({ spec }: Stored): Stored {
  const pod = spec.containers ? spec : (spec.jobTemplate?.spec ?? spec).template.spec;
  return pod.containers[0];
}
