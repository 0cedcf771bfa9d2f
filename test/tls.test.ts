/** The server on a real socket with real TLS: certificates, broken clients, and the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Admission } from '../src/admission/admit.ts';
import { allowed } from '../src/admission/response.ts';
import { issueAuthority, issueLeaf } from '../src/certs/issue.ts';
import { type CertificateSource, openSource } from '../src/certs/source.ts';
import { directoryStore } from '../src/certs/store.ts';
import { DEFAULT_LIMITS } from '../src/config/limits.ts';
import { createApp } from '../src/server/app.ts';
import { createHealth, type Health, proveServing } from '../src/server/health.ts';
import { type Listening, listen } from '../src/server/https.ts';
import { createLog } from '../src/telemetry/log.ts';
import { createPrometheus } from '../src/telemetry/prometheus.ts';

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'a-uid',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    userInfo: {},
    object: {},
    oldObject: null,
  },
};

let directory: string;
let source: CertificateSource;
let server: Listening;
let health: Health;
let agent: Agent;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tidegate-tls-'));
  const opened = await openSource(directoryStore(directory), {
    names: ['localhost', '127.0.0.1'],
    events: { problem: () => undefined },
  });
  if (!opened.ok) throw new Error(opened.message);
  source = opened.source;
  health = createHealth();
  const { recorder, page } = createPrometheus();
  const judge = (_door: unknown, { uid }: { uid: string }): Admission => {
    return { response: allowed(uid), verdict: 'allowed', findings: [], changes: [], failures: [], notJudged: [] };
  };
  const app = createApp({ judge, limits: DEFAULT_LIMITS, health, recorder, metrics: page, log: createLog('silent') });
  server = await listen(app, source, { host: '127.0.0.1', port: 0, requestTimeoutMs: 10_000 });
  agent = new Agent({ keepAlive: true, ca: source.current().ca });
});

afterEach(async () => {
  agent.destroy();
  await server.stop(100);
  source.close();
  await rm(directory, { recursive: true });
});

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Posts `parts` one after the other, with `pause` milliseconds between them. */
function post(parts: readonly string[], pause = 0): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const options = { host: '127.0.0.1', port: server.port, path: '/validate', method: 'POST', agent, headers };
    const outgoing = request(options, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode, body }));
    });
    outgoing.on('error', reject);
    void (async () => {
      for (const part of parts) {
        outgoing.write(part);
        await wait(pause);
      }
      outgoing.end();
    })();
  });
}

async function expectServed(): Promise<void> {
  const answer = await post([JSON.stringify(REVIEW)]);
  expect(JSON.parse(answer.body)).toMatchObject({ response: { uid: 'a-uid', allowed: true } });
}

/** Whether a client that trusts `ca` gets through, by name. */
function trusts(ca: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { host: 'localhost', family: 4, port: server.port, path: '/livez', ca, agent: false } as const;
    get(options, (incoming) => {
      incoming.resume();
      resolve(incoming.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}

describe('TLS', () => {
  it('is trusted by whoever trusts ca.crt, and by nobody else', async () => {
    const stranger = await issueAuthority(Date.now());
    expect(await trusts(source.current().ca)).toBe(true);
    expect(await trusts(stranger.cert)).toBe(false);
  });

  it('serves a body in pieces, on a connection that is kept', async () => {
    const text = JSON.stringify(REVIEW);
    const answer = await post([text.slice(0, 40), text.slice(40, 90), text.slice(90)], 5);
    expect(JSON.parse(answer.body)).toMatchObject({ response: { allowed: true } });
    await expectServed();
    expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  });

  it('refuses versions before 1.2', async () => {
    const failed = new Promise((resolve) => {
      const old = { host: '127.0.0.1', port: server.port, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' } as const;
      connect({ ...old, rejectUnauthorized: false, ciphers: 'DEFAULT@SECLEVEL=0' })
        .on('secureConnect', () => resolve('connected'))
        .on('error', () => resolve('refused'));
    });
    expect(await failed).toBe('refused');
    await expectServed();
  });

  it('swaps the certificate without a restart or a broken connection', async () => {
    await expectServed();
    const kept = Object.values(agent.freeSockets).flat();
    const before = source.current().ca;
    const authority = await issueAuthority(Date.now());
    const leaf = await issueLeaf(authority, ['localhost', '127.0.0.1'], Date.now());
    await directoryStore(directory).write({ ...leaf, ca: authority.cert, caKey: authority.key }, undefined);
    await vi.waitFor(async () => expect(await trusts(authority.cert)).toBe(true), { timeout: 5000, interval: 50 });
    expect(await trusts(before)).toBe(false);
    await expectServed();
    expect(Object.values(agent.freeSockets).flat()).toEqual(kept);
  });
});

describe('broken clients', () => {
  /** Sends bytes that are no TLS, or the beginning of it, and goes away or stays silent. */
  function send(bytes: Buffer, leave: boolean): Promise<void> {
    return new Promise((resolve) => {
      const socket = connectPlain(server.port, '127.0.0.1', () => {
        socket.write(bytes, () => {
          if (leave) socket.destroy();
          resolve();
        });
      });
      socket.on('error', () => resolve());
    });
  }

  it.each([
    ['a TLS handshake cut in the middle', Buffer.from('160301020001000', 'hex'), true],
    ['a TLS handshake that never goes on', Buffer.from('1603010200010001fc0303', 'hex'), false],
    ['plain HTTP', Buffer.from('POST /validate HTTP/1.1\r\nhost: x\r\n\r\n'), false],
    ['noise', Buffer.from([0, 255, 1, 254]), true],
  ])('%s', async (_what, bytes, leave) => {
    await send(bytes, leave);
    await expectServed();
  });

  it('a body that stops in the middle', async () => {
    await new Promise<void>((resolve) => {
      const options = { host: '127.0.0.1', port: server.port, ca: source.current().ca } as const;
      const socket = connect(options, () => {
        socket.write(
          'POST /validate HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
        );
        setTimeout(() => resolve(void socket.destroy()), 20);
      });
    });
    await expectServed();
  });

  it('HTTP that is none, inside TLS', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: server.port, ca: source.current().ca }, () => {
        socket.write('what?\r\n\r\n');
      });
      socket.on('data', (data) => resolve(String(data)));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    await expectServed();
  });
});

describe('readiness', () => {
  it('is proven by a handshake that shows our certificate', async () => {
    await expect(proveServing('127.0.0.1', server.port, source.current().cert)).resolves.toBeUndefined();
    const other = await issueAuthority(Date.now());
    await expect(proveServing('127.0.0.1', server.port, other.cert)).rejects.toThrow('another server');
  });
});

describe('the end', () => {
  it('waits for a request in flight, closes idle connections, and takes no new ones', async () => {
    await Promise.all([expectServed(), expectServed()]);
    const text = JSON.stringify(REVIEW);
    const slow = post([text.slice(0, 50), text.slice(50)], 150);
    await wait(50);
    health.stop();
    const began = performance.now();
    const stopped = server.stop(5000);
    expect(JSON.parse((await slow).body)).toMatchObject({ response: { allowed: true } });
    await stopped;
    expect(performance.now() - began).toBeLessThan(2500);
    await expect(trusts(source.current().ca)).resolves.toBe(false);
  });

  it('answers what is on its way on idle connections, and asks their clients to leave', async () => {
    await Promise.all(Array.from({ length: 8 }, expectServed));
    const kept = Object.values(agent.freeSockets).flat();
    health.stop();
    const began = performance.now();
    const stopped = server.stop(5000);
    await Promise.all(kept.map(expectServed));
    await stopped;
    expect(kept).toHaveLength(8);
    expect(kept.every((socket) => socket?.destroyed)).toBe(true);
    expect(performance.now() - began).toBeLessThan(900);
  });

  it('does not wait longer than it was told', async () => {
    const never = post([JSON.stringify(REVIEW).slice(0, 50), ''], 10_000).catch(() => 'cut');
    await wait(50);
    const began = performance.now();
    await server.stop(100);
    expect(performance.now() - began).toBeLessThan(1000);
    expect(await never).toBe('cut');
  });
});
