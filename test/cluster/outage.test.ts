/** Two replicas behind one address: one may go, and when both are gone each failurePolicy does what it says. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Balancer, balance } from './balancer.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectOutput, type KubectlResult } from './kubectl.ts';
import { temporaryFolder } from './process.ts';
import { register, unregister } from './registration.ts';
import { fixture } from './shop.ts';
import { HOST, startTidegate, type Tidegate } from './tidegate.ts';
import { eventually } from './wait.ts';

describe('two replicas', () => {
  const namespace = `outage-${process.pid}`;
  let cluster: Cluster;
  let balancer: Balancer;
  let replicas: Tidegate[];
  let certDir: string;

  const kubectl = (...args: readonly string[]): Promise<string> =>
    expectOutput(cluster.kubectl, ['-n', namespace, ...args]);
  const dryRun = async (file: string): Promise<KubectlResult> =>
    cluster.kubectl(['-n', namespace, 'apply', '--dry-run=server', '-o', 'json', '-f', '-'], await fixture(file));
  const registered = (failurePolicy: 'Ignore' | 'Fail'): Promise<void> =>
    register(cluster.kubectl, {
      name: namespace,
      port: balancer.port,
      ca: replicas[0]?.ca ?? '',
      namespaceLabel: { 'tidegate.dev/test': namespace },
      failurePolicy,
    });

  beforeAll(async () => {
    cluster = await startCluster();
    await kubectl('create', 'namespace', namespace);
    await kubectl('label', 'namespace', namespace, `tidegate.dev/test=${namespace}`);
    certDir = await temporaryFolder('certs');
    // One after the other: the first makes the certificates that both serve.
    replicas = [await startTidegate({ certDir: join(certDir, 'shared') })];
    replicas.push(await startTidegate({ certDir: join(certDir, 'shared') }));
    balancer = await balance(
      HOST,
      replicas.map(({ port }) => port),
    );
    await registered('Fail');
    await eventually('the API server asks the webhook', async () => (await dryRun('bad-deployment')).code === 1);
  });
  afterAll(async () => {
    await unregister(cluster.kubectl, namespace);
    if (cluster.controlPlane === undefined) await kubectl('delete', 'namespace', namespace, '--wait=false');
    for (const { running } of replicas) await running.stop();
    await balancer?.stop();
    await cluster?.stop();
  });

  it('answer alike', async () => {
    const [first, second] = [await dryRun('bad-deployment'), await dryRun('bad-deployment')];
    expect(first.stderr).toContain('denied the request');
    expect(second.stderr).toBe(first.stderr);
  });

  it('lose no request when one of them is told to stop under load', async () => {
    const applies = Array.from({ length: 12 }, () => dryRun('plain-deployment'));
    const stopped = replicas[0]?.running.stop('SIGTERM');
    const codes = (await Promise.all(applies)).map(({ code, stdout }) => [
      code,
      JSON.parse(stdout).spec.revisionHistoryLimit,
    ]);
    expect(codes).toEqual(Array.from({ length: 12 }, () => [0, 5]));
    expect(await stopped).toBe(0);
  });

  it('go on as one when the other was killed', async () => {
    expect((await dryRun('bad-deployment')).stderr).toContain('denied the request');
    expect(JSON.parse((await dryRun('plain-deployment')).stdout).spec.revisionHistoryLimit).toBe(5);
  });

  it('gone, with failurePolicy Fail: a request is refused, and the message names the webhook', async () => {
    await replicas[1]?.running.stop('SIGKILL');
    const { code, stderr } = await dryRun('plain-deployment');
    expect(code).toBe(1);
    expect(stderr).toMatch(/failed calling webhook "validate\.tidegate\.dev"/);
  });

  it('gone, with failurePolicy Fail: other kinds and other namespaces go on', async () => {
    await kubectl('create', 'configmap', 'unaffected');
    const elsewhere = ['-n', 'kube-system', 'apply', '--dry-run=server', '-f', '-'];
    await expectOutput(cluster.kubectl, elsewhere, await fixture('plain-deployment'));
  });

  it('gone, with failurePolicy Ignore: a request passes as it is, in time', async () => {
    await registered('Ignore');
    await eventually('the API server ignores the webhook', async () => (await dryRun('plain-deployment')).code === 0);
    const began = performance.now();
    const { stdout } = await dryRun('plain-deployment');
    // Two webhooks of 3 s each would still be in time; a refused connection is noticed at once.
    expect(performance.now() - began).toBeLessThan(6_500);
    expect(JSON.parse(stdout).spec.revisionHistoryLimit).toBe(10);
  });

  it('back again: the next request is judged', async () => {
    replicas.push(await startTidegate({ certDir: join(certDir, 'shared'), port: replicas[0]?.port ?? 0 }));
    await eventually('the webhook answers again', async () => (await dryRun('bad-deployment')).code === 1);
  });
});
