/** Our quality of service of a Pod as it was written, against the one that the API server gives the Pod it makes of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../src/engine/decision.ts';
import { qos } from '../../src/engine/library/qos.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectOutput } from './kubectl.ts';

type Resources = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

const FULL: Resources = { limits: { cpu: 1, memory: '1Gi' } };

/** By namespace (of this run: see `own`): its LimitRange for containers. */
const RANGES: Readonly<Record<string, Resources | undefined>> = {
  'qos-without': undefined,
  'qos-default': { default: { cpu: '1', memory: '256Mi' } },
  'qos-lower': { default: { cpu: '1', memory: '256Mi' }, defaultRequest: { cpu: '100m' } },
  'qos-max': { max: { cpu: '4', memory: '8Gi' } },
  'qos-min': { min: { cpu: '10m', memory: '16Mi' } },
};

const SPECS: Readonly<Record<string, KubernetesObject>> = {
  nothing: { containers: [{ resources: {} }] },
  zero: { containers: [{ resources: { limits: { cpu: 0, memory: 0 } } }] },
  storage: { containers: [{ resources: { limits: { 'ephemeral-storage': '1Gi' } } }] },
  limits: { containers: [{ resources: FULL }] },
  'equal-otherwise-written': {
    containers: [{ resources: { ...FULL, requests: { cpu: '1000m', memory: '1024Mi' } } }],
  },
  'lower-request': { containers: [{ resources: { ...FULL, requests: { cpu: '100m' } } }] },
  'zero-request': { containers: [{ resources: { ...FULL, requests: { cpu: 0 } } }] },
  'one-of-two': { containers: [{ resources: FULL }, { resources: {} }] },
  'bare-init': { containers: [{ resources: FULL }], initContainers: [{ resources: {} }] },
  'full-sidecar': { containers: [{ resources: FULL }], initContainers: [{ restartPolicy: 'Always', resources: FULL }] },
  'pod-level': { resources: { limits: { cpu: 4, memory: '4Gi' } }, containers: [{}, {}] },
  'pod-level-above-requests': {
    resources: { limits: { cpu: 4, memory: '4Gi' } },
    containers: [{ resources: { requests: { cpu: '10m' } } }],
  },
  'pod-level-equal-to-requests': {
    resources: { limits: { cpu: 1, memory: '4Gi' } },
    containers: [{ resources: { requests: { cpu: '400m' } } }, { resources: { requests: { cpu: '600m' } } }],
  },
  'pod-level-beside-init': {
    resources: { limits: { cpu: 1, memory: '4Gi' } },
    initContainers: [
      { restartPolicy: 'Always', resources: { requests: { cpu: '200m' } } },
      { resources: { requests: { cpu: '800m' } } },
    ],
    containers: [{ resources: { requests: { cpu: '100m' } } }],
  },
  'pod-level-requests': { resources: { requests: { cpu: 1, memory: '1Gi' } }, containers: [{}] },
};

/** Pods that the LimitRange makes invalid: containers allowed more than their Pod, requests below the least. */
const REFUSED: Readonly<Record<string, RegExp>> = { 'qos-max': /^pod-level/, 'qos-min': /^zero/ };

const own = (namespace: string): string => `${namespace}-${process.pid}`;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
  for (const [namespace, range] of Object.entries(RANGES)) {
    await expectOutput(cluster.kubectl, ['create', 'namespace', own(namespace)]);
    await cluster.kubectl(['create', 'serviceaccount', 'default', '-n', own(namespace)]);
    const object = range && JSON.stringify(limitRange(own(namespace), range));
    if (object) await expectOutput(cluster.kubectl, ['create', '-f', '-'], object);
  }
});
afterAll(async () => {
  await cluster?.kubectl(['delete', 'namespace', '--wait=false', ...Object.keys(RANGES).map(own)]);
  await cluster?.stop();
});

function limitRange(namespace: string, range: Resources): KubernetesObject {
  const limits = [{ type: 'Container', ...range }];
  return { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'range', namespace }, spec: { limits } };
}

function podOf(name: string, namespace: string): KubernetesObject {
  const spec = Object.entries(SPECS[name] ?? {}).map(([field, value]) => [
    field,
    field.endsWith('ontainers') ? (value as readonly object[]).map((each, index) => named(each, field, index)) : value,
  ]);
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: Object.fromEntries(spec) };
}

function named(container: object, field: string, index: number): object {
  return { name: `${field.toLowerCase()}-${index}`, image: 'nginx', ...container };
}

describe.each(Object.entries(RANGES))('in the namespace %s', (namespace, range) => {
  it.each(Object.keys(SPECS).filter((name) => !REFUSED[namespace]?.test(name)))('%s', async (name) => {
    const pod = podOf(name, own(namespace));
    const create = ['create', '--dry-run=server', '-o', 'jsonpath={.status.qosClass}', '-f', '-'];
    const given = await expectOutput(cluster.kubectl, create, JSON.stringify(pod));
    expect(qos(pod, range ? [limitRange(namespace, range)] : [])).toBe(given);
  });
});
