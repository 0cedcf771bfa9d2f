import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runProgram } from '../../../support/program.ts';
import { REPOSITORY } from '../../../support/source.ts';
import { givenKubeconfig } from '../../cluster.ts';
import type { KubectlResult } from '../../kubectl.ts';
import { eventually } from '../../wait.ts';
import { type Stored, USER_OF_SHOP, type World } from '../world.ts';

const OLD = 'old';
const IGNORED = 'tidegate.dev/ignore';
const PODS = 5;
const WORKLOADS = ['deployment/web', 'statefulset/store', 'daemonset/each', 'job/long'] as const;

/** Safe to enforce: a namespace full of violations, and then every policy in Deny. Nothing that runs stops running. */
export function tolerates(world: () => World): void {
  let before: readonly Stored[];

  const inOld = (...args: readonly string[]): Promise<string> => world().admin('-n', OLD, ...args);
  /** In the hands of somebody who may change workloads, and is believed nothing. */
  const byUser = (...args: readonly string[]): Promise<KubectlResult> =>
    world().node.kubectl([...USER_OF_SHOP, '-n', OLD, ...args]);
  const patch = (name: string, ...operations: readonly object[]): Promise<KubectlResult> =>
    byUser('patch', name, '--type=json', '-p', JSON.stringify(operations));
  const runs = (wanted = PODS): Promise<unknown> =>
    eventually(
      'all of it runs',
      async () => {
        const { items } = await world().get('pods', '-n', OLD);
        const settled = items.filter((pod: Stored) => pod.metadata.deletionTimestamp === undefined && isReady(pod));
        const names = settled.map(({ metadata }: Stored) => metadata.name);
        if (settled.length !== wanted || items.length !== wanted) {
          throw new Error(`${wanted} wanted, ${items.length} there, ready are ${names.join()}`);
        }
        return true;
      },
      { timeoutMs: 60_000, everyMs: 250 },
    );
  const put = (policies: readonly Stored[]): Promise<unknown> =>
    eventually('the policies are put', async () => {
      const { items } = await world().get('policies');
      const versions = new Map(items.map(({ metadata }: Stored) => [metadata.name, metadata.resourceVersion]));
      const current = policies.map(({ status: _, ...policy }) => ({
        ...policy,
        metadata: { ...policy.metadata, resourceVersion: versions.get(policy.metadata.name) },
      }));
      await world().adminWith({ apiVersion: 'v1', kind: 'List', items: current }, 'replace', '-f', '-');
      return true;
    });

  it('is full of violations, let in before anybody looked', async () => {
    const { admin, adminWith, node } = world();
    await admin('create', 'namespace', OLD);
    await admin('label', 'namespace', OLD, `${IGNORED}=true`);
    await admin('create', 'rolebinding', 'developers', '-n', OLD, '--clusterrole=edit', '--group=shop-developers');
    const items = workloads(node.images.shop);
    await eventually('nobody looks', async () => {
      await adminWith({ apiVersion: 'v1', kind: 'List', items }, 'apply', '-n', OLD, '-f', '-');
      return true;
    });
    await runs();
  });

  it('would come back, as tidegate impact foresees', async () => {
    const where = ['--cluster', '--kubeconfig', world().node.kubeconfig, '--namespace', OLD];
    const args = [join(REPOSITORY, 'src/main.ts'), 'impact', ...where, '--action', 'Deny', '--output', 'json'];
    const { code, stdout, stderr } = await runProgram(process.execPath, args);
    expect([code, stderr]).toEqual([1, '']);
    const { refused, lost, counts } = JSON.parse(stdout);
    // And the Namespace.
    expect(refused.length + counts.refusedBefore).toBe(WORKLOADS.length + 1);
    expect([lost, counts]).toEqual([[], expect.objectContaining({ lostBefore: 0, workloads: WORKLOADS.length })]);
  });

  it('is refused as new once every policy is in Deny', async () => {
    before = (await world().get('policies')).items;
    await put(before.map(denying));
    await world().admin('label', 'namespace', OLD, `${IGNORED}-`);
    const [copy] = workloads(world().node.images.shop) as [Stored];
    copy.metadata.name = 'copy';
    const { node } = world();
    const refusal = await eventually('a copy is refused by all of them', async () => {
      const args = [...USER_OF_SHOP, '-n', OLD, 'create', '--dry-run=server', '-f', '-'];
      const { code, stderr } = await node.kubectl(args, JSON.stringify(copy));
      return code === 1 && stderr.includes('require-security-context') && stderr;
    });
    for (const policy of ['restrict-host-path', 'restrict-debug-settings']) expect(refusal).toContain(policy);
  });

  it.each([
    ['scaled', ['scale', 'deployment/web', '--replicas=3'], PODS + 1],
    ['scaled back', ['scale', 'deployment/web', '--replicas=2'], PODS],
    ['labelled', ['label', ...WORKLOADS, 'team=shop'], PODS],
    ['annotated', ['annotate', ...WORKLOADS, 'example.org/reviewed=yes'], PODS],
  ])('is %s', async (_, command, pods) => {
    expect(await byUser(...command)).toMatchObject({ code: 0 });
    await runs(pods);
  });

  it('gets another image, and the old debt stays', async () => {
    const { images } = world().node;
    const image = images.shop.replace(/:[^:]*$/, ':1.5.0');
    const { code, stderr } = await byUser('set', 'image', 'deployment/web', `web=${image}`);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^Warning: require-readiness-probe: .*\(not new: tolerated\)$/m);
    // There is no such image: that its Pod is made is all that is asked.
    await eventually('its Pod is made', async () => {
      const { items } = await world().get('pods', '-n', OLD, '-l', 'app=web');
      return items.some(({ spec }: Stored) => spec.containers[0].image === image);
    });
    expect(await byUser('set', 'image', 'deployment/web', `web=${images.shop}`)).toMatchObject({ code: 0 });
    await runs();
  });

  it.each(['deployment/web', 'statefulset/store', 'daemonset/each'])('restarts %s', async (name) => {
    expect(await byUser('rollout', 'restart', name)).toMatchObject({ code: 0 });
    await inOld('rollout', 'status', name, '--timeout=60s');
    await runs();
  });

  it('comes back when one of its pods is evicted', async () => {
    const { items } = await world().get('pods', '-n', OLD, '-l', 'app=web');
    const [{ metadata }] = items;
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: metadata.name, namespace: OLD } };
    await world().adminWith(
      eviction,
      'create',
      '--raw',
      `/api/v1/namespaces/${OLD}/pods/${metadata.name}/eviction`,
      '-f',
      '-',
    );
    await runs();
  });

  it('comes back when its node is drained', async () => {
    const { admin, get } = world();
    const [{ metadata }] = (await get('nodes')).items;
    const drain = ['drain', metadata.name, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=60s'];
    await admin(...drain, '--pod-selector=debt=yes');
    await admin('uncordon', metadata.name);
    await runs();
  });

  it('makes the Pod of a Job anew when it is suspended and goes on', async () => {
    for (const value of [true, false]) {
      expect(await patch('job/long', { op: 'add', path: '/spec/suspend', value })).toMatchObject({ code: 0 });
      await eventually('the Job follows', async () => {
        const { status } = await world().get('job/long', '-n', OLD);
        return (status.active ?? 0) === (value ? 0 : 1);
      });
    }
    await runs();
  });

  it('is refused what is new, and told of nothing else', async () => {
    const { code, stderr } = await patch('deployment/web', { op: 'add', path: `${POD}/hostNetwork`, value: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('✗ disallow-host-network: ')]);
    expect(stderr).not.toContain('✗ require-readiness-probe');
  });

  it('is refused what was removed and is brought back', async () => {
    const shared = `${POD}/shareProcessNamespace`;
    expect(await patch('deployment/web', { op: 'remove', path: shared })).toMatchObject({ code: 0 });
    const { code, stderr } = await patch('deployment/web', { op: 'add', path: shared, value: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('✗ restrict-debug-settings: ')]);
    expect(stderr.match(/^✗/gm)).toHaveLength(1);
  });

  it('excuses nobody else: an owner that a user writes into a Pod does not count', async () => {
    const [set] = (await world().get('replicasets', '-n', OLD, '-l', 'app=web')).items;
    const forged = { ...podOf(world().node.images.shop), apiVersion: 'v1', kind: 'Pod' };
    const { apiVersion, kind, metadata } = set;
    const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true }];
    const object = { ...forged, metadata: { name: 'forged', labels: { app: 'forged' }, ownerReferences } };
    const args = [...USER_OF_SHOP, '-n', OLD, 'create', '--dry-run=server', '-f', '-'];
    const { code, stderr } = await world().node.kubectl(args, JSON.stringify(object));
    expect([code, stderr]).toEqual([1, expect.stringContaining('✗ restrict-host-path: ')]);
  });

  it('leaves the cluster as it was', async () => {
    const { admin, node } = world();
    await put(before);
    const pod = { apiVersion: 'v1', kind: 'Pod', ...podOf(node.images.shop) };
    await eventually('the policies are as they were', async () => {
      const { stderr } = await node.kubectl(['create', '-n', OLD, '--dry-run=server', '-f', '-'], JSON.stringify(pod));
      return stderr !== '' && !stderr.includes('✗ require-security-context');
    });
    await admin('annotate', 'namespace', OLD, 'tidegate.dev/allow-delete=true');
    await admin('delete', 'namespace', OLD, '--wait=false');
  });
}

const POD = '/spec/template/spec';

function isReady({ status }: Stored): boolean {
  return (status.conditions ?? []).some((each: Stored) => each.type === 'Ready' && each.status === 'True');
}

/** In Deny with each of its rules, wherever it acts. One whose requests are at fault, not objects, tolerates nothing by its own wish. */
function denying(policy: Stored): Stored {
  const { validations, enforcement = {} } = policy.spec;
  if (!validations || enforcement.existing === 'Enforce') return policy;
  const rules = validations.map(({ action: _, advisory: __, ...rule }: Stored) => rule);
  return { ...policy, spec: { ...policy.spec, enforcement: { action: 'Deny' }, validations: rules } };
}

// A Job waits some seconds before it replaces a Pod that was evicted: it is not drained.
const LABELS = (app: string) => ({ app, ...(app !== 'long' && { debt: 'yes' }) });

// On our own node nothing is pulled, and nobody is to wait for one who tries.
const PULL = givenKubeconfig === undefined ? 'Never' : 'IfNotPresent';

/** Nearly everything is wrong with it, and it runs. */
function podOf(image: string, app = 'web', more: object = {}): Stored {
  return {
    metadata: { name: app, labels: LABELS(app) },
    spec: {
      shareProcessNamespace: true,
      terminationGracePeriodSeconds: 1,
      volumes: [{ name: 'etc', hostPath: { path: '/etc' } }],
      containers: [{ name: 'web', image, imagePullPolicy: PULL, volumeMounts: [{ name: 'etc', mountPath: '/host' }] }],
      ...more,
    },
  };
}

function workloads(image: string): readonly Stored[] {
  const of = (apiVersion: string, kind: string, app: string, spec: object, more: object = {}): Stored => {
    const { metadata, spec: pod } = podOf(image, app, more);
    return {
      apiVersion,
      kind,
      metadata: { name: app },
      spec: { template: { metadata: { labels: metadata.labels }, spec: pod }, ...spec },
    };
  };
  const selecting = (app: string) => ({ selector: { matchLabels: { app } } });
  return [
    of('apps/v1', 'Deployment', 'web', { replicas: 2, ...selecting('web') }),
    of('apps/v1', 'StatefulSet', 'store', { replicas: 1, serviceName: 'store', ...selecting('store') }),
    of('apps/v1', 'DaemonSet', 'each', selecting('each')),
    sleeping(of('batch/v1', 'Job', 'long', {}, { restartPolicy: 'OnFailure' })),
  ];
}

/** It never ends well: a Job whose Pod ends by itself is done. */
function sleeping(job: Stored): Stored {
  job.spec.template.spec.containers[0].command = ['/bin/busybox', 'sleep', '3600'];
  return job;
}
