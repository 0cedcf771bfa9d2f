import { describe, expect, it } from 'vitest';
import type { JsonMap, Value } from '../../cel/value.ts';
import { effectiveResources, qos } from './qos.ts';

const FULL = { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } };

function limitRange(item: JsonMap): JsonMap {
  return { kind: 'LimitRange', spec: { limits: [{ type: 'Container', ...item }] } };
}

function pod(...resources: readonly Value[]): JsonMap {
  return { spec: { containers: resources.map((each, index) => ({ name: `c${index}`, resources: each })) } };
}

describe('effectiveResources', () => {
  it('takes the limit for a missing request', () => {
    const { requests } = effectiveResources(
      { resources: { limits: { cpu: 2, memory: '1Gi' }, requests: { cpu: 0.5 } } },
      [],
    );
    expect(requests).toEqual({ cpu: '0.5', memory: '1Gi' });
  });

  it('leaves out zero and what is no quantity', () => {
    const resources = { limits: { cpu: '1', memory: 'lots' }, requests: { cpu: '0', memory: 0 } };
    expect(effectiveResources({ resources }, [])).toEqual({ limits: { cpu: '1' }, requests: {} });
  });

  it.each<[string, JsonMap, { limits: JsonMap; requests: JsonMap }]>([
    ['default', { default: { cpu: '1' } }, { limits: { cpu: '1' }, requests: { cpu: '1' } }],
    ['defaultRequest', { defaultRequest: { cpu: '1' } }, { limits: {}, requests: { cpu: '1' } }],
    ['max', { max: { cpu: '2' } }, { limits: { cpu: '2' }, requests: { cpu: '2' } }],
    ['min', { min: { cpu: '100m' } }, { limits: {}, requests: { cpu: '100m' } }],
    ['min and max', { min: { cpu: '100m' }, max: { cpu: '2' } }, { limits: { cpu: '2' }, requests: { cpu: '2' } }],
    ['of Pods', { type: 'Pod', max: { cpu: '2' } }, { limits: {}, requests: {} }],
  ])('fills from a LimitRange: %s', (_case, item, expected) => {
    expect(effectiveResources({}, [limitRange(item)])).toEqual(expected);
  });

  it('lets what is written win over a LimitRange', () => {
    const container = { resources: { limits: { cpu: '1' } } };
    expect(effectiveResources(container, [limitRange({ default: { cpu: '4' } })]).limits).toEqual({ cpu: '1' });
  });
});

describe('qos', () => {
  it.each<[string, Value, string]>([
    ['nothing', pod(null), 'BestEffort'],
    ['empty resources', pod({}), 'BestEffort'],
    ['zero', pod({ limits: { cpu: '0', memory: 0 } }), 'BestEffort'],
    ['only storage', pod({ limits: { 'ephemeral-storage': '1Gi' } }), 'BestEffort'],
    ['equal by quantity', pod(FULL), 'Guaranteed'],
    ['limits only', pod({ limits: FULL.limits }), 'Guaranteed'],
    ['no memory limit', pod({ limits: { cpu: '1' } }), 'Burstable'],
    ['a lower request', pod({ limits: FULL.limits, requests: { cpu: '100m' } }), 'Burstable'],
    ['a request of zero', pod({ limits: FULL.limits, requests: { cpu: 0 } }), 'Burstable'],
    ['one of two containers', pod(FULL, {}), 'Burstable'],
    ['no containers', { spec: {} }, 'BestEffort'],
    ['not a Pod', null, 'BestEffort'],
  ])('%s: %s', (_case, given, expected) => {
    expect(qos(given, [])).toBe(expected);
  });

  it('counts init containers and sidecars, not ephemeral ones', () => {
    const containers = [{ name: 'a', resources: FULL }];
    expect(qos({ spec: { containers, initContainers: [{ name: 'i' }] } }, [])).toBe('Burstable');
    expect(qos({ spec: { containers, ephemeralContainers: [{ name: 'e' }] } }, [])).toBe('Guaranteed');
  });

  it('judges a template as the Pod that it becomes in its namespace', () => {
    expect(qos(pod({}), [limitRange({ max: { cpu: '1', memory: '1Gi' } })])).toBe('Guaranteed');
    expect(qos(pod({}), [limitRange({ min: { memory: '90Mi', cpu: '100m' } })])).toBe('Burstable');
  });
});

describe('Pod-level resources decide alone', () => {
  function podLevel(resources: JsonMap, ...containers: readonly JsonMap[]): JsonMap {
    return { spec: { resources, containers } };
  }

  it.each<[string, Value, string]>([
    ['limits only', podLevel({ limits: FULL.limits }, { name: 'a' }), 'Guaranteed'],
    [
      'limits above what the containers request',
      podLevel({ limits: FULL.limits }, { resources: { requests: { cpu: '10m' } } }),
      'Burstable',
    ],
    [
      'limits equal to what the containers request together',
      podLevel(
        { limits: { cpu: '1', memory: '1Gi' } },
        { resources: { requests: { cpu: '400m' } } },
        { resources: { requests: { cpu: '0.6' } } },
      ),
      'Guaranteed',
    ],
    ['requests only', podLevel({ requests: { cpu: '1' } }, { resources: FULL }), 'Burstable'],
    ['empty: the containers decide', podLevel({ limits: {} }, { resources: FULL }), 'Guaranteed'],
  ])('%s: %s', (_case, given, expected) => {
    expect(qos(given, [])).toBe(expected);
  });

  it('adds up sidecars, and the largest init container beside those before it', () => {
    const initContainers = [
      { restartPolicy: 'Always', resources: { requests: { cpu: '200m', memory: '1Gi' } } },
      { resources: { requests: { cpu: '800m' } } },
    ];
    const spec = {
      resources: { limits: { cpu: '1', memory: '1Gi' } },
      initContainers,
      containers: [{ resources: { requests: { cpu: '100m' } } }],
    };
    expect(qos({ spec }, [])).toBe('Guaranteed');
  });
});
