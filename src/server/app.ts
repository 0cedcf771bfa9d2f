/** The routes, without a socket: three doors for the API server, three pages for those who look after the product. */
import express, { type Express, type Request as HttpRequest, type Response as HttpResponse } from 'express';
import type { Admission, Door } from '../admission/admit.ts';
import { nameOf } from '../admission/place.ts';
import { type AdmissionResponse, malformed, reviewOf } from '../admission/response.ts';
import { parseReview, type Review } from '../admission/review.ts';
import type { Log } from '../telemetry/log.ts';
import type { MetricsPage, Recorder } from '../telemetry/recorder.ts';
import type { Trace } from '../telemetry/trace.ts';
import { type BodyLimits, readJson } from './body.ts';
import type { Health } from './health.ts';

export interface AppDependencies {
  /** Judges a request by the policies in force at this moment. May throw or reject: the answer is then ours to give. */
  readonly judge: (door: Door, request: Review['request']) => Admission | Promise<Admission>;
  /** Hears of every judgement after its answer is sent; must not throw. */
  readonly answered?: (door: Door, request: Review['request'], admission: Admission) => void;
  /** Judges a request for one of our own resources. Left out where there are none: `/policies` is then not there. */
  readonly reviewResource?: (request: Review['request']) => Admission;
  /** Left out where nobody wants traces. */
  readonly trace?: Pick<Trace, 'record'>;
  readonly limits: BodyLimits;
  readonly health: Health;
  readonly recorder: Recorder;
  readonly metrics: MetricsPage;
  readonly log: Log;
}

/** The application; listening is somebody else's task. Every request gets an answer, whatever it holds. */
export function createApp(deps: AppDependencies): Express {
  const app = express();
  app.disable('x-powered-by');
  // Whatever NODE_ENV says: express would show the stack of a mistake to whoever asked.
  app.set('env', 'production');
  app.post('/mutate', (request, response) => countReview('mutate', request, response, deps));
  app.post('/validate', (request, response) => countReview('validate', request, response, deps));
  if (deps.reviewResource) {
    app.post('/policies', (request, response) => countReview('policies', request, response, deps));
  }
  app.get('/livez', (_request, response) => sendText(response, 200, 'ok\n'));
  app.get('/readyz', (_request, response) => {
    const missing = deps.health.missing();
    sendText(response, missing.length === 0 ? 200 : 503, missing.length === 0 ? 'ok\n' : `${missing.join('; ')}\n`);
  });
  app.get('/metrics', async (_request, response) => {
    sendText(response, 200, await deps.metrics.render(), deps.metrics.contentType);
  });
  app.use((_request: HttpRequest, response: HttpResponse) => {
    sendText(response, 404, 'not found: POST /mutate, /validate, /policies; GET /livez, /readyz, /metrics\n');
  });
  return app;
}

/** The doors of admit.ts, and the one of our own resources. */
type Entrance = Door | 'policies';

async function countReview(...[door, request, response, deps]: Parameters<typeof answerReview>): Promise<void> {
  deps.recorder.observeArrival();
  await answerReview(door, request, response, deps).finally(() => deps.recorder.observeEnd());
}

async function answerReview(
  door: Entrance,
  request: HttpRequest,
  response: HttpResponse,
  deps: AppDependencies,
): Promise<void> {
  const started = performance.now();
  const body = await readJson(request, deps.limits).catch(() => undefined);
  if (body === undefined) return;
  // Connections end with their next answer while we stop: the client opens the following one elsewhere.
  if (deps.health.stopping) response.setHeader('connection', 'close');
  if (!body.ok) {
    sendStatus(response, body.code, body.reason, body.message);
    return refused(door, body.message, started, deps);
  }
  const parsed = parseReview(body.value);
  if (parsed.ok) return judgeReview(door, parsed.review, response, started, deps);
  if (parsed.uid === undefined) sendStatus(response, 400, 'BadRequest', parsed.message);
  else sendReview(response, malformed(parsed.uid, parsed.message));
  refused(door, parsed.message, started, deps);
}

async function judgeReview(
  door: Entrance,
  { request }: Review,
  response: HttpResponse,
  started: number,
  deps: AppDependencies,
): Promise<void> {
  try {
    const judged = door === 'policies' ? reviewed(request, deps) : deps.judge(door, request);
    const admission = judged instanceof Promise ? await judged : judged;
    sendReview(response, admission.response);
    const seconds = secondsSince(started);
    deps.recorder.observeRequest(door, request.operation, admission.verdict, seconds);
    observe(admission, deps.recorder);
    traceAnswer(door, request, admission, seconds, response.req, deps);
    if (door !== 'policies') deps.answered?.(door, request, admission);
    logAnswer(door, request, admission, seconds, deps.log);
  } catch (error) {
    const seconds = secondsSince(started);
    deps.recorder.observeRequest(door, request.operation, 'error', seconds);
    traceAnswer(door, request, { verdict: 'error', findings: [], changes: [] }, seconds, response.req, deps);
    deps.log.error(
      { uid: request.uid, door, error: stackOf(error) },
      'a mistake of our own: the request was not judged',
    );
    // Not a denial: with a status of 500 the API server does what the webhook's failurePolicy says.
    const message = `tidegate made a mistake and did not judge request ${request.uid}; its log says more`;
    if (!response.headersSent) sendStatus(response, 500, 'InternalError', message, request.uid);
  }
}

function reviewed(request: Review['request'], { reviewResource }: AppDependencies): Admission {
  if (reviewResource === undefined) throw new Error('nobody reviews resources: the route must not be there');
  return reviewResource(request);
}

function observe({ findings, changes, failures, notJudged, missing = [] }: Admission, recorder: Recorder): void {
  for (const { policy, action, tolerated } of findings)
    recorder.observeFinding(policy, tolerated ? 'Tolerated' : action);
  for (const { policy, action } of changes) recorder.observeChange(policy, action);
  for (const { policy, cause } of missing) recorder.observeMissingChange(policy, cause);
  for (const { policy } of failures) recorder.observeFailure(policy);
  for (const { policy } of notJudged) recorder.observeNotJudged(policy);
}

function traceAnswer(
  door: Entrance,
  { uid, operation, kind }: Review['request'],
  { verdict, findings, changes }: { readonly verdict: string } & Pick<Admission, 'findings' | 'changes'>,
  seconds: number,
  { headers }: HttpRequest,
  { trace }: AppDependencies,
): void {
  trace?.record({
    door,
    operation,
    kind: kind.group === '' ? kind.kind : `${kind.group}/${kind.kind}`,
    verdict,
    uid,
    findings: findings.length,
    changes: changes.length,
    seconds,
    traceparent: headerOf(headers['traceparent']),
    tracestate: headerOf(headers['tracestate']),
  });
}

function headerOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Refusals and failures are told; what passes is for those who ask (debug). */
function logAnswer(door: Entrance, request: Review['request'], admission: Admission, seconds: number, log: Log): void {
  const { verdict, findings, changes, failures } = admission;
  const level = failures.length > 0 ? 'warn' : verdict === 'denied' ? 'info' : 'debug';
  if (!log.isLevelEnabled(level)) return;
  const policies = new Set([...findings, ...changes, ...failures].map(({ policy }) => policy));
  const { uid, operation, kind, namespace, dryRun } = request;
  const subject = { uid, operation, kind: kind.kind, namespace, name: nameOf(request), dryRun };
  const milliseconds = Math.round(seconds * 1e5) / 100;
  log[level]({ door, verdict, ...subject, policies: [...policies], milliseconds }, 'answered');
}

function refused(door: Entrance, message: string, started: number, { recorder, log }: AppDependencies): void {
  recorder.observeRequest(door, 'UNKNOWN', 'malformed', secondsSince(started));
  log.warn({ door, reason: message }, 'not an AdmissionReview');
}

function sendReview(response: HttpResponse, admission: AdmissionResponse): void {
  sendJson(response, 200, reviewOf(admission));
}

/** A metav1.Status: what the API server shows to its client when a webhook does not answer with a review. */
function sendStatus(response: HttpResponse, code: number, reason: string, message: string, uid?: string): void {
  const details = uid === undefined ? {} : { details: { uid } };
  sendJson(response, code, { apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message, ...details });
}

// Straight to Node: express would compute an ETag for an answer that nobody caches.
function sendJson(response: HttpResponse, code: number, value: unknown): void {
  send(response, code, JSON.stringify(value), 'application/json');
}

function sendText(response: HttpResponse, code: number, text: string, contentType = 'text/plain; charset=utf-8'): void {
  send(response, code, text, contentType);
}

function send(response: HttpResponse, code: number, text: string, contentType: string): void {
  response.writeHead(code, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
