import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JsonMap } from '../cel/value.ts';
import { StatusError } from '../kube/client.ts';
import type { PolicyException } from '../policy/exception.ts';
import type { LiveObject } from '../policy/resource.ts';
import type { ExceptionState, PolicyState } from '../sources/live-catalog.ts';
import { type StatusWriter, statusWriter } from './policy-status.ts';
import { exceptionStatus, policyStatus, type Status, says } from './ready-condition.ts';

const NOW = Date.parse('2026-01-01T00:00:00.123Z');
const LATER = NOW + 3_600_000;

function object(name: string, generation = 1, status?: object): LiveObject {
  const metadata = { name, namespace: 'shop', uid: name, generation };
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata,
    ...(status && { status: status as JsonMap }),
  };
}

function state(more: Partial<PolicyState> = {}): PolicyState {
  const { object: of = object('a') } = more;
  const { name, uid, generation } = of.metadata;
  const rest = { ready: true, inForce: 'current', action: 'Deny', taken: false, problems: [] } as const;
  return { name, uid, generation, object: of, ...rest, ...more };
}

const PROBLEM = {
  file: 'Policy/a',
  path: 'spec.validations[0].expression:1:1',
  message: "undeclared reference to 'nosuch'",
  excerpt: 'nosuch\n^',
};
const broken = (more: Partial<PolicyState> = {}): PolicyState =>
  state({ ready: false, inForce: 'previous', problems: [PROBLEM], ...more });

describe('policyStatus', () => {
  it('says that all is well', () => {
    expect(policyStatus(state(), NOW)).toEqual({
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'InForce',
          message: '',
          observedGeneration: 1,
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
      action: 'Deny',
      inForce: 'current',
    });
  });

  it('says what is wrong, and since when', () => {
    const before = policyStatus(broken(), NOW);
    const [ready] = before.conditions;
    expect(ready).toMatchObject({ status: 'False', reason: 'Invalid' });
    expect(ready.message).toBe(
      "spec.validations[0].expression:1:1: undeclared reference to 'nosuch'\n    nosuch\n    ^",
    );
    const next = policyStatus(broken({ object: object('a', 2, before) }), LATER);
    expect(next.conditions[0]).toMatchObject({ observedGeneration: 2, lastTransitionTime: ready.lastTransitionTime });
    const mended = policyStatus(state({ object: object('a', 3, next) }), LATER);
    expect(mended.conditions[0]).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T01:00:00Z' });
    expect(policyStatus(state({ ready: false, taken: true, problems: [PROBLEM] }), NOW).conditions[0].reason).toBe(
      'NameTaken',
    );
  });

  it('cuts what nobody reads to its end', () => {
    const problems = Array.from({ length: 500 }, () => PROBLEM);
    const { message } = policyStatus(broken({ problems }), NOW).conditions[0];
    expect(message.length).toBeLessThan(4100);
    expect(message).toMatch(/…\n\(500 problems\)$/);
  });
});

describe('exceptionStatus', () => {
  const spec = { policies: [{ name: 'a' }], reason: 'r', owner: 'o', expiresAt: '2026-01-01T00:30:00Z' };
  const exception = { spec, metadata: { name: 'e', namespace: 'shop' } } as unknown as PolicyException;
  const source = { exception, file: 'PolicyException/shop/e', locate: () => undefined };
  const of = (more: Partial<ExceptionState> = {}): ExceptionState => ({
    source,
    problems: [],
    unknown: [],
    object: object('e'),
    ...more,
  });
  const ready = (given: ExceptionState, now = NOW) => exceptionStatus(given, now).conditions[0];

  it('says whether it counts, and why not', () => {
    expect(ready(of())).toMatchObject({ status: 'True', reason: 'InForce' });
    expect(ready(of(), LATER)).toMatchObject({
      status: 'False',
      reason: 'Expired',
      message: 'spec.expiresAt: it has ended at 2026-01-01T00:30:00Z',
    });
    const unknown = [
      { file: 'PolicyException/shop/e', path: 'spec.policies[0].name', message: 'no policy is called "a"' },
    ];
    expect(ready(of({ unknown }))).toMatchObject({
      reason: 'UnknownPolicy',
      message: 'spec.policies[0].name: no policy is called "a"',
    });
    expect(ready(of({ source: undefined, problems: [PROBLEM] }))).toMatchObject({ reason: 'Invalid' });
  });
});

describe('says', () => {
  it('looks at what we write, and at nothing else', () => {
    const status = policyStatus(state(), NOW);
    const others = { type: 'Scanned', status: 'True' };
    expect(
      says({ findings: 3, ...status, conditions: [others, ...status.conditions] } as unknown as JsonMap, status),
    ).toBe(true);
    expect(says({ ...status, action: 'Warn' } as unknown as JsonMap, status)).toBe(false);
    expect(says(undefined, status)).toBe(false);
    expect(says({ conditions: 'nonsense' }, status)).toBe(false);
  });
});

describe('statusWriter', () => {
  let writer: StatusWriter;
  let states: readonly PolicyState[];
  let tell: () => void;
  let applied: [string, Status][];
  let failWith: Error | undefined;
  const reported: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    [states, applied, failWith] = [[], [], undefined];
    reported.length = 0;
    writer = statusWriter({
      catalog: {
        states: () => states,
        exceptionStates: () => [],
        onChange: (listener) => {
          tell = () => listener(undefined as never);
        },
      },
      apply: async (of, status) => {
        if (failWith) throw failWith;
        applied.push([of.metadata.name, status]);
        states = states.map((one) =>
          one.object === of ? { ...one, object: { ...of, status: status as unknown as JsonMap } } : one,
        );
      },
      report: (message) => reported.push(message),
      now: () => NOW,
    });
  });
  afterEach(() => {
    writer.pause();
    vi.useRealTimers();
  });
  const names = (): readonly string[] => applied.map(([name]) => name);

  it('writes nothing before it is started, then once, then only what changes', async () => {
    states = [state(), broken({ object: object('b') })];
    tell();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(applied).toEqual([]);
    writer.start();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(names()).toEqual(['a', 'b']);
    states = states.map((one) => (one.name === 'a' ? { ...one, action: 'Warn' } : one));
    tell();
    await vi.advanceTimersByTimeAsync(1000);
    expect(names()).toEqual(['a', 'b', 'a']);
    writer.pause();
    states = [state({ object: object('c') })];
    tell();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(names()).toEqual(['a', 'b', 'a']);
  });

  it('writes no more than 20 a second', async () => {
    states = Array.from({ length: 100 }, (_, index) => state({ object: object(`p-${index}`) }));
    writer.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(applied.length).toBeGreaterThan(10);
    expect(applied.length).toBeLessThanOrEqual(21);
    await vi.advanceTimersByTimeAsync(5000);
    expect(applied).toHaveLength(100);
  });

  it('reports a failure once and tries again; what is gone is none', async () => {
    states = [broken()];
    failWith = new StatusError(403, 'forbidden');
    writer.start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(reported).toEqual(['Policy/a: forbidden']);
    failWith = undefined;
    await vi.advanceTimersByTimeAsync(6000);
    expect(names()).toEqual(['a']);
    for (const code of [404, 409]) {
      failWith = new StatusError(code, 'gone');
      states = [state()];
      tell();
      await vi.advanceTimersByTimeAsync(30_000);
    }
    expect(reported).toHaveLength(1);
  });
});
