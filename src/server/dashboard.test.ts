import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { EXAMPLE } from '../../test/support/report-example.ts';
import type { Denial } from '../report/live.ts';
import { createDashboard, type DashboardState, listenOnLoopback } from './dashboard.ts';

const DENIAL: Denial = {
  time: Date.UTC(2026, 0, 1),
  namespace: 'shop',
  object: 'Deployment shop/web',
  policies: ['disallow-privileged'],
  message: 'no: <script>alert(1)</script>',
  count: 3,
};

const SCANNED: DashboardState = {
  scan: { report: () => EXAMPLE, denials: () => [DENIAL], scannedAt: () => Date.UTC(2026, 0, 2) },
  elected: () => true,
  leader: () => 'tidegate-1',
  forward: (pod) => `kubectl port-forward pod/${pod} 8080`,
};
const WAITING: DashboardState = {
  ...SCANNED,
  scan: { report: () => undefined, denials: () => [], scannedAt: () => undefined },
};

const get = (path: string, state = SCANNED) => request(createDashboard(state)).get(path).set('host', 'localhost:8080');

describe('the dashboard', () => {
  it('shows the report and who was refused', async () => {
    const { status, text, headers } = await get('/');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(text).toContain('"scannedAt":1767312000000');
    expect(text).toContain('no: \\u003cscript>alert(1)\\u003c/script>');
  });

  it('gives the report as the audit does', async () => {
    const { body } = await get('/report.json');
    expect(body).toMatchObject({ kind: 'AuditReport', summary: { deny: 1 } });
  });

  it('says that there is no scan yet, and on another replica who scans', async () => {
    expect((await get('/page.json', WAITING)).body).toEqual({ live: { elected: true, denials: [] } });
    expect((await get('/report.json', WAITING)).status).toBe(503);
    const other = await get('/page.json', { ...WAITING, elected: () => false });
    expect(other.body.live).toEqual({
      elected: false,
      leader: 'tidegate-1',
      forward: 'kubectl port-forward pod/tidegate-1 8080',
      denials: [],
    });
  });

  it.each(['/', '/page.json', '/report.json'])('sends %s again only when it has changed', async (path) => {
    let report = EXAMPLE;
    const state = { ...SCANNED, scan: { ...SCANNED.scan, report: () => report } };
    const app = createDashboard(state);
    const ask = (tag = '') => request(app).get(path).set({ host: '127.0.0.1', 'if-none-match': tag });
    const { headers } = await ask();
    const again = await ask(headers['etag']);
    expect([again.status, again.text]).toEqual([304, '']);
    report = { ...EXAMPLE, cluster: 'production' };
    expect((await ask(headers['etag'])).status).toBe(200);
  });

  it('keeps browsers from doing anything else with it', async () => {
    const { headers } = await get('/');
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; .*connect-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-cache',
    });
  });

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8080', '10.0.0.1', ''])(
    'answers nobody who came by another name: %s',
    async (host) => {
      expect((await request(createDashboard(SCANNED)).get('/').set('host', host)).status).toBe(421);
    },
  );

  it('only reads', async () => {
    const app = createDashboard(SCANNED);
    expect((await request(app).post('/').set('host', 'localhost')).status).toBe(405);
    expect((await get('/nothing')).status).toBe(404);
    expect((await get('/healthz')).text).toBe('ok\n');
  });

  it('listens on the loopback', async () => {
    const { port, stop } = await listenOnLoopback(createDashboard(SCANNED), 0);
    try {
      expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('ok\n');
      await expect(fetch(`http://[::1]:${port}/healthz`)).rejects.toThrow();
    } finally {
      stop();
    }
  });
});
