import { expect, it } from 'vitest';
import { eventually } from '../../wait.ts';
import { SHOP, type Stored, type World } from '../world.ts';
import { readiness } from './install.ts';

const NAME = 'shop-has-owners';

/** A policy of one's own, and what becomes of it. */
export function follows(world: () => World): void {
  const dryRun = () =>
    world().apply({ kind: 'Deployment', name: 'owned', quality: 'good', replicas: 2 }, '--dry-run=server');
  const stored = (): Promise<Stored> => world().get('policy', NAME);

  /** Milliseconds from the moment at which kubectl has applied it. */
  async function seen(policy: object, holds: (stderr: string) => boolean): Promise<number> {
    await world().adminWith(policy, 'apply', '-f', '-');
    const began = performance.now();
    await eventually('the change is seen', async () => holds((await dryRun()).stderr), { everyMs: 20 });
    return performance.now() - began;
  }

  it('puts a new policy, a changed and a deleted one in force within a second', async () => {
    const times = [
      await seen(ownersPolicy('Warn', EXPRESSION), (stderr) => stderr.includes(`Warning: ${NAME}: `)),
      await seen(ownersPolicy('Audit', EXPRESSION), (stderr) => stderr === ''),
      await seen(ownersPolicy('Warn', EXPRESSION), (stderr) => stderr.includes(`Warning: ${NAME}: `)),
    ];
    console.log(`a change of a policy is seen after ${times.map((each) => Math.round(each)).join(', ')} ms`);
    // One kubectl apply is in it, a third of a second on a busy machine.
    expect(Math.max(...times)).toBeLessThan(1500);
  });

  it('refuses a policy that does not compile, with the place', async () => {
    const broken = await world().node.kubectl(['apply', '-f', '-'], JSON.stringify(ownersPolicy('Warn', BROKEN)));
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('validations[0].expression')]);
  });

  it('keeps the last good version in force where a broken one gets past, and says so in its status', async () => {
    const { admin, adminWith } = world();
    await eventually('it is in force', async () => readiness(await stored()) === 'True');
    // Namespaces that are left alone have no say over cluster-scoped objects: an administrator takes the webhook away.
    await withoutPolicyWebhook(world(), () => adminWith(ownersPolicy('Warn', BROKEN), 'apply', '-f', '-'));
    const { status } = await eventually('its status says it', async () => {
      const policy = await stored();
      return readiness(policy) === 'False' && policy;
    });
    expect(status.inForce).toBe('previous');
    expect(JSON.stringify(status.conditions)).toContain('expression');
    expect((await dryRun()).stderr).toContain(`Warning: ${NAME}: `);
    await adminWith(ownersPolicy('Warn', EXPRESSION), 'apply', '-f', '-');
    await eventually('it is mended', async () => readiness(await stored()) === 'True');
    await admin('delete', 'policy', NAME);
    await eventually('it is gone', async () => (await dryRun()).stderr === '');
  });

  it('excuses what an exception names, and nothing else', async () => {
    const { apply, adminWith, admin } = world();
    const bad = { kind: 'CronJob', name: 'legacy', quality: 'bad' } as const;
    const other = { ...bad, name: 'modern' };
    await adminWith(EXCEPTION, 'apply', '-f', '-');
    await eventually('the exception counts', async () => (await apply(bad, '--dry-run=server')).code === 0);
    expect((await apply(other, '--dry-run=server')).code).toBe(1);
    await admin('delete', 'policyexception', 'legacy', '-n', SHOP);
    await eventually('it counts no more', async () => (await apply(bad, '--dry-run=server')).code === 1);
  });
}

const EXPRESSION = "'owner' in object.metadata.?annotations.orValue({})";
const BROKEN = "'owner' in object.metadata.?annotations.orValue(";

function ownersPolicy(action: string, expression: string): object {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata: { name: NAME },
    spec: {
      title: 'Deployments name their owner',
      category: 'Metadata',
      severity: 'low',
      rationale: 'Somebody has to be asked.',
      remediation: 'Add the annotation owner.',
      subject: 'Resource',
      enforcement: { action },
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], operations: ['CREATE', 'UPDATE'] },
        ],
      },
      validations: [{ expression, message: 'No annotation names the owner.' }],
    },
  };
}

const EXCEPTION = {
  apiVersion: 'tidegate.dev/v1alpha1',
  kind: 'PolicyException',
  metadata: { name: 'legacy', namespace: SHOP },
  spec: {
    policies: [{ name: 'disallow-best-effort' }, { name: 'disallow-latest-if-not-present' }],
    match: { kinds: ['CronJob'], names: ['legacy'] },
    reason: 'It is replaced next month.',
    owner: 'team-shop',
    expiresAt: new Date(Date.now() + 24 * 3600 * 1000).toISOString(),
  },
};

/** As where it could not be reached: the elected one fills the list again a moment later. */
async function withoutPolicyWebhook({ adminWith, get }: World, act: () => Promise<unknown>): Promise<void> {
  const configuration = await get('validatingwebhookconfiguration', 'tidegate');
  const others = configuration.webhooks.filter(({ name }: Stored) => name !== 'policies.tidegate.dev');
  await eventually('a broken policy gets past', async () => {
    // Whatever its version is by now.
    const { resourceVersion: _, ...metadata } = configuration.metadata;
    await adminWith({ ...configuration, metadata, webhooks: others }, 'replace', '-f', '-');
    await act();
    return true;
  });
}
