import { expect, it } from 'vitest';
import { givenObjects } from './given-objects.ts';
import { readManifests } from './manifests.ts';
import { requestOf } from './request.ts';

const TEXT = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {tier: gold}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: login, namespace: shop}, type: old}
---
{apiVersion: v1, kind: Secret, metadata: {name: login, namespace: shop}, type: new}
---
{apiVersion: v1, kind: Secret, metadata: {name: login, namespace: blog}}
---
{apiVersion: v1, kind: Secret, metadata: {name: other}}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 9}
---
{apiVersion: extensions/v1beta1, kind: Deployment, metadata: {name: web, namespace: old}}
---
{apiVersion: batch/v1beta1, kind: CronJob, metadata: {name: backup, namespace: old}}
---
{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: web, namespace: old}}
`;
const requests = readManifests([{ file: 'a.yaml', text: TEXT }]).manifests.map((one) => requestOf(one, new Map()));
const given = givenObjects(requests);

it('finds an object by its name, the last of two with the same', () => {
  expect(given.get('v1', 'secrets', 'shop', 'login')).toMatchObject({ type: 'new' });
  expect(given.get('v1', 'secrets', 'default', 'other')).toMatchObject({ metadata: { namespace: 'default' } });
  expect(given.get('scheduling.k8s.io/v1', 'priorityclasses', '', 'high')).toMatchObject({ value: 9 });
});

it('finds a workload, or an autoscaler, by the current version of its kind, whatever its file says', () => {
  expect(given.list('apps/v1', 'deployments', 'old')).toMatchObject([{ metadata: { name: 'web' } }]);
  expect(given.get('batch/v1', 'cronjobs', 'old', 'backup')).toMatchObject({ metadata: { name: 'backup' } });
  expect(given.list('autoscaling/v2', 'horizontalpodautoscalers', 'old')).toMatchObject([
    { metadata: { name: 'web' } },
  ]);
});

it('answers null, not unknown, for what is not there', () => {
  expect(given.get('v1', 'secrets', 'shop', 'other')).toBeNull();
  expect(given.list('v1', 'pods', '')).toEqual([]);
});

it.each(['shop', ''])('gives the same list whenever it is asked, so that an index over it lasts: %j', (namespace) => {
  expect(given.list('v1', 'secrets', namespace)).toBe(given.list('v1', 'secrets', namespace));
});

it('lists a namespace, or all of them', () => {
  const names = (namespace: string) =>
    given.list('v1', 'secrets', namespace)?.map((one) => (one['metadata'] as { namespace: string }).namespace);
  expect(names('shop')).toEqual(['shop']);
  expect(names('sho')).toEqual([]);
  expect(names('')).toEqual(['shop', 'blog', 'default']);
});

it('gives the Namespace of a request: as it is, by its name alone, or none', () => {
  const [namespace, secret, , other, , priorityClass] = requests;
  const of = (request = namespace) => request && given.namespaceOf(request);
  expect(of(secret)).toMatchObject({ metadata: { labels: { tier: 'gold' } } });
  expect(of(other)).toMatchObject({ metadata: { name: 'blog', labels: { 'kubernetes.io/metadata.name': 'blog' } } });
  expect([of(namespace), of(priorityClass)]).toEqual([null, null]);
});

it('prefers what the file itself holds, and keeps the rest', () => {
  const near = given.near(requests.slice(1, 2));
  expect(near.get('v1', 'secrets', 'shop', 'login')).toMatchObject({ type: 'old' });
  expect(near.list('v1', 'secrets', 'shop')).toMatchObject([{ type: 'old' }]);
  expect(near.list('v1', 'secrets', '')).toHaveLength(3);
  expect(near.get('v1', 'secrets', 'default', 'other')).not.toBeNull();
});

it('keeps the lists of the file that asks, and gives each file its own', () => {
  const [first, second] = [given.near(requests.slice(1, 2)), given.near(requests.slice(1, 2))];
  const ofFirst = first.list('v1', 'secrets', 'shop');
  expect(first.list('v1', 'secrets', 'shop')).toBe(ofFirst);
  expect(first.list('v1', 'secrets', '')).toHaveLength(3);
  expect(second.list('v1', 'secrets', 'shop')).toEqual(ofFirst);
  expect(given.list('v1', 'secrets', 'shop')).toMatchObject([{ type: 'new' }]);
  expect(first.list('v1', 'secrets', 'shop')).toEqual(ofFirst);
});
