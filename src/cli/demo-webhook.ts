/** A webhook for the demo: the server of `tidegate serve` on a free port of this machine, and a client that trusts only it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Door } from '../admission/admit.ts';
import type { ReviewResponse } from '../admission/response.ts';
import { openSource } from '../certs/source.ts';
import { directoryStore } from '../certs/store.ts';
import { DEFAULT_LIMITS } from '../config/limits.ts';
import type { Request } from '../engine/decision.ts';
import { createLog } from '../telemetry/log.ts';
import { createPrometheus } from '../telemetry/prometheus.ts';
import { type CompleteParts, startWebhook } from './webhook.ts';

export interface Answer {
  readonly response: ReviewResponse['response'];
  /** From the first byte sent to the last byte read, as the client sees it. */
  readonly milliseconds: number;
}

export interface DemoWebhook {
  readonly url: string;
  /** Sends an AdmissionReview over TLS, the server's certificate verified against its own authority. */
  review(door: Door, request: Request): Promise<Answer>;
  /** Ends connections and server, and removes the certificates. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts it with certificates made on the spot; resolves when a TLS connection to it has worked. */
export async function startDemoWebhook(demo: Pick<CompleteParts, 'judge' | 'policies'>): Promise<DemoWebhook> {
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-demo-'));
  const events = { problem: (message: string): void => void process.stderr.write(`${message}\n`) };
  const opened = await openSource(directoryStore(folder), { names: ['localhost', HOST], events });
  if (!opened.ok) throw new Error(opened.message);
  const { source } = opened;
  const place = { host: HOST, port: 0, limits: DEFAULT_LIMITS, log: createLog('silent') };
  const started = await startWebhook({ ...demo, ...place, metrics: createPrometheus(), certificates: source });
  if (!started.ok) throw new Error(started.message);
  const { url, stop } = started.webhook;
  const agent = new Agent({ keepAlive: true, ca: await readFile(join(folder, 'ca.crt')) });
  // The API server keeps its connections open: what is timed later is an answer, not a handshake.
  await exchange(`${url}/livez`, agent, 'GET');
  return {
    url,
    review: (door, request) => post(`${url}/${door}`, agent, request),
    stop: async () => {
      agent.destroy();
      await stop(1000);
      source.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function post(url: string, agent: Agent, request: Request): Promise<Answer> {
  const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
  const started = performance.now();
  const answer = await exchange(url, agent, 'POST', body);
  const milliseconds = performance.now() - started;
  return { response: (JSON.parse(answer) as ReviewResponse).response, milliseconds };
}

function exchange(url: string, agent: Agent, method: string, body = ''): Promise<string> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const call = httpsRequest(url, { method, agent, headers }, (incoming) => {
      const chunks: Uint8Array[] = [];
      incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      incoming.on('end', () => resolve(Buffer.concat(chunks).toString())).on('error', reject);
    });
    call.on('error', reject).end(body);
  });
}
