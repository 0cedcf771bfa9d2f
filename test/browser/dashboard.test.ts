import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Denial } from '../../src/report/live.ts';
import type { Report } from '../../src/report/report.ts';
import { createDashboard, listenOnLoopback, type OpenDashboard } from '../../src/server/dashboard.ts';
import { EXAMPLE } from '../support/report-example.ts';
import { type OpenBrowser, openBrowser } from './browser.ts';

const DENIAL: Denial = {
  time: Date.UTC(2026, 0, 1),
  namespace: 'shop',
  object: 'Deployment shop/web',
  policies: ['disallow-privileged'],
  message: 'Container "web" is privileged.\nTake securityContext.privileged away.',
  count: 3,
};

let browser: OpenBrowser;
let dashboard: OpenDashboard;
let report: Report | undefined;
let denials: readonly Denial[];
let isElected: boolean;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  [report, denials, isElected] = [undefined, [], true];
  const scan = {
    report: () => report,
    denials: () => denials,
    scannedAt: () => (report === undefined ? undefined : Date.UTC(2026, 0, 2)),
  };
  const forward = (pod: string): string => `kubectl port-forward pod/${pod} 8080`;
  const app = createDashboard({ scan, elected: () => isElected, leader: () => 'tidegate-1', forward });
  dashboard = await listenOnLoopback(app, 0);
});
afterEach(() => dashboard.stop());

const visit = () => browser.visit(`http://localhost:${dashboard.port}/`);
/** What the page does every few seconds, and when somebody comes back to it. */
const ASK = 'document.dispatchEvent(new Event("visibilitychange"))';

describe('the dashboard', () => {
  it('says that there is no scan yet, and shows it when there is, at the place where the reader was', async () => {
    const { page, requests, complaints } = await visit();
    expect(await page.locator('#headline').textContent()).toBe('No scan yet');
    expect(await page.locator('#live').textContent()).toContain('No scan has come to its end yet');
    report = EXAMPLE;
    await page.evaluate(ASK);
    await expect.poll(() => page.locator('#headline').textContent()).toBe('1 object would be refused');
    expect(await page.locator('#live time').getAttribute('datetime')).toBe('2026-01-02T00:00:00.000Z');
    await page.getByLabel('Search').fill('readiness');
    await page.locator('.row summary').click();
    denials = [DENIAL];
    await page.evaluate(ASK);
    await page.getByRole('link', { name: 'Denied 1' }).waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('readiness');
    expect(await page.locator('.row[open] .body').count()).toBe(1);
    expect(await page.evaluate('document.activeElement.localName')).toBe('summary');
    await page.getByRole('link', { name: 'Denied 1' }).click();
    await page.getByLabel('Search').fill('');
    expect(await page.locator('.entry').textContent()).toContain('Container "web" is privileged.');
    expect(new Set(requests)).toEqual(new Set([`http://localhost:${dashboard.port}/page.json`]));
    expect(complaints).toEqual([]);
  });

  it('leaves what is opened and the focus alone where only refusals come', async () => {
    report = EXAMPLE;
    const { page } = await browser.visit(`http://localhost:${dashboard.port}/#view=changes`);
    await page.locator('.folded summary').first().click();
    denials = [DENIAL];
    await page.evaluate(ASK);
    await page.getByRole('link', { name: 'Denied 1' }).waitFor();
    expect(await page.locator('.folded[open]').count()).toBe(1);
    expect(await page.evaluate('document.activeElement.localName')).toBe('summary');
  });

  it('leaves what is opened, the focus and the marked text alone where the report changes elsewhere', async () => {
    report = EXAMPLE;
    const { page } = await browser.visit(`http://localhost:${dashboard.port}/#view=changes`);
    await page.locator('.folded summary').first().click();
    await page.evaluate('getSelection().selectAllChildren(document.querySelector(".folded .added"))');
    const marked = await page.evaluate('String(getSelection())');
    expect(marked).not.toBe('');
    report = { ...EXAMPLE, policies: EXAMPLE.policies.slice(1) };
    await page.evaluate(ASK);
    await page.getByRole('link', { name: 'Policies 1' }).waitFor();
    expect(await page.evaluate('String(getSelection())')).toBe(marked);
    expect(await page.locator('.folded[open]').count()).toBe(1);
    expect(await page.evaluate('document.activeElement.localName')).toBe('summary');
  });

  it('keeps the focus on a view whose number changes', async () => {
    [report, denials] = [EXAMPLE, [DENIAL]];
    const { page } = await visit();
    await page.getByRole('link', { name: 'Denied 1' }).focus();
    denials = [DENIAL, { ...DENIAL, object: 'Deployment shop/other' }];
    await page.evaluate(ASK);
    await page.getByRole('link', { name: 'Denied 2' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Denied 2');
  });

  it('names the replica that scans', async () => {
    isElected = false;
    const { page } = await visit();
    expect(await page.locator('#headline').textContent()).toBe('No scan here');
    expect(await page.locator('#live').textContent()).toContain('kubectl port-forward pod/tidegate-1 8080');
  });

  it('says when it is not answered any more', async () => {
    report = EXAMPLE;
    const { page } = await visit();
    dashboard.stop();
    await page.evaluate(ASK);
    await page.getByText('does not answer any more').waitFor();
    expect(await page.locator('.group').count()).toBe(3);
  });
});
