/** What a user of a cluster sees of Tidegate: the real kubectl, a real API server, the product in its own process. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlFor } from './kubectl.ts';
import { temporaryFolder } from './process.ts';
import { fixture, openShop, type Shop } from './shop.ts';
import { eventually } from './wait.ts';

const APPLY = ['apply', '-f', '-'];
const SLEEP = { preStop: { sleep: { seconds: 5 } } };

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(async () => shop?.close());

/** What kubectl printed, with the namespace of this run under the name of any. */
const readable = (text: string): string => text.replaceAll(shop.namespace, 'shop');

async function exists(kind: string, name: string): Promise<boolean> {
  return (await shop.output(['get', kind, name, '--ignore-not-found', '-o', 'name'])) !== '';
}

describe('a bad Deployment', () => {
  it('is refused, with every finding, its place, the reason and the fix', async () => {
    const { code, stdout, stderr } = await shop.kubectl(APPLY, await fixture('bad-deployment'));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    await expect(readable(stderr)).toMatchFileSnapshot('golden/denial.txt');
    expect(await exists('deployment', 'storefront')).toBe(false);
  });

  it.each(['apply', 'apply --dry-run=server', 'apply --server-side', 'create'])(
    'is refused in the same words by kubectl %s',
    async (command) => {
      const bad = await fixture('bad-deployment');
      const golden = readable((await shop.kubectl(APPLY, bad)).stderr).replace(/^.*denied the request: /s, '');
      const { code, stderr } = await shop.kubectl([...command.split(' '), '-f', '-'], bad);
      expect(code).toBe(1);
      expect(readable(stderr)).toContain(golden.trim());
    },
  );
});

describe('a plain Deployment', () => {
  it('comes back from --dry-run=server with what is injected, and leaves nothing behind', async () => {
    const shown = JSON.parse(
      await shop.output(['apply', '--dry-run=server', '-o', 'json', '-f', '-'], await fixture('plain-deployment')),
    );
    expect(shown.spec.revisionHistoryLimit).toBe(5);
    expect(shown.spec.template.spec.containers[0].lifecycle).toEqual(SLEEP);
    expect(await exists('deployment', 'catalog')).toBe(false);
  });

  it('is stored with a preStop sleep, fewer old revisions and spread replicas, and nothing else changed', async () => {
    await shop.output(APPLY, await fixture('plain-deployment'));
    const { spec } = await shop.deployment('catalog');
    expect(spec.revisionHistoryLimit).toBe(5);
    expect(spec.template.spec.containers[0]?.lifecycle).toEqual(SLEEP);
    expect(spec.template.spec.affinity).toEqual({
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 100,
            podAffinityTerm: {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: { app: 'catalog' } },
            },
          },
        ],
      },
    });
  });

  it('gives no difference when it is applied again', async () => {
    const plain = await fixture('plain-deployment');
    const before = await shop.deployment('catalog');
    expect(await shop.output(APPLY, plain)).toContain('unchanged');
    expect(await shop.kubectl(['diff', '-f', '-'], plain)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await shop.deployment('catalog')).metadata.generation).toBe(before.metadata.generation);
  });

  it('can be applied from the server side, again, and by a second manager', async () => {
    const served = (await fixture('plain-deployment')).replaceAll('catalog', 'served');
    const apply = (manager: string): readonly string[] => [
      'apply',
      '--server-side',
      `--field-manager=${manager}`,
      '-f',
      '-',
    ];
    await shop.output(apply('alice'), served);
    const { generation } = (await shop.deployment('served')).metadata;
    await shop.output(apply('alice'), served);
    const label = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'served', labels: { tier: 'front' } },
    };
    await shop.output(apply('bob'), JSON.stringify(label));
    const { metadata, spec } = await shop.deployment('served');
    expect(metadata.labels).toEqual({ app: 'served', team: 'shop', tier: 'front' });
    expect(metadata.generation).toBe(generation);
    expect(spec.template.spec.containers[0]?.lifecycle).toEqual(SLEEP);
  });

  it('is refused when a later change makes it bad, by whatever command', async () => {
    const removal = '[{"op":"remove","path":"/spec/template/spec/containers/0/readinessProbe"}]';
    const worse = (await fixture('plain-deployment')).replace(/ +readinessProbe:\n.*\n/, '');
    // An editor that takes the probe out; what kubectl edit keeps of a refused edit goes where the tests clean up.
    const folder = await temporaryFolder('edit');
    const editor = { KUBE_EDITOR: "sed -i '/^ *readinessProbe:/,/timeoutSeconds/d'", TMPDIR: folder };
    const { kubeconfig } = shop.cluster;
    const editing = await kubectlFor({ kubeconfig, cacheFolder: join(folder, 'cache'), env: editor });
    const attempts = {
      apply: await shop.kubectl(APPLY, worse),
      replace: await shop.kubectl(['replace', '-f', '-'], worse),
      patch: await shop.kubectl(['patch', 'deployment', 'catalog', '--type=json', '-p', removal]),
      edit: await editing(['-n', shop.namespace, 'edit', 'deployment', 'catalog']),
    };
    for (const [command, { code, stderr }] of Object.entries(attempts)) {
      expect(code, command).toBe(1);
      expect(stderr, command).toContain('require-readiness-probe: Container "catalog" has no readinessProbe\n');
    }
    expect((await shop.deployment('catalog')).spec.template.spec.containers[0]).toHaveProperty('readinessProbe');
  });

  it('can be scaled, labelled, given a new image, restarted and deleted', async () => {
    await shop.output(['scale', 'deployment/catalog', '--replicas=3']);
    await shop.output(['label', 'deployment', 'catalog', 'tier=web']);
    await shop.output(['set', 'image', 'deployment/catalog', 'catalog=ghcr.io/example/catalog:1.4.3']);
    await shop.output(['rollout', 'restart', 'deployment/catalog']);
    const { spec } = await shop.deployment('catalog');
    expect(spec).toMatchObject({ replicas: 3, revisionHistoryLimit: 5 });
    await shop.output(['delete', 'deployment', 'catalog']);
    expect(await exists('deployment', 'catalog')).toBe(false);
  });
});

describe('what a user decided', () => {
  it.each([[[]], [['--server-side']]])(
    'stays: revisionHistoryLimit 10 in a file for kubectl apply %s',
    async (flags) => {
      const name = `ledger${flags.length}`;
      const file = (await fixture('kept-history-deployment')).replaceAll('ledger', name);
      await shop.output(['apply', ...flags, '-f', '-'], file);
      expect((await shop.deployment(name)).spec.revisionHistoryLimit).toBe(10);
      await shop.output(['label', 'deployment', name, 'later=change']);
      expect((await shop.deployment(name)).spec.revisionHistoryLimit).toBe(10);
    },
  );

  it('stays: a preStop hook of its own', async () => {
    const own = { preStop: { exec: { command: ['/drain'] } } };
    const file = (await fixture('plain-deployment'))
      .replaceAll('catalog', 'drained')
      .concat(`          lifecycle: ${JSON.stringify(own)}\n`);
    await shop.output(APPLY, file);
    expect((await shop.deployment('drained')).spec.template.spec.containers[0]?.lifecycle).toEqual(own);
  });
});

describe('the cluster around it', () => {
  it('counts: a private image is refused until its ServiceAccount names a pull secret', async () => {
    const file = await fixture('private-image-deployment');
    const dryRun = ['apply', '--dry-run=server', '-f', '-'];
    await shop.output(['create', 'serviceaccount', 'billing']);
    const { stderr } = await eventually('the account is seen', async () => {
      const refused = await shop.kubectl(dryRun, file);
      return refused.code === 1 && refused;
    });
    expect(stderr).toContain(
      'require-image-pull-secrets: Image registry.example.com/shop/billing:3.1.0 is from a registry',
    );
    await shop.output(['patch', 'serviceaccount', 'billing', '-p', '{"imagePullSecrets":[{"name":"registry"}]}']);
    await eventually('the pull secret is seen', async () => (await shop.kubectl(dryRun, file)).code === 0);
    await shop.output(APPLY, file);
  });

  it('counts: in a sandbox namespace the same policy only warns', async () => {
    const file = (await fixture('plain-deployment'))
      .replaceAll('catalog', 'sandboxed')
      .replace(/ +livenessProbe:\n.*\n/, '');
    const dryRun = ['apply', '--dry-run=server', '-f', '-'];
    expect(await shop.kubectl(dryRun, file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('require-liveness-probe'),
    });
    await shop.output(['label', 'namespace', shop.namespace, 'stage=sandbox']);
    await eventually('the label is seen', async () => (await shop.kubectl(dryRun, file)).code === 0);
    const { code, stdout, stderr } = await shop.kubectl(APPLY, file);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'deployment.apps/sandboxed created\n',
      stderr: 'Warning: require-liveness-probe: Container "sandboxed" has no livenessProbe\n',
    });
    await shop.output(['label', 'namespace', shop.namespace, 'stage-']);
    await eventually(
      'its end is seen',
      async () => (await shop.kubectl(dryRun, file.replaceAll('sandboxed', 'next'))).code === 1,
    );
  });
});

describe('what the webhook is not about', () => {
  it('is untouched: another kind', async () => {
    await shop.output(['create', 'configmap', 'settings', '--from-literal=revisionHistoryLimit=10']);
    const stored = JSON.parse(await shop.output(['get', 'configmap', 'settings', '-o', 'json']));
    expect(stored.data).toEqual({ revisionHistoryLimit: '10' });
  });

  it('is untouched: an excluded namespace', async () => {
    await shop.output(['-n', shop.excluded, ...APPLY], await fixture('bad-deployment'));
    const stored = JSON.parse(
      await shop.output(['-n', shop.excluded, 'get', 'deployment', 'storefront', '-o', 'json']),
    );
    expect(stored.spec.revisionHistoryLimit).toBe(10);
    expect(stored.spec.template.spec.containers[0]).not.toHaveProperty('lifecycle');
  });

  it('is untouched: a namespace that the webhook is not registered for', async () => {
    const elsewhere = `${shop.namespace}-elsewhere`;
    await shop.output(['create', 'namespace', elsewhere]);
    const stored = JSON.parse(
      await shop.output(['-n', elsewhere, 'apply', '-o', 'json', '-f', '-'], await fixture('bad-deployment')),
    );
    expect(stored.spec.revisionHistoryLimit).toBe(10);
    await shop.output(['delete', 'namespace', elsewhere, '--wait=false']);
  });
});
