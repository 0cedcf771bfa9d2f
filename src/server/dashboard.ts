/** The report over the live state, as a page for whoever may forward a port to this Pod. It only reads, and knows no users. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { PageData, PageLive } from '../page/data.ts';
import { contentPolicy, renderPage } from '../report/html.ts';
import { pageReport } from '../report/html-data.ts';
import { renderJson } from '../report/json.ts';
import type { ScanState } from '../report/live.ts';
import type { Report } from '../report/report.ts';

export interface DashboardState {
  readonly scan: ScanState;
  /** Every replica scans, a part of the namespaces each. */
  readonly sharded?: boolean;
  readonly elected: () => boolean;
  /** The Pod that is elected, as far as it is known. */
  readonly leader: () => string | undefined;
  /** The command that shows the dashboard of that Pod. */
  readonly forward: (pod: string) => string;
}

/** The application; listening is somebody else's task. */
export function createDashboard(state: DashboardState): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('env', 'production');
  app.set('etag', false);
  app.use(onlyLocal, secured);
  const made = onceFor(state);
  app.get('/', (request, response) => {
    const { data, json, tag } = made.page();
    answer(request, response, 'text/html; charset=utf-8', `"h${tag}"`, () => renderPage(data, json));
  });
  app.get('/page.json', (request, response) => {
    const { json, tag } = made.page();
    answer(request, response, 'application/json', `"${tag}"`, () => json);
  });
  app.get('/report.json', (request, response) => {
    const report = state.scan.report();
    if (report === undefined) return void sendText(response, 503, 'no scan has come to its end yet\n');
    const text = made.document(report);
    answer(request, response, 'application/json', `"${hashOf(text)}"`, () => text);
  });
  app.get('/healthz', (_request, response) => sendText(response, 200, 'ok\n'));
  app.use((request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    sendText(
      response,
      isRead ? 404 : 405,
      isRead ? 'not found: /, /report.json, /healthz\n' : 'this page only reads\n',
    );
  });
  return app;
}

// A page of somewhere else could have a name of its own lead here, and read as this machine: such names are not ours.
const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

function onlyLocal({ headers }: Request, response: Response, next: NextFunction): void {
  if (LOCAL.test(headers.host ?? '')) next();
  else sendText(response, 421, 'only as localhost: kubectl port-forward\n');
}

function secured(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    'content-security-policy': `${contentPolicy(true)}; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // Kept, and asked for at each use whether it still holds.
    'cache-control': 'private, no-cache',
  });
  next();
}

interface Made {
  readonly data: PageData;
  readonly json: string;
  readonly tag: string;
}

/** What takes time is made when somebody looks, and once for each report: this process answers the API server too. */
function onceFor({ scan, sharded = false, elected, leader, forward }: DashboardState) {
  const pages = new WeakMap<Report, { readonly data: PageData['report']; readonly json: string }>();
  const documents = new WeakMap<Report, string>();
  let last: (Made & { readonly live: string; readonly report: Report | undefined }) | undefined;
  const pageOf = (report: Report) => {
    const known = pages.get(report);
    if (known) return known;
    const data = pageReport(report);
    const made = { data, json: JSON.stringify(data) };
    pages.set(report, made);
    return made;
  };
  const page = (): Made => {
    const report = scan.report();
    const scannedAt = scan.scannedAt();
    const pod = elected() ? undefined : leader();
    const live: PageLive = {
      ...(scannedAt !== undefined && { scannedAt }),
      elected: elected(),
      ...(sharded && { sharded }),
      ...(pod !== undefined && { leader: pod, forward: forward(pod) }),
      denials: scan.denials(),
    };
    const liveJson = JSON.stringify(live);
    if (last !== undefined && last.report === report && last.live === liveJson) return last;
    const found = report && pageOf(report);
    const json = `{${found ? `"report":${found.json},` : ''}"live":${liveJson}}`;
    const data = { ...(found?.data && { report: found.data }), live };
    last = { data, json, tag: hashOf(json), live: liveJson, report };
    return last;
  };
  const document = (report: Report): string => {
    const text = documents.get(report) ?? renderJson(report);
    documents.set(report, text);
    return text;
  };
  return { page, document };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

function answer(request: Request, response: Response, type: string, tag: string, text: () => string): void {
  response.set({ etag: tag, 'content-type': type });
  if (request.headers['if-none-match'] === tag) response.status(304).end();
  else response.send(text());
}

function sendText(response: Response, code: number, text: string): void {
  response.status(code).set('content-type', 'text/plain; charset=utf-8').send(text);
}

export interface OpenDashboard {
  readonly port: number;
  stop(): void;
}

// Whoever looks at it is a person or two.
const MOST_CONNECTIONS = 20;

/**
 * Listens on the loopback alone, which is where `kubectl port-forward` leads: nobody else of the cluster gets there. 0 for
 * any free port. Rejects where the port cannot be had.
 */
export async function listenOnLoopback(app: Express, port: number): Promise<OpenDashboard> {
  const server = createServer(app);
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
