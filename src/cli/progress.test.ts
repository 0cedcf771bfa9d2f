import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressBar } from './progress.ts';

describe('progressBar', () => {
  let written: string;
  let time: number;
  const terminal = (isTTY: boolean, columns = 80) => ({ isTTY, columns, write: (text: string) => (written += text) });
  const bar = (total?: number, on = terminal(true)) => progressBar('judging', 'objects', total, on, () => time);
  beforeEach(() => {
    [written, time] = ['', 0];
    vi.stubEnv('CI', '').stubEnv('TERM', 'xterm');
  });
  afterEach(() => void vi.unstubAllEnvs());

  it('tells what is done, of how much, and how fast; then it is gone', () => {
    const { at, end } = bar(4000);
    time = 1000;
    at(1500);
    expect(written).toBe('\rjudging █████████░░░░░░░░░░░░░░░ 1,500 of 4,000 objects, 1,500 objects/s\u001B[K');
    written = '';
    end();
    expect(written).toBe('\r\u001B[K');
  });

  it('does without a total, and stays in one line', () => {
    const { at } = bar(undefined, terminal(true, 20));
    time = 2000;
    at(10);
    expect(written).toBe('\rjudging 10 objects,\u001B[K');
  });

  it('says nothing of short work, and is not drawn for every step', () => {
    const { at, end } = bar(4000);
    time = 500;
    at(10);
    end();
    expect(written).toBe('');
    time = 1000;
    at(20);
    time = 1050;
    at(30);
    expect(written.match(/judging/g)).toHaveLength(1);
  });

  it.each([
    ['no terminal', false, {}],
    ['a dumb one', true, { TERM: 'dumb' }],
    ['one of a CI job', true, { CI: 'true' }],
  ])('leaves %s alone', (_, isTTY, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const { at, end } = bar(10, terminal(isTTY));
    time = 5000;
    at(5);
    end();
    expect(written).toBe('');
  });
});
