/** Owners of Pods: who makes them of a template that was judged is let through, who only says so is not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenKubeconfig } from './cluster.ts';
import type { KubectlResult } from './kubectl.ts';
import { openShop, type Shop } from './shop.ts';

// Without a controller manager the tests are the controller.
const CONTROLLER = ['--as', 'system:serviceaccount:kube-system:replicaset-controller'];
const OWNER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', uid: '6f1b6a52', controller: true };

// A garbage collector would take Pods away whose owner is made up.
const lent = givenKubeconfig !== undefined;

let shop: Shop;
beforeAll(async () => {
  if (lent) return;
  shop = await openShop();
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await shop.output(['apply', '-f', '-'], JSON.stringify(account));
});
afterAll(async () => shop?.close());

const probe = (path: string): object => ({ httpGet: { path, port: 8080 } });
const GOOD = {
  image: 'ghcr.io/example/web:1.4.2',
  readinessProbe: probe('/ready'),
  livenessProbe: probe('/healthz'),
  resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '50m', memory: '64Mi' } },
};
const BAD = { image: 'ghcr.io/example/web:latest', imagePullPolicy: 'IfNotPresent' };

/** Without an owner, on purpose: that alone is nothing to warn of. */
const NAKED = { annotations: { 'tidegate.dev/allow-naked': 'true' } };

function pod(name: string, container: object, metadata: object = { ownerReferences: [OWNER] }): string {
  const containers = [{ name: 'web', ports: [{ containerPort: 8080 }], ...container }];
  const labels = { app: 'web', team: 'shop' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels, ...metadata },
    spec: { containers },
  });
}

const create = (object: string, as: readonly string[] = []): Promise<KubectlResult> =>
  shop.kubectl([...as, 'create', '-f', '-'], object);

describe.skipIf(lent)(`a bad Pod${lent ? ' (SKIPPED: needs a cluster without controllers)' : ''}`, () => {
  it('is let through where the ReplicaSet controller makes it of its template', async () => {
    expect(await create(pod('made', BAD), CONTROLLER)).toMatchObject({ code: 0, stderr: '' });
  });

  it('is refused where somebody else writes that owner into it', async () => {
    const [forged, bare] = [await create(pod('forged', BAD)), await create(pod('bare', BAD, NAKED))];
    expect(forged.code).toBe(1);
    expect(forged.stderr).toContain('require-liveness-probe: ');
    expect(forged.stderr).toBe(bare.stderr.replaceAll('bare', 'forged'));
  });

  it('is refused where it was a good one with that owner before', async () => {
    expect(await create(pod('later', GOOD))).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await shop.kubectl(['set', 'image', 'pod/later', 'web=ghcr.io/example/web:latest']);
    expect(code).toBe(1);
    expect(stderr).toContain('disallow-latest-if-not-present: ');
  });

  it('of a controller can still be labelled by anybody, who is told what is wrong with it', async () => {
    const { code, stderr } = await shop.kubectl(['label', 'pod', 'made', 'seen=true']);
    expect(code).toBe(0);
    expect(stderr).toContain('(not new: tolerated)');
  });
});
