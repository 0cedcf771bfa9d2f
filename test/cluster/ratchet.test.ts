/** Safe to enforce: what runs when the webhook arrives can go on as it is, but it cannot get worse. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixture, openShop, type Shop } from './shop.ts';
import { eventually } from './wait.ts';

describe('a bad Deployment that was there before the webhook', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    // Created while the webhook does not look at the namespace: it is as old to it as one from before its installation.
    await shop.output(['label', 'namespace', shop.namespace, 'tidegate.dev/test-']);
    const bad = await fixture('bad-deployment');
    await eventually(
      'the namespace is out of sight',
      async () => (await shop.kubectl(['apply', '-f', '-'], bad)).code === 0,
    );
    await shop.output(['label', 'namespace', shop.namespace, `tidegate.dev/test=${shop.namespace}`]);
    const other = bad.replaceAll('storefront', 'probe');
    await eventually('the namespace is in sight', async () => {
      return (await shop.kubectl(['apply', '--dry-run=server', '-f', '-'], other)).code === 1;
    });
  });
  afterAll(async () => shop?.close());

  const old = ['deployment/storefront'];

  it('can be scaled and labelled', async () => {
    await shop.output(['scale', ...old, '--replicas=4']);
    await shop.output(['label', ...old, 'team=shop']);
    expect(await shop.deployment('storefront')).toMatchObject({
      metadata: { labels: { team: 'shop' } },
      spec: { replicas: 4 },
    });
  });

  it('can be changed in other respects, with warnings that say what is still wrong', async () => {
    const { code, stderr } = await shop.kubectl(['set', 'env', ...old, 'CURRENCY=EUR']);
    expect(code).toBe(0);
    const warnings = stderr.trim().split('\n');
    expect(warnings.length).toBeGreaterThan(2);
    for (const warning of warnings) expect(warning).toMatch(/^Warning: .{1,120}$/);
    expect(stderr).toContain('require-readiness-probe: Container "web" has no readinessProbe (not new: tolerated)');
  });

  it('can be rolled back and restarted', async () => {
    await shop.output(['rollout', 'restart', ...old]);
  });

  it('cannot be made worse: only what is new is refused', async () => {
    const removal = '[{"op":"remove","path":"/spec/template/spec/containers/1/readinessProbe"}]';
    const { code, stderr } = await shop.kubectl(['patch', ...old, '--type=json', '-p', removal]);
    expect(code).toBe(1);
    expect(stderr).toContain('1 problem in');
    expect(stderr).toContain('require-readiness-probe: Container "metrics" has no readinessProbe');
    const denial = stderr.slice(stderr.indexOf('denied the request'));
    expect(denial).not.toContain('"web"');
  });

  it('is refused as a new object under another name', async () => {
    const copy = (await fixture('bad-deployment')).replaceAll('storefront', 'copy');
    expect((await shop.kubectl(['apply', '-f', '-'], copy)).code).toBe(1);
  });

  it('can be repaired', async () => {
    const repaired = (await fixture('plain-deployment')).replaceAll('catalog', 'storefront');
    const { code, stderr } = await shop.kubectl(['apply', '-f', '-'], repaired);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
