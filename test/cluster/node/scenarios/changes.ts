import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { givenKubeconfig } from '../../cluster.ts';
import { CHART } from '../../helm.ts';
import { eventually } from '../../wait.ts';
import { imageValues, RELEASE, type Stored, SYSTEM, type World } from '../world.ts';
import { expectDashboard } from './dashboard.ts';

/** What operators do to it, under a stream of applies none of which may be lost, or go unjudged. */
export function changes(world: () => World): void {
  const image = async (): Promise<string> =>
    (await world().get('deployment', RELEASE, '-n', SYSTEM)).spec.template.spec.containers[0].image;

  async function underLoad(act: () => Promise<void>): Promise<void> {
    const stream = world().stream();
    await act();
    const tally = await stream.stop();
    console.log(`${expect.getState().currentTestName}: ${tally}`);
    expect(tally.counts, tally.details.join('\n')).toMatchObject({ failed: 0, missed: 0, unreachable: 0 });
    expect(tally.counts.denied).toBeGreaterThan(10);
  }

  it('is upgraded to another image, with a dashboard, and rolled back', async () => {
    const { node, helm, settled } = world();
    await underLoad(async () => {
      await helm('upgrade', CHART, '--set=dashboard.enabled=true', ...imageValues(node.images.next, false));
      await settled();
      expect(await image()).toBe(node.images.next);
      await expectDashboard(world());
      await helm('rollback');
      await settled();
      if (givenKubeconfig === undefined) expect(await image()).toBe(node.images.tidegate);
    });
  }, 240_000);

  it('changes its authority, with an overlap of both', async () => {
    const secret = `${RELEASE}-certificates`;
    const bundle = async (): Promise<string> =>
      decode((await world().get('secret', secret, '-n', SYSTEM)).data['ca.crt']);
    const before = firstOf(await bundle());
    await underLoad(async () => {
      await world().admin('annotate', 'secret', secret, '-n', SYSTEM, 'tidegate.dev/rotate=now');
      await eventually('both are announced', async () => countOf(await bundle()) === 2);
      await eventually('the new one signs', async () => firstOf(await bundle()) !== before, {
        timeoutMs: 150_000,
        everyMs: 1000,
      });
    });
    await eventually('the API server is told of both', async () => {
      const { webhooks } = await world().get('validatingwebhookconfiguration', RELEASE);
      const announced = countOf(await bundle());
      return webhooks.every(({ clientConfig }: Stored) => countOf(decode(clientConfig.caBundle)) === announced);
    });
  }, 240_000);

  it('makes new certificates where the Secret is deleted', async () => {
    await world().admin('delete', 'secret', `${RELEASE}-certificates`, '-n', SYSTEM);
    await eventually('there is another', async () => {
      const { data } = await world().get('secret', `${RELEASE}-certificates`, '-n', SYSTEM);
      return countOf(decode(data['ca.crt'])) > 0;
    });
    await eventually('it judges', async () => {
      return (
        (await world().apply({ kind: 'Deployment', name: 'probe', quality: 'bad' }, '--dry-run=server')).code === 1
      );
    });
  });
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
const countOf = (bundle: string): number => bundle.split('-----BEGIN CERTIFICATE-----').length - 1;
const firstOf = (bundle: string): string => new X509Certificate(bundle).fingerprint256;
