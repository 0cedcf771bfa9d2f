import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConfigurationKind, CONFIGURATION_KINDS as KINDS } from '../kube/webhook-configuration.ts';
import { keepRegistered, type Registration } from './registration.ts';
import type { WebhookLists } from './webhook-list.ts';

// Whether API servers take what is written, and ask: test/cluster/replica.test.ts. Here, what no cluster does at will.
const TIMES = { unansweredMs: 80, betweenMs: 1, firstRetryMs: 10, lastRetryMs: 40 };
const lists = (...names: readonly string[]): WebhookLists => ({
  mutating: names.map((name) => ({ name: `mutate-${name}` })),
  validating: names.map((name) => ({ name: `validate-${name}` })),
});

interface Stored {
  uid: string;
  version: number;
  webhooks: readonly object[];
}

describe('keepRegistered', () => {
  let objects: Map<ConfigurationKind, Stored>;
  let applies: number;
  let failing: boolean;
  let elected: boolean;
  let answered: boolean;
  let want: { lists: WebhookLists; caBundle: string } | undefined;
  let told: string[];
  let registration: Registration;

  const start = (): Registration =>
    keepRegistered({
      registrar: {
        seen: (kind) => {
          const found = objects.get(kind);
          return found === undefined ? null : { uid: found.uid, version: String(found.version) };
        },
        apply: async (kind, uid, webhooks) => {
          const found = objects.get(kind);
          if (failing || found?.uid !== uid) throw new Error(failing ? 'no answer' : 'uid mismatch');
          applies += 1;
          if (JSON.stringify(found.webhooks) !== JSON.stringify(webhooks)) found.version += 1;
          found.webhooks = webhooks;
          return { uid, version: String(found.version) };
        },
      },
      elected: () => elected,
      answered: () => answered,
      wanted: () => want,
      events: {
        filled: (names) => told.push(`filled ${names.length}`),
        emptied: () => told.push('emptied'),
        missing: (kind) => told.push(`missing ${kind}`),
        problem: (message) => told.push(message),
        applied: () => undefined,
      },
      times: TIMES,
    });
  const written = (): readonly number[] => KINDS.map((kind) => objects.get(kind)?.webhooks.length ?? -1);
  const settled = async (expected: readonly number[]): Promise<void> => {
    await vi.waitFor(() => {
      registration.note();
      expect(written()).toEqual(expected);
    });
  };

  beforeEach(() => {
    objects = new Map(KINDS.map((kind) => [kind, { uid: kind, version: 1, webhooks: [] }]));
    applies = 0;
    [failing, elected, answered] = [false, true, true];
    want = { lists: lists('a'), caBundle: 'one' };
    told = [];
    registration = start();
  });
  afterEach(() => registration.stop());

  it('fills both once, and writes nothing more where nothing changes', async () => {
    await settled([1, 1]);
    for (let round = 0; round < 5; round += 1) {
      registration.note();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(applies).toBe(2);
    expect(told).toEqual(['filled 2']);
  });

  it.each([
    ['it is not elected', false, true, true],
    ['nobody is ready', true, false, true],
    ['the policies are not known', true, true, false],
  ])('writes nothing into empty objects while %s', async (_case, isElected, isAnswered, isKnown) => {
    [elected, answered] = [isElected, isAnswered];
    if (!isKnown) want = undefined;
    registration.note();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(written()).toEqual([0, 0]);
    expect(told).toEqual([]);
  });

  it('empties them when nobody has been ready for a while, not for a moment', async () => {
    await settled([1, 1]);
    answered = false;
    registration.note();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(written()).toEqual([1, 1]);
    await settled([0, 0]);
    answered = true;
    await settled([1, 1]);
    expect(told).toEqual(['filled 2', 'emptied', 'filled 2']);
  });

  it('mends what somebody else has changed', async () => {
    await settled([1, 1]);
    Object.assign(objects.get('mutating') as Stored, { webhooks: [], version: 9 });
    await settled([1, 1]);
    expect(applies).toBe(3);
  });

  it('says once that an object is missing, fills the other, and the new one when it comes', async () => {
    objects.delete('mutating');
    await settled([-1, 1]);
    registration.note();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(told).toEqual(['missing mutating', 'filled 2']);
    objects.set('mutating', { uid: 'new', version: 1, webhooks: [] });
    await settled([1, 1]);
  });

  it('tries again where it cannot write, and says so once', async () => {
    failing = true;
    registration.note();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(told).toEqual(['no answer']);
    failing = false;
    await vi.waitFor(() => expect(written()).toEqual([1, 1]));
  });

  it('counts how long a bundle is in place from when it was written, and only while it is elected', async () => {
    expect(registration.inPlaceMs('one')).toBe(0);
    await settled([1, 1]);
    await vi.waitFor(() => expect(registration.inPlaceMs('one')).toBeGreaterThan(5));
    want = { lists: lists('b'), caBundle: 'two' };
    failing = true;
    registration.note();
    await vi.waitFor(() => expect(told).toContain('no answer'));
    expect(registration.inPlaceMs('two')).toBe(0);
    elected = false;
    expect(registration.inPlaceMs('one')).toBe(0);
  });

  it('empties at the end, elected or not, and writes nothing afterwards', async () => {
    await settled([1, 1]);
    elected = false;
    await registration.empty();
    elected = true;
    registration.note();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(written()).toEqual([0, 0]);
    expect(told.at(-1)).toBe('emptied');
  });
});
