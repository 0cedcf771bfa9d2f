/** From exec to the first complete verdict, and what was answered before it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { QUICK } from './effort.ts';
import { post } from './load.ts';
import { median } from './median.ts';
import { badReview } from './review.ts';
import { expectDenied } from './verdict.ts';

const STARTS = QUICK ? 1 : 7;
const GIVE_UP_MS = 10_000;
const RETRY_MS = 2;

/**
 * Starts the webhook several times and sends it a Deployment that must be denied from the first moment on. Rejects where any
 * first answer is not the complete denial.
 */
export async function startupTimes(serve: readonly string[]): Promise<string> {
  const starts: { readonly milliseconds: number; readonly answer: string }[] = [];
  for (let start = 0; start < STARTS; start++) starts.push(await firstVerdict(serve));
  for (const { answer } of starts) expectDenied(answer);
  const times = starts.map(({ milliseconds }) => milliseconds);
  const range = `${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)}`;
  return `Start: ${median(times).toFixed(0)} ms from exec to the first verdict, which was complete (${STARTS} starts, ${range} ms)`;
}

async function firstVerdict(
  serve: readonly string[],
): Promise<{ readonly milliseconds: number; readonly answer: string }> {
  const port = await freePort();
  const args = serve.map((argument, index) => (serve[index - 1] === '--port' ? String(port) : argument));
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const died = ended.then(([code]) => Promise.reject(new Error(`the webhook ended at its start: ${code}`)));
  try {
    const answer = await Promise.race([firstAnswer(port, began), died]);
    return { milliseconds: performance.now() - began, answer };
  } finally {
    died.catch(() => undefined);
    child.kill('SIGTERM');
    await ended;
  }
}

/** Asks until somebody answers: whatever the first answer is, it counts. */
async function firstAnswer(port: number, began: number): Promise<string> {
  while (performance.now() - began < GIVE_UP_MS) {
    const answer = await post(port, '/validate', badReview()).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') return undefined;
      throw error;
    });
    if (answer !== undefined) return answer;
    await wait(RETRY_MS);
  }
  throw new Error(`no answer within ${GIVE_UP_MS} ms`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { readonly port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
