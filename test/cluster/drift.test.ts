/** `tidegate drift` and `tidegate impact` against a real API server: what they read, and that a patch of drift ends it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectOutput } from './kubectl.ts';
import { temporaryFolder } from './process.ts';

const SHOP = `drift-${process.pid}`;
const NODE = 'node-7';

describe('a cluster with a past', () => {
  let cluster: Cluster;
  let folder: string;

  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  const create = (object: object): Promise<string> =>
    expectOutput(cluster.kubectl, ['create', '-o', 'json', '-f', '-'], JSON.stringify(object));
  /** The program over the namespace of this test. */
  const tidegate = (command: string, ...args: readonly string[]): Promise<ProgramResult> => {
    const flags = ['--cluster', '--kubeconfig', cluster.kubeconfig, '--namespace', SHOP];
    const speed = ['--requests-per-second', '500'];
    const env = { PATH: process.env['PATH'], COLUMNS: '80' };
    return runProgram(process.execPath, [join(REPOSITORY, 'src/main.ts'), command, ...flags, ...speed, ...args], {
      env,
    });
  };

  beforeAll(async () => {
    cluster = await startCluster();
    folder = await temporaryFolder('drift');
    await kubectl('create', 'namespace', SHOP);
    await expectOutput(
      cluster.kubectl,
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: SHOP } }),
    );
    // The source, as somebody keeps it in git.
    await writeFile(
      join(folder, 'source.yaml'),
      ['web', 'api'].map((name) => stringify(deployment(name))).join('---\n'),
    );
    await kubectl('apply', '-f', join(folder, 'source.yaml'));
    const { metadata } = JSON.parse(await kubectl('get', 'deployment', 'web', '-n', SHOP, '-o', 'json'));
    const { spec } = deployment('web');
    const set = JSON.parse(
      await create({
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web-1', namespace: SHOP, ownerReferences: [ownedBy('Deployment', metadata)] },
        spec: { replicas: 1, selector: spec.selector, template: spec.template },
      }),
    );
    await create(pod('web-1-x', { ownerReferences: [ownedBy('ReplicaSet', set.metadata)], labels: { app: 'web' } }));
    await create(pod('shell', {}));
  }, 60_000);
  afterAll(async () => {
    await cluster?.kubectl(['delete', 'namespace', SHOP, '--wait=false']);
    await cluster?.stop();
  });

  it('tells what would become of a change: what is refused, what is lost, by which node', async () => {
    const { code, stdout, stderr } = await tidegate('impact', '--output', 'json');
    expect([code, stderr]).toEqual([1, '']);
    const { refused, lost, nodes, counts } = JSON.parse(stdout);
    expect(refused.map(nameOf)).toEqual(['Deployment api', 'Deployment web', 'Pod shell']);
    expect(refused[1].findings.map(({ policy }: { readonly policy: string }) => policy)).toContain(
      'restrict-host-path',
    );
    // The Pod of the Deployment comes back: its owner was there.
    expect(lost.map(nameOf)).toEqual(['Pod shell']);
    expect(nodes).toEqual([{ node: NODE, workloads: [`Pod ${SHOP}/shell`], of: 2 }]);
    expect(counts).toMatchObject({ workloads: 3, tolerated: 3 });
  });

  it('tells of what tolerates nothing that it would not come back', async () => {
    const settings = join(folder, 'tidegate.yaml');
    const enforcement = { existing: 'Enforce' };
    const policies = { 'restrict-host-path': { enforcement } };
    await writeFile(settings, JSON.stringify({ apiVersion: 'tidegate.dev/v1alpha1', kind: 'Settings', policies }));
    const { stdout } = await tidegate('impact', '--policy', 'restrict-host-path', '--settings', settings);
    expect(stdout).toContain(`✗ Deployment ${SHOP}/web  the ReplicaSet of a rollout: restrict-host-path`);
    expect(stdout).toContain(`Lost by a drain of the node\n  ! ${NODE}`);
    expect(
      (await tidegate('impact', '--policy', 'restrict-host-path', '--settings', settings, '--max', '9')).code,
    ).toBe(0);
  });

  it('says nothing of a change that refuses nothing', async () => {
    const { code, stdout } = await tidegate('impact', '--action', 'Audit');
    expect([code, stdout]).toEqual([0, expect.stringContaining('✓ with every policy in Audit nothing more')]);
  });

  it('drifts no more once the patch is in the source', async () => {
    const before = await tidegate('drift');
    expect(before).toMatchObject({ code: 1, stderr: expect.stringContaining('admission would change 2 of ') });
    expect(before.stdout).toContain(`--- Deployment ${SHOP}/web\n+++ Deployment ${SHOP}/web, as admitted today\n`);
    const ignored = parse((await tidegate('drift', '--output', 'argocd')).stdout).ignoreDifferences;
    expect(ignored[0]).toMatchObject({
      group: 'apps',
      kind: 'Deployment',
      jsonPointers: ['/spec/revisionHistoryLimit'],
    });
    await writeFile(join(folder, 'drift.yaml'), (await tidegate('drift', '--output', 'patch')).stdout);
    // As the docs have it, where the cluster is the source: nothing but the drift goes.
    const alone = ['--field-manager=tidegate-drift', '--force-conflicts', '--dry-run=server', '-o', 'name'];
    await kubectl('apply', '--server-side', ...alone, '-f', join(folder, 'drift.yaml'));
    const kustomization = { resources: ['source.yaml'], patches: [{ path: 'drift.yaml' }] };
    await writeFile(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    await kubectl('apply', '-k', folder);
    expect(await tidegate('drift')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: expect.stringContaining('✓ no drift'),
    });
  });
});

const nameOf = ({ kind, name }: { readonly kind: string; readonly name: string }): string => `${kind} ${name}`;

const ownedBy = (kind: string, { name, uid }: { readonly name: string; readonly uid: string }): object => ({
  apiVersion: 'apps/v1',
  kind,
  name,
  uid,
  controller: true,
});

const SPEC = {
  containers: [{ name: 'web', image: 'ghcr.io/acme/web:1.4.2', ports: [{ containerPort: 8080 }] }],
  volumes: [{ name: 'etc', hostPath: { path: '/etc' } }],
};

const pod = (name: string, metadata: object): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: SHOP, ...metadata },
  spec: { ...SPEC, nodeName: NODE },
});

function deployment(name: string) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: SHOP, labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: SPEC } },
  };
}
