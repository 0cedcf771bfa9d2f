import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PROBE, setOf } from '../../test/support/policies.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { createScanner, type Ground, type Scan } from './scanner.ts';

/** How long the scanners of these tests have waited, or still do, in milliseconds. */
const waits = vi.hoisted((): number[] => []);
vi.mock('./pause.ts', async (original) => {
  const { pause } = await original<typeof import('./pause.ts')>();
  return {
    pause: (ms: number, signal: AbortSignal) => {
      waits.push(ms);
      return pause(ms, signal);
    },
  };
});

const POD = { apiVersion: 'v1', kind: 'Pod', resource: 'pods', namespaced: true, verbs: ['list'], shortNames: [] };
const GROUND: Ground = {
  resources: [{ ...POD, judged: true, lookedUp: false }],
  problems: [],
  isOurs: () => true,
};

const EXCEPTION: ExceptionSource = {
  exception: {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'PolicyException',
    metadata: { name: 'legacy', namespace: 'shop' },
    spec: { policies: [{ name: 'require-probe' }], reason: 'Old.', owner: 'shop', expiresAt: '2999-01-01T00:00:00Z' },
  },
  file: 'the cluster',
  locate: () => undefined,
};

function setUp(
  ground: () => Promise<Ground> = async () => GROUND,
  interval = 3_600_000,
  exceptions: readonly ExceptionSource[] = [],
) {
  const scans: Scan[] = [];
  const failures: string[] = [];
  const pods = [
    {
      metadata: { name: 'web', namespace: 'shop', uid: '1', resourceVersion: '1' },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    },
  ];
  const scanner = createScanner({
    cluster: 'here',
    interval,
    objectsPerSecond: 10_000,
    view: {
      namespace: () => undefined,
      lookup: { get: () => undefined, list: () => undefined },
      kubernetesVersion: () => undefined,
    },
    objects: async function* () {
      yield pods;
    },
    set: () => setOf([PROBE]),
    exceptions: () => exceptions,
    ground,
    scanned: async (scan) => {
      scans.push(scan);
      return [];
    },
    failed: (message) => void failures.push(message),
  });
  onTestFinished(() => scanner.stop());
  return { scanner, scans, failures };
}

describe('a scanner', () => {
  it('does nothing before it is started, and knows nothing once it is stopped', async () => {
    const { scanner, scans } = setUp();
    await setImmediate();
    expect(scans).toEqual([]);
    scanner.start();
    await vi.waitFor(() => expect(scans.length).toBe(1));
    const report = scanner.latest()?.report();
    expect(report).toMatchObject({ cluster: 'here', counts: { objects: 1, deny: 1 } });
    expect(scanner.latest()?.report()).toBe(report);
    scanner.stop();
    expect(scanner.latest()).toBeUndefined();
  });

  it('says which exceptions are used', async () => {
    const { scanner, scans } = setUp(undefined, undefined, [EXCEPTION]);
    scanner.start();
    await vi.waitFor(() => expect(scans.length).toBe(1));
    const report = scanner.latest()?.report();
    expect(report?.counts).toMatchObject({ deny: 0, excepted: 1 });
    expect(report?.exceptions).toMatchObject([{ name: 'shop/legacy', state: 'used', findings: 1 }]);
  });

  it('scans again when it is woken', async () => {
    const { scanner, scans } = setUp();
    scanner.start();
    await vi.waitFor(() => expect(scans.length).toBe(1));
    scanner.wake();
    await vi.waitFor(() => expect(scans.length).toBe(2), { timeout: 5000 });
  });

  it('scans again by itself', async () => {
    const { scanner, scans } = setUp(undefined, 20);
    scanner.start();
    await vi.waitFor(() => expect(scans.length).toBeGreaterThan(3), { timeout: 5000 });
  });

  it('tells of a failure once, and goes on', async () => {
    let asked = 0;
    const ground = async (): Promise<Ground> => {
      asked++;
      if (asked < 4) throw new Error('no route');
      return GROUND;
    };
    const { scanner, scans, failures } = setUp(ground, 20);
    scanner.start();
    await vi.waitFor(() => expect(scans.length).toBeGreaterThan(0), { timeout: 5000 });
    expect(failures).toEqual(['no route']);
  });

  it('asks a cluster that does not answer again before the next round would be due', async () => {
    const { scanner, failures } = setUp(() => Promise.reject(new Error('no route')));
    waits.length = 0;
    scanner.start();
    await vi.waitFor(() => expect(waits).toHaveLength(2), { timeout: 5000 });
    expect(failures).toEqual(['no route']);
    expect(waits[1]).toBeGreaterThan(10_000);
    expect(waits[1]).toBeLessThanOrEqual(15_000);
  });

  it('ends in the middle of a round, without a word', async () => {
    const { scanner, scans, failures } = setUp(() => new Promise(() => undefined));
    scanner.start();
    scanner.stop();
    scanner.start();
    scanner.stop();
    await setImmediate();
    expect([scans, failures]).toEqual([[], []]);
  });
});
