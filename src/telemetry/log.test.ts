import { pbkdf2 } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createLog } from './log.ts';

const messages = (text: string): readonly string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).message);

it('ends with its last line, also when the one before is still being written', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-log-'));
  const file = await open(join(folder, 'log'), 'w');
  // Writes in the background wait for a thread: none is free.
  const busy = Array.from({ length: 16 }, () => promisify(pbkdf2)('a', 'b', 50_000, 64, 'sha512'));
  const log = createLog('info', file.fd);
  log.info({}, 'stopping');
  await setImmediate();
  log.info({}, 'stopped');
  await log.close();
  await Promise.all(busy);
  expect(messages(await readFile(join(folder, 'log'), 'utf8'))).toEqual(['stopping', 'stopped']);
  await rm(folder, { recursive: true });
});
