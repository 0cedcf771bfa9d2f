/** The whole application without a socket of its own: whatever arrives is answered, and the next request too. */
import { gzipSync } from 'node:zlib';
import type { Express } from 'express';
import request from 'supertest';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Admission, Door } from '../../src/admission/admit.ts';
import { allowed } from '../../src/admission/response.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createApp } from '../../src/server/app.ts';
import { createHealth, type Health } from '../../src/server/health.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createPrometheus } from '../../src/telemetry/prometheus.ts';

const REVIEW = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    operation: 'CREATE',
    userInfo: {},
    object: { metadata: { name: 'web' } },
    oldObject: null,
  },
};

let app: Express;
let health: Health;
let judged: Door[];

beforeEach(() => {
  const { recorder, page } = createPrometheus();
  health = createHealth();
  judged = [];
  app = createApp({
    judge: (door, { uid, object }): Admission | Promise<Admission> => {
      judged.push(door);
      const bug = new TypeError('a bug of ours, with a secret: hunter2');
      if (object?.['bug'] === true) throw bug;
      if (object?.['bug'] === 'later') return Promise.reject(bug);
      const nothing = { findings: [], changes: [], failures: [], notJudged: [] };
      const admission: Admission = { response: allowed(uid), verdict: 'allowed', ...nothing };
      return object?.['patience'] === true ? Promise.resolve(admission) : admission;
    },
    limits: DEFAULT_LIMITS,
    health,
    recorder,
    metrics: page,
    log: createLog('silent'),
  });
});

async function post(body: string | Buffer | object, headers: Readonly<Record<string, string>> = {}) {
  return request(app)
    .post('/validate?timeout=3s')
    .set({ 'content-type': 'application/json', ...headers })
    .send(body);
}

async function expectNextServed(): Promise<void> {
  const next = await post(REVIEW);
  expect(next.status).toBe(200);
  expect(next.body.response).toEqual({ uid: REVIEW.request.uid, allowed: true });
}

describe('a review', () => {
  it.each(['mutate', 'validate'] as const)('is judged at the door it comes to: %s', async (door) => {
    const answer = await request(app).post(`/${door}`).send(REVIEW);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: REVIEW.request.uid, allowed: true },
    });
    expect(judged).toEqual([door]);
  });

  it('may say its charset', async () => {
    const answer = await post(REVIEW, { 'content-type': 'application/json; charset=utf-8' });
    expect(answer.body.response.allowed).toBe(true);
  });

  it('that is malformed is answered with its uid', async () => {
    const answer = await post({ ...REVIEW, request: { ...REVIEW.request, operation: 'PATCH' } });
    expect(answer.status).toBe(200);
    expect(answer.body.response).toMatchObject({
      uid: REVIEW.request.uid,
      allowed: false,
      status: { code: 400, message: expect.stringContaining('request.operation is "PATCH"') },
    });
    expect(judged).toEqual([]);
    await expectNextServed();
  });

  it('of another version is answered with its uid', async () => {
    const answer = await post({ ...REVIEW, apiVersion: 'admission.k8s.io/v1beta1' });
    expect(answer.body.response.status.message).toContain('"admission.k8s.io/v1beta1"');
    await expectNextServed();
  });

  it('may take a while', async () => {
    const answer = await post({ ...REVIEW, request: { ...REVIEW.request, object: { patience: true } } });
    expect(answer.body.response).toEqual({ uid: REVIEW.request.uid, allowed: true });
  });

  it.each([true, 'later'])(
    'on which we fail leaves the decision to the failurePolicy, and the details to the log: %s',
    async (bug) => {
      const answer = await post({ ...REVIEW, request: { ...REVIEW.request, object: { bug } } });
      expect(answer.status).toBe(500);
      expect(answer.body).toMatchObject({ kind: 'Status', code: 500, details: { uid: REVIEW.request.uid } });
      expect(answer.body.message).toContain(REVIEW.request.uid);
      expect(JSON.stringify(answer.body)).not.toContain('hunter2');
      const metrics = await request(app).get('/metrics');
      expect(metrics.text).toContain(
        'tidegate_admission_duration_seconds_count{door="validate",operation="CREATE",verdict="error"} 1',
      );
      await expectNextServed();
    },
  );
});

describe('a body that is none', () => {
  const nested = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
  const huge = `{"request":"${'x'.repeat(20 * 1024 * 1024)}"}`;

  it.each([
    ['malformed JSON', '{"kind": "Secret", "data": hunter2', 400, 'not JSON'],
    ['JSON that ends too early', '{"kind": ', 400, 'ends too early'],
    ['nothing', '', 400, 'empty'],
    ['no review', '[]', 400, 'expected an object'],
    ['10,000 levels', nested, 400, 'deeper than 250 levels'],
    ['20 MB', huge, 413, 'larger than 7340032 bytes'],
  ])('%s', async (_what, body, status, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ apiVersion: 'v1', kind: 'Status', status: 'Failure', code: status });
    expect(answer.body.message).toContain(message);
    expect(answer.body.message).not.toContain('hunter2');
    expect(judged).toEqual([]);
    await expectNextServed();
  });

  it('is refused for its content type', async () => {
    const answer = await post(JSON.stringify(REVIEW), { 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
    expect(answer.body.message).toBe('content-type is text/plain: expected application/json');
    await expectNextServed();
  });

  it('is refused compressed', async () => {
    const answer = await request(app)
      .post('/validate')
      .set({ 'content-type': 'application/json', 'content-encoding': 'gzip' })
      .serialize((body) => body as string)
      .send(gzipSync(JSON.stringify(REVIEW)) as unknown as string);
    expect(answer.status).toBe(415);
    expect(answer.body.message).toContain('content-encoding gzip');
    await expectNextServed();
  });

  it('is counted', async () => {
    await post('{');
    const metrics = await request(app).get('/metrics');
    expect(metrics.text).toContain('operation="UNKNOWN",verdict="malformed"} 1');
  });
});

describe('the other pages', () => {
  it('are alive from the start and ready when everything is', async () => {
    expect((await request(app).get('/livez')).text).toBe('ok\n');
    const before = await request(app).get('/readyz');
    expect([before.status, before.text]).toEqual([503, expect.stringContaining('the policies are not loaded')]);
    for (const condition of ['policies', 'certificate', 'listening'] as const) health.fulfil(condition);
    expect((await request(app).get('/readyz')).status).toBe(200);
  });

  it('tell that the server stops, and end the connections of those who still ask', async () => {
    for (const condition of ['policies', 'certificate', 'listening'] as const) health.fulfil(condition);
    health.stop();
    expect((await request(app).get('/readyz')).status).toBe(503);
    expect((await request(app).get('/livez')).status).toBe(200);
    expect((await post(REVIEW)).headers['connection']).toBe('close');
  });

  it.each([
    ['get', '/'],
    ['get', '/validate'],
    ['post', '/livez'],
    ['put', '/mutate'],
    ['get', '/%E0%A4%A'],
  ] as const)('%s %s is not there', async (method, path) => {
    const answer = await request(app)[method](path);
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('POST /mutate');
    expect(answer.headers['x-powered-by']).toBeUndefined();
  });
});
