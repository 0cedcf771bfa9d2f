import axe from 'axe-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import { EXAMPLE } from '../support/report-example.ts';
import { DESKTOP, type OpenBrowser, openAll, openBrowser, PHONE } from './browser.ts';

let browser: OpenBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const PAGE = renderHtml(EXAMPLE);
const VIEWS = ['', '#group=workload', '#view=changes', '#view=policies', '#view=unjudged', '#view=exceptions'];
const SCREENS = [
  ...VIEWS.map((hash) => ({ colorScheme: 'light', viewport: DESKTOP, hash }) as const),
  ...VIEWS.slice(0, 3).map((hash) => ({ colorScheme: 'dark', viewport: DESKTOP, hash }) as const),
  ...VIEWS.slice(0, 2).map((hash) => ({ colorScheme: 'dark', viewport: PHONE, hash }) as const),
];

it.each(SCREENS)('keeps the rules of accessibility: $colorScheme, $viewport.width, $hash', async (showing) => {
  const { page } = await browser.show(PAGE, showing);
  await openAll(page);
  await page.evaluate(axe.source);
  const { violations, passes } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  expect(passes.length).toBeGreaterThan(20);
});
