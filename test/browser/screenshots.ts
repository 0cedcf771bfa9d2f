/**
 * `node test/browser/screenshots.ts [report.html]`: how the page looks, wide, on a phone, light and dark, as pictures in a
 * folder that it names. For people to look at; without a file it shows a report of the examples.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../support/program.ts';
import { DESKTOP, openAll, openBrowser, PHONE } from './browser.ts';

const [file] = process.argv.slice(2);
const html =
  file === undefined
    ? (await runProgram(process.execPath, ['src/main.ts', 'audit', 'docs/examples', '--output', 'html'])).stdout
    : readFileSync(file, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'tidegate-screenshots-'));
const browser = await openBrowser();

for (const viewport of [DESKTOP, PHONE]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const view of ['', 'group=workload', 'view=changes', 'view=policies', 'view=unjudged']) {
      const { page } = await browser.show(html, { viewport, colorScheme, hash: `#${view}` });
      if (view === '') await openAll(page);
      const name = [viewport.width, colorScheme, view.replace('=', '-')].filter(Boolean).join('-');
      await page.screenshot({
        path: join(folder, `${name}.png`),
        clip: { x: 0, y: 0, width: viewport.width, height: 2400 },
        fullPage: true,
      });
      await page.close();
    }
  }
}
await browser.close();
console.log(folder);
