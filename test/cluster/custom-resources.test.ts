/** Policies and exceptions as resources, through a replica: in force within a second, refused or reported where they are wrong. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPOSITORY } from '../support/source.ts';
import { type Cluster, givenKubeconfig, startCluster } from './cluster.ts';
import { installDefinitions } from './definitions.ts';
import { expectOutput, type KubectlResult } from './kubectl.ts';
import { freePort } from './process.ts';
import { apply, install, type Replica, setReady, startReplica } from './replica.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { HOST } from './tidegate.ts';
import { eventually } from './wait.ts';

const NAME = `resources-${process.pid}`;
const SHOP = `${NAME}-shop`;

/** Of ConfigMaps: the webhooks are registered for nothing else, and the API server needs no controller for them. */
function policy(expression: string, metadata: object = {}): object {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata: { name: 'require-team', ...metadata },
    spec: {
      title: 'Every ConfigMap names its team',
      category: 'Ownership',
      severity: 'medium',
      rationale: 'Without an owner nobody is called.',
      remediation: 'Add the label team.',
      matchConstraints: {
        resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      },
      validations: [{ name: 'team', expression, message: 'The label team is missing.' }],
    },
  };
}

const GOOD = "has(object.metadata.labels) && 'team' in object.metadata.labels";
const EXCEPTION = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'PolicyException',
  metadata: { name: 'legacy', namespace: SHOP },
  spec: {
    policies: [{ name: 'require-team' }],
    match: { names: ['legacy-*'] },
    reason: 'Replaced in March.',
    owner: 'team-shop',
    expiresAt: '2099-01-01T00:00:00Z',
  },
};
// Told by the release of this installation: what does not compile is taken with a warning.
const FROM_OUR_CHART = { annotations: { 'meta.helm.sh/release-namespace': NAME } };

interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

const lent = givenKubeconfig !== undefined;

describe.skipIf(lent)(`custom resources${lent ? ' (SKIPPED: they need a cluster of their own)' : ''}`, () => {
  let cluster: Cluster;
  let replica: Replica;

  const kubectl = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  const send = (object: object, ...args: readonly string[]): Promise<KubectlResult> =>
    cluster.kubectl(['apply', '-f', '-', ...args], JSON.stringify(object));
  const create = (name = 'plain'): Promise<KubectlResult> =>
    cluster.kubectl(['create', 'configmap', name, '-n', SHOP, '--dry-run=server']);
  const isRefused = async (name?: string): Promise<boolean> =>
    (await create(name)).stderr.includes('The label team is missing');
  const statusOf = async (
    resource: string,
    name: string,
  ): Promise<{ ready: Condition; action?: string; inForce?: string; findings?: number }> => {
    const { status } = JSON.parse(await kubectl('get', resource, name, '-n', SHOP, '-o', 'json'));
    return { ...status, ready: status.conditions[0] };
  };
  /** Milliseconds until it is so. */
  const within = async (what: string, attempt: () => Promise<boolean>): Promise<number> => {
    const started = performance.now();
    await eventually(what, attempt, { everyMs: 10 });
    return performance.now() - started;
  };

  beforeAll(async () => {
    cluster = await startCluster();
    await installDefinitions(cluster.kubectl);
    await install(cluster.kubectl, NAME);
    await kubectl('create', 'namespace', SHOP);
    await kubectl('create', 'serviceaccount', NAME, '-n', NAME);
    await kubectl(
      'create',
      'clusterrolebinding',
      NAME,
      '--clusterrole=cluster-admin',
      `--serviceaccount=${NAME}:${NAME}`,
    );
    const kubeconfig = await serviceAccountKubeconfig(cluster.kubectl, NAME, NAME);
    await apply(cluster.kubectl, policy(GOOD));
    const port = await freePort();
    const env = { TIDEGATE_WEBHOOK_URL: `https://${HOST}:${port}` };
    replica = await startReplica({ kubeconfig, namespace: NAME, pod: 'pod-0', port, env });
    await eventually('the replica is ready', async () => (await replica.readyz()) === 200);
    await setReady(cluster.kubectl, NAME, ['pod-0']);
    await eventually('the API server asks', isRefused);
  });
  afterAll(async () => {
    await replica?.running.stop('SIGKILL');
    await cluster?.stop();
  });

  it('say how they are', async () => {
    await eventually('a status', async () => (await statusOf('tgp', 'require-team')).ready.status === 'True');
    await eventually('a scan', async () => (await statusOf('tgp', 'require-team')).findings !== undefined);
    expect(await kubectl('get', 'policies')).toMatch(
      /^NAME +ACTION +READY +FINDINGS +AGE\nrequire-team +Deny +True +\d+ +\S+\n$/,
    );
    expect(await statusOf('tgp', 'require-team')).toMatchObject({
      action: 'Deny',
      inForce: 'current',
      ready: { reason: 'InForce', message: '', observedGeneration: 1 },
    });
  });

  it('change a verdict within a second', async () => {
    expect((await send(policy('true'))).code).toBe(0);
    expect(await within('it passes', async () => (await create()).code === 0)).toBeLessThan(1000);
    expect((await send(policy(GOOD))).code).toBe(0);
    expect(await within('it is refused', isRefused)).toBeLessThan(1000);
  });

  it('are refused where they would never be in force, with everything that is wrong', async () => {
    await eventually('our own resources are reviewed', async () => {
      const { code, stderr } = await send(policy('object.nosuch(1) && nothing'), '--dry-run=server');
      return code !== 0 && stderr.includes('webhook "policies.tidegate.dev" denied the request');
    });
    const { stderr } = await send(policy('nothing && neither'));
    expect(stderr).toContain('this Policy would never be in force:');
    expect(stderr).toContain(
      "Policy/require-team: spec.validations[0].expression:1:1: undeclared reference to 'nothing'",
    );
    expect(stderr).toContain(
      "Policy/require-team: spec.validations[0].expression:1:12: undeclared reference to 'neither'",
    );
  });

  it('keep the last good version in force where a broken one gets in, and say so', async () => {
    const before = (await statusOf('tgp', 'require-team')).ready;
    const sent = await send(policy('nothing', FROM_OUR_CHART));
    expect(sent.code).toBe(0);
    expect(sent.stderr).toMatch(/^Warning: Policy\/require-team: spec.validations\[0\].expression:1:1/m);
    await eventually('a status', async () => (await statusOf('tgp', 'require-team')).ready.status === 'False');
    const { ready, inForce, action } = await statusOf('tgp', 'require-team');
    expect({ inForce, action, reason: ready.reason }).toEqual({
      inForce: 'previous',
      action: 'Deny',
      reason: 'Invalid',
    });
    expect(ready.message).toBe(
      "spec.validations[0].expression:1:1: undeclared reference to 'nothing' (in container '')\n    nothing\n    ^",
    );
    expect(ready.observedGeneration).toBeGreaterThan(before.observedGeneration);
    expect(await isRefused()).toBe(true);
    // What is broken already may still change its labels.
    await kubectl('label', 'tgp', 'require-team', 'a=b');
    expect((await send(policy(GOOD, FROM_OUR_CHART))).code).toBe(0);
    await eventually('it is well', async () => (await statusOf('tgp', 'require-team')).ready.status === 'True');
  });

  it('excuse what an exception names, and say whether it counts', async () => {
    expect((await send(EXCEPTION)).code).toBe(0);
    await eventually('it is excused', async () => (await create('legacy-shop')).code === 0);
    expect(await isRefused('another')).toBe(true);
    await eventually('a status', async () => (await statusOf('tgpx', 'legacy')).ready.status === 'True');
    const spec = { ...EXCEPTION.spec, policies: [{ name: 'require-tea' }], expiresAt: '2020-01-01T00:00:00Z' };
    const { code, stderr } = await send({ ...EXCEPTION, spec });
    expect(code).toBe(0);
    expect(stderr).toMatch(/Warning: .*it has ended at 2020-01-01T00:00:00Z/);
    expect(stderr).toMatch(/Warning: .*no policy is called "require-tea"/);
    await eventually('a status', async () => (await statusOf('tgpx', 'legacy')).ready.reason === 'Expired');
    await eventually('it is refused', () => isRefused('legacy-shop'));
    await kubectl('delete', 'tgpx', 'legacy', '-n', SHOP);
  });

  it('come and go by the hundred', async () => {
    const files = readdirSync(join(REPOSITORY, 'policies')).flatMap((id) => [
      '-f',
      join(REPOSITORY, 'policies', id, 'policy.yaml'),
    ]);
    await kubectl('apply', '--server-side', ...files);
    await eventually('all are ready', async () => {
      const table = await kubectl('get', 'policies', '--no-headers');
      const rows = table.trim().split('\n');
      return rows.length > 80 && rows.every((row) => / True /.test(row));
    });
    await kubectl('delete', ...files);
  });

  it('follow on after a restart of the API server', async () => {
    await cluster.controlPlane?.stopApiServer();
    await cluster.controlPlane?.startApiServer();
    await eventually('it is refused', isRefused);
    await eventually('a change is accepted', async () => (await send(policy('true'))).code === 0);
    await eventually('it passes', async () => (await create()).code === 0);
  });

  it('have nothing to say once they are gone', async () => {
    await send(policy(GOOD));
    await eventually('it is refused', isRefused);
    await kubectl('delete', 'tgp', 'require-team');
    expect(await within('it passes', async () => (await create()).code === 0)).toBeLessThan(1000);
  });
});
