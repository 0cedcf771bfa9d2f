/** What a user reads when another webhook undoes a default: a real API server, and a second webhook that really does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fixture, openShop, type Shop } from './shop.ts';
import { startUndoingWebhook, type UndoingWebhook } from './undoing-webhook.ts';
import { eventually } from './wait.ts';

const APPLY = ['apply', '-f', '-'];

let shop: Shop;
let other: UndoingWebhook;
let plain: string;
beforeAll(async () => {
  shop = await openShop();
  // By name, after ours: webhooks are called in that order.
  other = await startUndoingWebhook(shop.cluster.kubectl, `zz-${shop.namespace}`, shop.tidegate.certDir);
  plain = await fixture('plain-deployment');
});
afterAll(async () => {
  await other?.stop();
  await shop?.close();
});

/** The Deployment of the fixture under another name, with the label that calls the other webhook where `undo`. */
const named = (name: string, undo: boolean): string =>
  plain.replaceAll('catalog', name).replace('team: shop }', undo ? 'team: shop, undo: "yes" }' : '$&');

async function setReinvocation(policy: 'Never' | 'IfNeeded'): Promise<void> {
  const patch = JSON.stringify([{ op: 'replace', path: '/webhooks/0/reinvocationPolicy', value: policy }]);
  const target = ['mutatingwebhookconfiguration', shop.namespace];
  await shop.output(['patch', ...target, '--type=json', '-p', patch]);
}

it('is quiet about defaults that stay', async () => {
  expect((await shop.kubectl(APPLY, named('kept', false))).stderr).toBe('');
  expect((await shop.deployment('kept')).spec.template.spec.containers[0]).toHaveProperty('lifecycle.preStop');
});

it('names policy and place of a default that another webhook has undone', async () => {
  const undone = named('undone', true);
  const { code, stderr } = await eventually('the other webhook is called', async () => {
    const result = await shop.kubectl(['apply', '--dry-run=server', '-f', '-'], undone);
    return result.stderr !== '' && result;
  });
  expect(code).toBe(0);
  expect(stderr).toContain(
    `set-pre-stop-sleep: set here, and undone by another webhook at containers[undone].lifecycle`,
  );
  expect((await shop.kubectl(APPLY, undone)).stderr).toBe(stderr);
  expect((await shop.deployment('undone')).spec.template.spec.containers[0]).not.toHaveProperty('lifecycle');
});

it('has nothing to say where it is called again after the other one', async () => {
  await setReinvocation('IfNeeded');
  await eventually('we are called again', async () => {
    const dryRun = ['apply', '--dry-run=server', '-f', '-'];
    return (await shop.kubectl(dryRun, named('again', true))).stderr === '';
  });
  await shop.output(APPLY, named('again', true));
  expect((await shop.deployment('again')).spec.template.spec.containers[0]).toHaveProperty('lifecycle.preStop');
});

it('does not claim to have set what it has never seen', async () => {
  await shop.output(['delete', 'mutatingwebhookconfiguration', shop.namespace]);
  // Two replicas would be refused, for lack of the rule that keeps them apart.
  const single = named('unseen', false).replace('replicas: 2', 'replicas: 1');
  const { code, stderr } = await eventually('we are not called any more', async () => {
    const result = await shop.kubectl(['apply', '--dry-run=server', '-f', '-'], single);
    return result.stderr !== '' && result;
  });
  expect(code).toBe(0);
  expect(stderr).toContain(
    `set-pre-stop-sleep: not set: undone by another webhook, or never applied at containers[unseen].lifecycle`,
  );
  expect(stderr).not.toContain('set here');
});
