/**
 * A Secret from the API server to the answer of the webhook: policies that try to say what is in it, before an API server
 * that counts what it is asked.
 */
import { openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request, { type Response } from 'supertest';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noCluster } from '../../src/admission/cluster-view.ts';
import { judge } from '../../src/admission/judge.ts';
import { secretsFrom } from '../../src/admission/secrets.ts';
import type { JsonMap } from '../../src/cel/value.ts';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { secretReader } from '../../src/kube/secret.ts';
import { createApp } from '../../src/server/app.ts';
import { createHealth } from '../../src/server/health.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { createPrometheus } from '../../src/telemetry/prometheus.ts';
import { type Answer, type ApiServer, startApiServer } from '../support/api-server.ts';
import { pod, policy, requestOf, setOf } from '../support/policies.ts';

const LINE = 'GET /api/v1/namespaces/shop/secrets/db';
const data = { password: 'aHVudGVyMg==' };
const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data }) };
const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db', namespace: 'shop', annotations }, data };

const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['pods'] }];
const db = "resources.get('v1', 'secrets', request.namespace, 'db')";
const rule = (name: string, expression: string, messageExpression: string): JsonMap =>
  policy(name, { matchConstraints: { resourceRules }, validations: [{ expression, messageExpression }] });
const POLICIES = [
  rule('has-user', `'user' in ${db}.data`, `'It has ' + ${db}.data.map(key, key).join(', ') + '.'`),
  rule('tells', `${db}.data.password == 'guess'`, `'It is ' + string(${db}.data.password)`),
  rule('fails', `string(${db}.data.password) != ''`, `string(${db}.data)`),
];

describe('a webhook that may read Secrets', () => {
  let server: ApiServer;
  let answer: Answer | 'never';
  let folder: string;
  let ask: () => Promise<Response>;
  let written: () => Promise<string>;

  beforeEach(async () => {
    answer = { body: SECRET };
    server = await startApiServer({ [LINE]: () => answer });
    folder = await mkdtemp(join(tmpdir(), 'tidegate-secrets-'));
    const log = createLog('trace', openSync(join(folder, 'log'), 'w'));
    const { recorder, page } = createPrometheus();
    const set = setOf(POLICIES);
    const report = (problem: Readonly<Record<string, unknown>>): void => log.warn(problem, 'cannot read Secrets');
    const secrets = secretsFrom(secretReader(server.config), { namespaces: ['shop'], report });
    const app = createApp({
      judge: (door, review) => judge(door, set, review, { ...noCluster, secrets }),
      limits: DEFAULT_LIMITS,
      health: createHealth(),
      recorder,
      metrics: page,
      log,
    });
    const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: requestOf(pod([])) };
    ask = async () => request(app).post('/validate').send(body);
    written = async () => {
      await log.close();
      return `${await readFile(join(folder, 'log'), 'utf8')}${await page.render()}`;
    };
  });
  afterEach(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('judges by the keys of the one that is asked for, and never says what they hold', async () => {
    const { status, text, body } = await ask();
    expect([status, body.response.allowed]).toEqual([200, false]);
    expect(body.response.status.message).toContain('has-user: It has password');
    expect(`${text}${await written()}`).not.toMatch(/hunter|aHVudGVy/);
    expect(server.requests.map(({ line }) => line)).toEqual([LINE]);
  });

  it('judges nothing by one that it may not read, lets the request pass, and says why in the log', async () => {
    answer = { status: 403, body: { message: 'secrets "db" is forbidden' } };
    const { body } = await ask();
    expect(body.response.allowed).toBe(true);
    await ask();
    const log = await written();
    expect(log.match(/secrets \\"db\\" is forbidden/g)).toHaveLength(1);
    expect(log).toMatch(/"namespace":"shop"/);
  });

  it('answers in time when the API server does not', async () => {
    answer = 'never';
    const started = performance.now();
    const { body } = await ask();
    expect(body.response.allowed).toBe(true);
    expect(performance.now() - started).toBeLessThan(2700);
  });
});
