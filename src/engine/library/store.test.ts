import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../cel/value.ts';
import { isStore, singleWriter } from './store.ts';

const NAMES = { images: ['mysql', 'postgres*', 'redis'], helpers: ['*exporter*', 'postgrest'] };

describe('a store', () => {
  it.each([
    'mysql',
    'mysql:8.4',
    'docker.io/library/mysql@sha256:0000000000000000000000000000000000000000000000000000000000000000',
    'registry.example.com:5000/shop/mysql:8',
    'bitnami/postgresql:17',
    'mysql/mysql-server:8.4',
  ])('%s', (image) => {
    expect(isStore(image, NAMES)).toBe(true);
  });

  it.each([
    'nginx',
    'mysqld',
    'shop/mysql-app',
    'mysql/shop/web',
    'prom/mysql-exporter',
    'redis/exporter',
    'postgrest',
    '',
  ])('not %s', (image) => {
    expect(isStore(image, NAMES)).toBe(false);
  });
});

const CLAIM = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
const MOUNT = { name: 'data', mountPath: '/var/lib/mysql' };

function deployment(container: JsonMap, volumes: readonly JsonMap[] = [CLAIM], more: JsonMap = {}): JsonMap {
  const spec = {
    containers: [{ name: 'db', image: 'mysql:8', volumeMounts: [MOUNT], ...container }],
    volumes,
    ...more,
  };
  return { kind: 'Deployment', metadata: {}, spec: { template: { spec } } };
}

describe('a single writer', () => {
  const annotations = { 'tidegate.dev/single-writer': 'true' };

  it.each<[string, JsonMap]>([
    ['a store on a claim', deployment({})],
    ['on a directory of the node', deployment({}, [{ name: 'data', hostPath: { path: '/data' } }])],
    ['of an older API', { ...deployment({}), apiVersion: 'extensions/v1beta1' }],
    [
      'as a sidecar',
      deployment({ image: 'nginx' }, [CLAIM], {
        initContainers: [{ image: 'redis', restartPolicy: 'Always', volumeMounts: [MOUNT] }],
      }),
    ],
    [
      'with claims of its own',
      {
        kind: 'StatefulSet',
        spec: { ...(deployment({}, [])['spec'] as JsonMap), volumeClaimTemplates: [{ metadata: { name: 'data' } }] },
      },
    ],
    ['a Pod', { kind: 'Pod', spec: { containers: [{ image: 'mysql', volumeMounts: [MOUNT] }], volumes: [CLAIM] } }],
    ['what says so', { ...deployment({ image: 'acme/ledger' }, []), metadata: { annotations } }],
    ['what says so in its template', { kind: 'Deployment', spec: { template: { metadata: { annotations } } } }],
  ])('%s', (_what, workload) => {
    expect(singleWriter(workload, NAMES)).toBe(true);
  });

  it.each<[string, JsonMap]>([
    ['no store', deployment({ image: 'nginx' })],
    ['a store without data', deployment({ volumeMounts: [] })],
    ['data that only another container has', deployment({ volumeMounts: [{ name: 'other', mountPath: '/' }] })],
    ['a mount to read from', deployment({ volumeMounts: [{ ...MOUNT, readOnly: true }] })],
    [
      'a claim to read from',
      deployment({}, [{ name: 'data', persistentVolumeClaim: { claimName: 'data', readOnly: true } }]),
    ],
    ['data that is gone with the Pod', deployment({}, [{ name: 'data', emptyDir: {} }])],
    ['the clock of the node', deployment({}, [{ name: 'data', hostPath: { path: '/etc/localtime' } }])],
    [
      'an init container',
      deployment({ image: 'nginx' }, [CLAIM], { initContainers: [{ image: 'mysql', volumeMounts: [MOUNT] }] }),
    ],
    ['no workload', { kind: 'Service', metadata: { annotations } }],
  ])('not %s', (_what, workload) => {
    expect(singleWriter(workload, NAMES)).toBe(false);
  });
});
