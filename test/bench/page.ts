/**
 * The page of a report with 10,000 findings: how long it takes to make, to open in a real browser, and to search. Does
 * nothing where there is no browser. `node test/bench/page.ts`.
 */
import { renderHtml } from '../../src/report/html.ts';
import { type OpenBrowser, openBrowser } from '../browser/browser.ts';
import { largeReport } from '../browser/large-report.ts';
import { QUICK } from './effort.ts';
import { median } from './median.ts';
import { table } from './table.ts';

const FINDINGS = 10_000;
const ROUNDS = QUICK ? 1 : 5;

// From the start of the navigation until everything is drawn and painted: the script runs before the load event.
const OPENED = `new Promise((resolve) => requestAnimationFrame(() => setTimeout(() => resolve(Math.max(
  performance.getEntriesByType('navigation')[0].loadEventEnd,
  performance.getEntriesByName('first-contentful-paint')[0].startTime,
)))))`;
const SEARCHED = `new Promise((resolve) => {
  const search = document.getElementById('search');
  search.focus();
  const started = performance.now();
  search.value = 'service-77';
  search.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - started)));
})`;

/** Prints it: a few seconds. */
export async function benchPage(): Promise<void> {
  const browser = await openBrowser().catch(() => undefined);
  if (browser === undefined) return console.log('  no Chromium: bash test/browser/packages.sh installs it');
  try {
    await measure(browser);
  } finally {
    await browser.close();
  }
}

async function measure(browser: OpenBrowser): Promise<void> {
  const report = largeReport(FINDINGS);
  const rounds = { made: [] as number[], opened: [] as number[], searched: [] as number[] };
  let html = '';
  let nodes: unknown;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    html = renderHtml(report);
    rounds.made.push(performance.now() - started);
    const { page } = await browser.show(html);
    rounds.opened.push(Number(await page.evaluate(OPENED)));
    nodes = await page.evaluate('document.querySelectorAll("*").length');
    rounds.searched.push(Number(await page.evaluate(SEARCHED)));
    await page.close();
  }
  const size = `${(Buffer.byteLength(html) / 1e6).toFixed(1)} MB`;
  const times = Object.values(rounds).map((values) => `${Math.round(median(values))} ms`);
  const head = [`${FINDINGS} findings`, 'size', 'made in', 'open in', 'searched in', 'elements'];
  console.log(table([head, ['page', size, ...times, String(nodes)]]));
}

if (import.meta.main) await benchPage();
