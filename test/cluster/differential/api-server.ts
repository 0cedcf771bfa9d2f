/** Plain requests to an API server, many at a time over a few connections. */
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { JsonMap } from '../../../src/cel/value.ts';

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: JsonMap;
  /** Its name in the audit log. */
  readonly auditId?: string;
  /** Who asks; an administrator without a name of a case where left out. */
  readonly as?: { readonly user: string; readonly groups: readonly string[]; readonly id: string };
}

export interface Answer {
  readonly code: number;
  readonly body: JsonMap;
  /** Texts of the Warning headers, in order. */
  readonly warnings: readonly string[];
}

export interface ApiServer {
  call(call: Call): Promise<Answer>;
  /** The body of the answer; throws with what the server said where it is not 2xx. */
  must(call: Call): Promise<JsonMap>;
  close(): void;
}

/** How many requests are under way at a time. */
export const PARALLEL = 8;

/** Connects with the token of a kubeconfig written by control-plane.ts. */
export async function connect(kubeconfig: string): Promise<ApiServer> {
  const { clusters, users } = JSON.parse(await readFile(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL, ca: Buffer.from(ca, 'base64') });
  const headers = { authorization: `Bearer ${users[0].user.token}`, accept: 'application/json' };
  const call = (given: Call): Promise<Answer> => send(new URL(given.path, server), agent, headers, given);
  const must = async (given: Call): Promise<JsonMap> => {
    const { code, body } = await call(given);
    if (code < 200 || code > 299) throw new Error(`${given.method} ${given.path}: ${code} ${JSON.stringify(body)}`);
    return body;
  };
  return { call, must, close: () => agent.destroy() };
}

/** Runs the work for every item, PARALLEL at a time, and gives the outcomes in the order of the items. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const outcomes: R[] = new Array(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      outcomes[index] = await work(items[index] as T);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return outcomes;
}

function send(url: URL, agent: Agent, common: Readonly<Record<string, string>>, call: Call): Promise<Answer> {
  const body = call.body && JSON.stringify(call.body);
  const type = call.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const headers = {
    ...common,
    ...(body && { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    ...(call.auditId && { 'audit-id': call.auditId }),
    ...impersonation(call.as),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: call.method, agent, headers, timeout: 30_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const warnings = warningsOf(response.rawHeaders);
        resolve({ code: response.statusCode ?? 0, body: bodyOf(Buffer.concat(chunks).toString('utf8')), warnings });
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${call.method} ${call.path}`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

function impersonation(as: Call['as']): Readonly<Record<string, string | readonly string[]>> {
  if (as === undefined) return {};
  return { 'impersonate-user': as.user, 'impersonate-group': as.groups, 'impersonate-extra-case': as.id };
}

function bodyOf(text: string): JsonMap {
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

/** RFC 7234: `299 - "text"`, with quotes and backslashes escaped; the bytes are UTF-8. */
function warningsOf(raw: readonly string[]): readonly string[] {
  return raw.flatMap((name, index) => {
    if (index % 2 === 1 || name.toLowerCase() !== 'warning') return [];
    const value = Buffer.from(raw[index + 1] ?? '', 'latin1').toString('utf8');
    return [value.replace(/^\d+ \S+ "(.*)"$/s, '$1').replace(/\\(.)/gs, '$1')];
  });
}
