/** What `kubectl describe` shows of findings that refuse nothing: the real kubectl, a real API server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clusterConfig } from '../../src/kube/client.ts';
import { EVENT_LIMITS } from '../../src/kube/event-queue.ts';
import { eventWriter } from '../../src/kube/events.ts';
import { fixture, openShop, type Shop } from './shop.ts';
import { eventually } from './wait.ts';

const APPLY = ['apply', '-f', '-'];

let shop: Shop;
let warned: string;
beforeAll(async () => {
  shop = await openShop();
  await shop.output(['label', 'namespace', shop.namespace, 'stage=sandbox']);
  // In the sandbox the policy only warns.
  warned = (await fixture('plain-deployment')).replace(/ +livenessProbe:\n.*\n/, '');
  await eventually(
    'the label is seen',
    async () => (await shop.kubectl(['apply', '--dry-run=server', '-f', '-'], warned)).code === 0,
  );
});
afterAll(async () => shop?.close());

interface ClusterEvent {
  readonly note: string;
  readonly reason: string;
  readonly series?: { readonly count: number };
  readonly regarding: { readonly name: string; readonly uid: string };
}

async function events(): Promise<readonly ClusterEvent[]> {
  const { items } = JSON.parse(await shop.output(['get', 'events.v1.events.k8s.io', '-o', 'json']));
  return items.filter(
    (event: { reportingController: string }) => event.reportingController === 'tidegate.dev/tidegate',
  );
}

describe('an Event', () => {
  it('is not left by a rehearsal, and is by a denial', async () => {
    await shop.kubectl(['apply', '--dry-run=server', '-f', '-'], warned);
    await shop.kubectl(APPLY, await fixture('bad-deployment'));
    const [denial, ...more] = await eventually('it is there', async () => {
      const found = await events();
      return found.length > 0 && found;
    });
    expect(denial).toMatchObject({ reason: 'PolicyDenied' });
    expect(denial?.regarding).not.toHaveProperty('uid');
    expect(more).toEqual([]);
  });

  it('is shown under a new Deployment, whose uid the webhook was told', async () => {
    await shop.output(APPLY, warned);
    const shown = await eventually('kubectl describe shows it', async () => {
      const text = await shop.output(['describe', 'deployment', 'catalog']);
      return text.includes('PolicyWarning') && text;
    });
    expect(shown).toMatch(
      /Warning +PolicyWarning +\S+ +tidegate\S* +require-liveness-probe: Container "catalog" has no livenessProbe/,
    );
    const uid = await shop.output(['get', 'deployment', 'catalog', '-o', 'jsonpath={.metadata.uid}']);
    expect((await events()).map(({ regarding }) => regarding.uid)).toContain(uid);
  });

  it('is written for every object, and under none of another name', async () => {
    await shop.output(APPLY, warned.replaceAll('catalog', 'second'));
    await eventually('it is there', async () => (await events()).some(({ regarding }) => regarding.name === 'second'));
    expect(await shop.output(['describe', 'deployment', 'catalog'])).not.toContain('"second"');
  });

  it('says how often it happened, also of objects whose names are none for an Event', async () => {
    const found = clusterConfig(shop.cluster.kubeconfig);
    if (!found.ok) throw new Error(found.message);
    const outcomes: string[] = [];
    const observe = (outcome: string): void => void outcomes.push(outcome);
    const limits = { ...EVENT_LIMITS, repeatMs: 50 };
    const queue = eventWriter(found.config, { instance: 'tidegate-0', observe, limits });
    const uid = await shop.output(['get', 'clusterrole', 'system:basic-user', '-o', 'jsonpath={.metadata.uid}']);
    const regarding = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      namespace: '',
      name: 'system:basic-user',
      uid,
    };
    const draft = {
      regarding,
      type: 'Normal',
      reason: 'PolicyAudit',
      action: 'Admitted',
      note: `by ${shop.namespace}`,
    };
    for (let count = 0; count < 3; count++) queue.offer(draft);
    await eventually('the count is written', () => outcomes.length === 2);
    await queue.stop();
    expect(outcomes).toEqual(['written', 'written']);
    const { items } = JSON.parse(await shop.output(['get', 'events.v1.events.k8s.io', '-n', 'default', '-o', 'json']));
    const [event] = items.filter(({ note }: ClusterEvent) => note === draft.note);
    expect(event.series.count).toBe(3);
  });
});
