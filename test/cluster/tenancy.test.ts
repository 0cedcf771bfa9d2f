/** Deletions and join tokens: requests that no file can show, as a real API server sends them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceOf } from '../support/policy-pack.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { expectOutput, type KubectlResult } from './kubectl.ts';
import { register, unregister } from './registration.ts';
import { startTidegate, type Tidegate } from './tidegate.ts';
import { eventually } from './wait.ts';

const IDS = ['disallow-namespace-delete', 'disallow-force-delete', 'restrict-bootstrap-token-ttl'];
const RULES = [
  { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['namespaces', 'pods'] },
  { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['secrets'] },
];
const LABEL = 'tidegate.dev/test';
const [used, empty] = ['tenancy', 'tenancy-empty'];

// It watches over kube-system, and Pods without a node of theirs are made: nothing for a cluster that others use.
const lent = givenKubeconfig !== undefined;

describe.skipIf(lent)(`before a real API server${lent ? ' (SKIPPED: needs a cluster of its own)' : ''}`, () => {
  let cluster: Cluster;
  let tidegate: Tidegate;
  const admin = (args: readonly string[], input?: object): Promise<string> =>
    expectOutput(cluster.kubectl, args, input && JSON.stringify(input));
  const dryly = (args: readonly string[], input?: object): Promise<KubectlResult> =>
    cluster.kubectl([...args, '--dry-run=server'], input && JSON.stringify(input));
  const deleteNamespace = (name: string): Promise<KubectlResult> => dryly(['delete', 'namespace', name]);

  beforeAll(async () => {
    cluster = await startCluster();
    for (const name of [used, empty]) {
      await admin(['create', 'namespace', name]);
      await admin(['create', 'serviceaccount', 'default', '-n', name]);
    }
    for (const name of [used, empty, 'kube-system']) await admin(['label', 'namespace', name, `${LABEL}=tenancy`]);
    for (const [index, kind] of ['StatefulSet', 'ReplicaSet'].entries()) {
      const owner = { apiVersion: 'apps/v1', kind, name: 'db', uid: 'a', controller: true };
      const metadata = { name: `db-${index}`, namespace: used, ownerReferences: [owner] };
      const spec = { nodeName: 'node-7', containers: [{ name: 'db', image: 'app:1.2' }] };
      await admin(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Pod', metadata, spec });
    }
    tidegate = await startTidegate({
      kubeconfig: cluster.kubeconfig,
      policies: IDS.map((id) => sourceOf(id).policy),
      settings: { policies: { 'restrict-bootstrap-token-ttl': { enforcement: { action: 'Deny' } } } },
    });
    const { port, ca } = tidegate;
    const namespaceLabel = { [LABEL]: 'tenancy' };
    await register(cluster.kubectl, { name: 'tenancy', port, ca, namespaceLabel, failurePolicy: 'Fail', rules: RULES });
    await eventually('the API server asks the webhook', async () => (await deleteNamespace(used)).code === 1);
  });
  afterAll(async () => {
    if (cluster === undefined) return;
    await unregister(cluster.kubectl, 'tenancy');
    await tidegate?.running.stop();
    await cluster.stop();
  });

  it('a namespace is not deleted while it holds Pods, unless it says so', async () => {
    expect(await deleteNamespace(empty)).toMatchObject({ code: 0, stderr: '' });
    const refused = await deleteNamespace(used);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('The namespace "tenancy" still has 2 Pods'),
    ]);
    await admin(['annotate', 'namespace', used, 'tidegate.dev/allow-delete=true']);
    expect(await deleteNamespace(used)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['by its administrator', [], true],
    ['by its node', ['--as', 'system:node:node-7', '--as-group', 'system:nodes'], false],
    ['by a controller of Kubernetes', ['--as', 'system:serviceaccount:kube-system:pod-garbage-collector'], false],
    ['by an account elsewhere', ['--as', 'system:serviceaccount:shop:kube-system'], true],
  ])('a Pod of a StatefulSet that is force-deleted %s', async (_, as, warned) => {
    const who = as.length === 0 ? [] : [...as, '--as-group', 'system:masters'];
    const force = await dryly([...who, 'delete', 'pod', 'db-0', '-n', used, '--force', '--grace-period=0']);
    expect([force.code, force.stderr.includes('disallow-force-delete: Force-deleted by')]).toEqual([0, warned]);
    const calm = await dryly([...who, 'delete', 'pod', 'db-0', '-n', used]);
    expect([calm.code, calm.stderr]).toEqual([0, '']);
  });

  it('a Pod that keeps nothing is force-deleted without a word', async () => {
    const force = await dryly(['delete', 'pod', 'db-1', '-n', used, '--force', '--grace-period=0']);
    expect([force.code, force.stderr]).toEqual([0, expect.not.stringContaining('disallow-force-delete')]);
  });

  it('a join token expires, in kube-system too', async () => {
    const create = (expiration?: number): Promise<KubectlResult> => {
      const date = expiration === undefined ? {} : { expiration: new Date(Date.now() + expiration).toISOString() };
      const stringData = { 'token-id': '07401b', 'token-secret': 'f395accd246ae52d', ...date };
      const metadata = { name: 'bootstrap-token-07401b', namespace: 'kube-system' };
      const type = 'bootstrap.kubernetes.io/token';
      return dryly(['create', '-f', '-'], { apiVersion: 'v1', kind: 'Secret', type, metadata, stringData });
    };
    const day = 24 * 3600 * 1000;
    expect(await create(day)).toMatchObject({ code: 0, stderr: '' });
    const [never, late] = [await create(), await create(2 * day)];
    expect([never.code, never.stderr]).toEqual([1, expect.stringContaining('The token never expires')]);
    expect([late.code, late.stderr]).toEqual([1, expect.stringContaining('at most 24 hours ahead')]);
    expect(`${never.stderr}${late.stderr}${tidegate.running.output()}`).not.toMatch(/f395accd|ZjM5NWFj/);
  });
});
