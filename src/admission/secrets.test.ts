import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KubernetesObject } from '../engine/decision.ts';
import { type SecretSource, secretsFrom } from './secrets.ts';

const SECRET: KubernetesObject = { kind: 'Secret', metadata: { name: 'db' }, data: { password: 'aHVudGVyMg==' } };

let answer: () => Promise<KubernetesObject | null>;
let asked: string[];
let problems: object[];

beforeEach(() => {
  vi.useFakeTimers();
  answer = async () => SECRET;
  asked = [];
  problems = [];
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

function secrets(namespaces: true | readonly string[] = true) {
  const source: SecretSource = {
    read: (namespace, name) => {
      asked.push(`${namespace}/${name}`);
      return answer();
    },
  };
  return secretsFrom(source, { namespaces, report: (problem) => problems.push(problem) });
}

describe('Secrets', () => {
  it('come without their content', async () => {
    const found = await secrets().get('shop', 'db');
    expect(found).toMatchObject({ metadata: { name: 'db' }, data: { password: {} } });
    expect(JSON.stringify(found)).not.toContain('aHVudGVyMg');
  });

  it('are readable where the settings say so', () => {
    expect(secrets().readable('shop')).toBe(true);
    expect(['shop', 'bank'].map(secrets(['shop']).readable)).toEqual([true, false]);
  });

  it('are kept for 5 seconds, and asked for once meanwhile, also at the same moment', async () => {
    const { get } = secrets();
    await Promise.all([get('shop', 'db'), get('shop', 'db')]);
    await pass(4999);
    await get('shop', 'db');
    expect(asked).toHaveLength(1);
    await pass(1);
    await get('shop', 'db');
    expect(asked).toHaveLength(2);
  });

  it('are taken for missing no longer than a second', async () => {
    answer = async () => null;
    const { get } = secrets();
    expect(await get('shop', 'db')).toBeNull();
    await pass(999);
    answer = async () => SECRET;
    expect(await get('shop', 'db')).toBeNull();
    await pass(1);
    expect(await get('shop', 'db')).toMatchObject({ kind: 'Secret' });
    expect(asked).toHaveLength(2);
  });

  it('that cannot be had are not asked for by every request, and reported once', async () => {
    answer = () => Promise.reject(new Error('forbidden'));
    const { get } = secrets();
    await expect(get('shop', 'db')).rejects.toThrow('forbidden');
    await expect(get('shop', 'db')).rejects.toThrow('forbidden');
    expect(asked).toHaveLength(1);
    await pass(1000);
    await expect(get('shop', 'db')).rejects.toThrow('forbidden');
    await expect(get('bank', 'db')).rejects.toThrow('forbidden');
    expect(problems).toEqual([
      { namespace: 'shop', message: 'forbidden' },
      { namespace: 'bank', message: 'forbidden' },
    ]);
    await pass(1000);
    answer = async () => null;
    await get('shop', 'db');
    await pass(1000);
    answer = () => Promise.reject(new Error('gone'));
    await expect(get('shop', 'db')).rejects.toThrow('gone');
    expect(problems).toHaveLength(3);
  });

  it('are few in memory: the oldest goes first', async () => {
    const { get } = secrets();
    for (let index = 0; index < 257; index++) await get('shop', `s${index}`);
    await get('shop', 's256');
    await get('shop', 's1');
    expect(asked).toHaveLength(257);
    await get('shop', 's0');
    expect(asked).toHaveLength(258);
  });

  it.each([
    ['', 'db'],
    ['shop', ''],
    ['shop', '..'],
    ['shop', 'db/../../../nodes'],
    ['shop?x', 'db'],
    ['shop', 'DB'],
  ])('cannot be called %j/%j: there is none, and nobody is asked', async (namespace, name) => {
    expect(await secrets().get(namespace, name)).toBeNull();
    expect(asked).toEqual([]);
  });

  it('are given up by their source in the end', async () => {
    let given: AbortSignal | undefined;
    const source: SecretSource = {
      read: (_namespace, _name, signal) => {
        given = signal;
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    };
    const report = vi.fn();
    await expect(secretsFrom(source, { namespaces: true, report }).get('shop', 'db')).rejects.toThrow(/timeout/);
    expect(given?.aborted).toBe(true);
    expect(report).toHaveBeenCalledOnce();
  });
});
