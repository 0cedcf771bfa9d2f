/** A client that keeps its connections, sends a fresh uid each time, and checks every verdict to the last byte. */
import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:https';
import { UID } from './review.ts';

export interface Target {
  readonly port: number;
  readonly path: '/mutate' | '/validate';
  /** With UID in the place of the uid. */
  readonly review: string;
  /** The one right answer, with UID in the place of the uid. */
  readonly expected: string;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends `count` reviews, `concurrency` at a time. Rejects at the first answer that is not the expected one. */
export async function load(target: Target, count: number, concurrency: number): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency, rejectUnauthorized: false });
  const latencies: number[] = [];
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const uid = randomUUID();
      const began = performance.now();
      const answer = await post(target.port, target.path, target.review.replaceAll(UID, uid), agent);
      latencies.push(performance.now() - began);
      if (answer !== target.expected.replace(UID, uid)) throw new Error(`wrong verdict at ${target.path}: ${answer}`);
    }
  };
  const began = performance.now();
  try {
    await Promise.all(Array.from({ length: concurrency }, client));
  } finally {
    agent.destroy();
  }
  const seconds = (performance.now() - began) / 1000;
  latencies.sort((a, b) => a - b);
  return { requestsPerSecond: count / seconds, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

/** Posts one review and resolves with the body of the answer; rejects where there is no HTTP 200. */
export function post(port: number, path: string, review: string, agent?: Agent): Promise<string> {
  const body = Buffer.from(review);
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const options = { host: '127.0.0.1', port, path, method: 'POST', headers, rejectUnauthorized: false, agent };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => {
        if (incoming.statusCode === 200) resolve(text);
        else reject(new Error(`HTTP ${incoming.statusCode}: ${text}`));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
