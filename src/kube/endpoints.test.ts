import { describe, expect, it } from 'vitest';
import type { JsonObject } from './client.ts';
import { readyPods } from './endpoints.ts';

const SERVICE = { namespace: 'tide', name: 'tidegate' };

function slice(
  endpoints: readonly object[],
  labels: object = { 'kubernetes.io/service-name': 'tidegate' },
  namespace = 'tide',
) {
  return { metadata: { name: 'x', namespace, labels }, endpoints } as unknown as JsonObject;
}

const pod = (name: string, conditions?: object): object => ({
  addresses: ['10.0.0.1'],
  targetRef: { kind: 'Pod', name },
  ...(conditions && { conditions }),
});

describe('readyPods', () => {
  it('are those that are ready, or not known not to be; each once', () => {
    const dual = slice([
      pod('a', { ready: true }),
      pod('b', { ready: false, serving: true, terminating: true }),
      pod('c'),
    ]);
    expect(readyPods([dual, slice([pod('a', { ready: true })])], SERVICE)).toEqual(['a', 'c']);
  });

  it('are those of this Service in this namespace', () => {
    const others = [
      slice([pod('d')], { 'kubernetes.io/service-name': 'other' }),
      slice([pod('e')], {}),
      slice([pod('f')], undefined, 'shop'),
    ];
    expect(readyPods(others, SERVICE)).toEqual([]);
  });

  it('are counted by address where there is no Pod, and none where a slice is empty', () => {
    expect(readyPods([slice([{ addresses: ['10.0.0.7'] }]), slice(null as never)], SERVICE)).toEqual(['10.0.0.7']);
  });
});
