import { describe, expect, test } from 'vitest';
import { deployment, pod, requestOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { Request } from './decision.ts';
import { hasController, type Owner, subjectsOf } from './subject.ts';

const reading = (subject: CompiledPolicy['subject'], ...reads: string[]) =>
  ({ subject, reads: new Set(reads) }) as unknown as CompiledPolicy;
const TEMPLATE = reading('PodTemplate', 'object');
const WORKLOAD = reading('PodTemplate', 'object', 'workload');
const RESOURCE = reading('Resource', 'object');

const web = deployment([{ name: 'app' }]);
const changed = (policy: CompiledPolicy, object: JsonMap, oldObject: JsonMap): boolean =>
  subjectsOf(requestOf(object, oldObject)).changed(policy);
const withMetadata = (object: JsonMap, metadata: JsonMap): JsonMap => ({
  ...object,
  metadata: { ...(object['metadata'] as JsonMap), ...metadata },
});

describe('what a policy sees', () => {
  test('of a Deployment: the Pod in it, and the Deployment as workload', () => {
    const subject = subjectsOf(requestOf(web)).of(TEMPLATE);
    expect(subject).toMatchObject({
      kind: { kind: 'Pod' },
      oldObject: null,
      workload: web,
      prefix: ['spec', 'template'],
    });
    expect(subject?.object).toMatchObject({ kind: 'Pod', spec: { containers: [{ name: 'app' }] } });
  });
  test('of a resource: the object itself', () => {
    expect(subjectsOf(requestOf(web)).of(RESOURCE)).toMatchObject({
      kind: { kind: 'Deployment' },
      object: web,
      workload: web,
      prefix: [],
    });
  });
  test('of a kind without a Pod: nothing', () => {
    expect(
      subjectsOf(requestOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })).of(TEMPLATE),
    ).toBeUndefined();
  });
  test('on DELETE: the old object', () => {
    const request: Request = { ...requestOf(web, web), operation: 'DELETE', object: null };
    expect(subjectsOf(request).of(TEMPLATE)).toMatchObject({ object: null, workload: null, oldWorkload: web });
    expect(subjectsOf(request).of(TEMPLATE)?.oldObject).toMatchObject({ kind: 'Pod' });
  });
});

describe('an update is judged where it changes what the policy judges', () => {
  const scaled = { ...web, spec: { ...(web['spec'] as JsonMap), replicas: 9 } };
  const labelled = withMetadata(web, { labels: { a: 'b' } });
  const touched = withMetadata(web, { resourceVersion: '7', managedFields: [{}], generation: 2 });
  const finalized = withMetadata(web, { finalizers: ['a', 'b'] });

  test('nothing but bookkeeping', () => {
    for (const policy of [TEMPLATE, WORKLOAD, RESOURCE]) expect(changed(policy, touched, web)).toBe(false);
  });
  test('the replicas of a workload', () => {
    expect(changed(TEMPLATE, scaled, web)).toBe(false);
    expect(changed(WORKLOAD, scaled, web)).toBe(true);
    expect(changed(RESOURCE, scaled, web)).toBe(true);
  });
  test('the labels of a workload', () => {
    expect(changed(TEMPLATE, labelled, web)).toBe(false);
    expect(changed(WORKLOAD, labelled, web)).toBe(true);
    expect(changed(RESOURCE, labelled, web)).toBe(true);
  });
  test('the template', () => {
    const other = deployment([{ name: 'app', image: 'web:2' }]);
    for (const policy of [TEMPLATE, WORKLOAD, RESOURCE]) expect(changed(policy, other, web)).toBe(true);
  });
  test('finalizers: taking away is nothing, adding is something', () => {
    expect(changed(RESOURCE, withMetadata(web, { finalizers: ['b'] }), finalized)).toBe(false);
    expect(changed(RESOURCE, web, finalized)).toBe(false);
    expect(changed(RESOURCE, finalized, web)).toBe(true);
  });
  test('data of an object without a spec', () => {
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1' } };
    expect(changed(RESOURCE, { ...map, data: { a: '2' } }, map)).toBe(true);
    expect(changed(RESOURCE, structuredClone(map), map)).toBe(false);
  });
  test('everything else but an update is judged', () => {
    expect(subjectsOf(requestOf(web)).changed(TEMPLATE)).toBe(true);
    expect(subjectsOf(requestOf(web, web, { operation: 'DELETE', object: null })).changed(TEMPLATE)).toBe(true);
  });
});

describe('owners', () => {
  const owner = (reference: JsonMap): JsonMap => pod([], { ownerReferences: [reference] });
  const controller = 'system:serviceaccount:kube-system:replicaset-controller';
  const ownerOf = (object: JsonMap, userInfo: JsonMap = { username: controller }, ofFile = false): Owner =>
    subjectsOf(requestOf(object, null, { userInfo }), ofFile).owner();
  const REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true };
  const DATABASE = { apiVersion: 'example.com/v1', kind: 'Database', controller: true };

  test('a controller of a judged kind', () => {
    expect(ownerOf(owner(REPLICA_SET))).toBe('judged');
    expect(ownerOf(owner({ apiVersion: 'batch/v1', kind: 'CronJob', controller: true }))).toBe('judged');
  });
  test('no controller', () => {
    expect(ownerOf(owner({ apiVersion: 'apps/v1', kind: 'ReplicaSet' }))).toBe('nobody');
    expect(ownerOf(pod([]))).toBe('nobody');
  });
  test.each([
    ['system:kube-controller-manager', 'judged'],
    ['system:serviceaccount:kube-system:job-controller', 'judged'],
    ['system:serviceaccount:shop:job-controller', 'nobody'],
    ['system:serviceaccount:kube-system-2:job-controller', 'nobody'],
    ['system:node:worker-1', 'nobody'],
    ['jane', 'nobody'],
    ['', 'nobody'],
    [7, 'nobody'],
  ])('of a judged kind are believed of %s: %s', (username, expected) => {
    expect(ownerOf(owner(REPLICA_SET), { username })).toBe(expected);
  });
  test.each([
    ['system:serviceaccount:operators:database', 'other'],
    ['system:node:worker-1', 'other'],
    ['jane', 'nobody'],
    ['', 'nobody'],
    [7, 'nobody'],
  ])('of another kind are believed of %s: %s', (username, expected) => {
    expect(ownerOf(owner(DATABASE), { username })).toBe(expected);
  });
  test('of another kind count for Pods only', () => {
    expect(ownerOf(withMetadata(web, { ownerReferences: [DATABASE] }))).toBe('nobody');
  });
  test('are believed of files and of requests by nobody', () => {
    expect(ownerOf(owner(REPLICA_SET), {})).toBe('judged');
    expect(ownerOf(owner(REPLICA_SET), { username: 'jane' }, true)).toBe('judged');
    expect(ownerOf(owner(DATABASE), {})).toBe('other');
  });
  test('that the object had before are not believed either: its user may have forged it then', () => {
    const request = requestOf(owner(REPLICA_SET), owner(REPLICA_SET), { userInfo: { username: 'jane' } });
    expect(subjectsOf(request).owner()).toBe('nobody');
  });
  test('malformed references are none', () => {
    expect(hasController(pod([], { ownerReferences: 'x' }), () => true)).toBe(false);
    expect(hasController(pod([], { ownerReferences: [null, 'x', {}] }), () => true)).toBe(false);
    expect(hasController({ metadata: null }, () => true)).toBe(false);
  });
});
