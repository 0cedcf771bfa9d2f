import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import type { Report } from '../../src/report/report.ts';
import { EXAMPLE } from '../support/report-example.ts';
import { type OpenBrowser, openAll, openBrowser, PHONE } from './browser.ts';

let browser: OpenBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const ATTACKS = [
  '</script><script>alert(1)</script>',
  '<img src="http://evil.example/x" onerror="alert(1)">',
  '"><svg onload=alert(1)>',
  "';alert(1)//",
  '<!--<script>',
  '</noscript><iframe src="javascript:alert(1)">',
  'javascript:alert(1)',
  '__proto__',
  '#view=findings&text=x',
  `no-break-${'x'.repeat(300)}`,
];

// What a manifest, a policy or a file name may hold; the rest is ours.
const FREE = ['name', 'namespace', 'kind', 'file', 'message', 'why', 'path', 'container', 'reason', 'owner', 'hint'];
const OF_POLICIES = ['policy', 'id', 'title', 'category', 'remediation', 'rule', 'fingerprint', 'exception'];

function spoilt<T>(value: T, text: string, field = ''): T {
  if (typeof value === 'string') return ([...FREE, ...OF_POLICIES].includes(field) ? text : value) as T;
  if (Array.isArray(value)) return value.map((item) => spoilt(item, text, field)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, spoilt(part, text, name)])) as T;
}

/** An object, a policy, a problem and an exception for each attack, which is every text of theirs. */
function hostileReport(): Report {
  const reports = ATTACKS.map((attack) => spoilt(EXAMPLE, attack));
  return {
    ...EXAMPLE,
    policies: reports.flatMap(({ policies }) => policies),
    objects: reports.flatMap(({ objects }) => objects),
    problems: reports.flatMap(({ problems }) => problems),
    skipped: reports.flatMap(({ skipped }) => skipped),
    exceptions: reports.flatMap(({ exceptions }) => exceptions),
  };
}

it('every text is text, wherever it stands', async () => {
  const { page, requests, complaints } = await browser.show(renderHtml(hostileReport()), { viewport: PHONE });
  for (const view of await page.locator('.views a').all()) {
    await view.click();
    await openAll(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    // Its own two and nobody else's.
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('img, iframe, object, [onload], [onerror], a[href^="javascript"]').count()).toBe(0);
  }
  await page.locator('.views a').first().click();
  expect(new Set(await page.locator('.row .message').allTextContents())).toEqual(new Set(ATTACKS));
  for (const attack of ATTACKS) {
    await page.getByLabel('Search').fill(attack);
    expect(await page.locator('.row .message').allTextContents()).toContain(attack);
  }
  expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
});
