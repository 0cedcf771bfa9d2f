/** A real browser, and pages of reports in it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export interface OpenBrowser {
  /** A page that shows this text as a file of the disk; `hash` with its #. */
  show(html: string, options?: Showing): Promise<ShownPage>;
  /** A page at this address. */
  visit(url: string, options?: Showing): Promise<ShownPage>;
  close(): Promise<void>;
}

export interface Showing extends BrowserContextOptions {
  readonly hash?: string;
}

export interface ShownPage {
  readonly page: Page;
  /** Addresses that were asked for beside the page itself. */
  readonly requests: readonly string[];
  /** What went wrong in it: exceptions, and what its Content-Security-Policy has stopped. */
  readonly complaints: readonly string[];
}

export const DESKTOP = { width: 1280, height: 900 } as const;
export const PHONE = { width: 390, height: 844 } as const;

export async function openBrowser(): Promise<OpenBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-browser-'));
  const browser = await chromium.launch({ executablePath: chromiumPath() });
  let files = 0;
  const visit: OpenBrowser['visit'] = (url, options = {}) => open(browser, url, options);
  return {
    visit,
    show: (html, options = {}) => {
      const file = join(folder, `${files++}.html`);
      writeFileSync(file, html);
      return visit(`file://${file}${options.hash ?? ''}`, options);
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function open(browser: Browser, url: string, { hash: _, ...options }: Showing): Promise<ShownPage> {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    const address = request.url();
    if (!request.isNavigationRequest() && !address.startsWith('data:')) requests.push(address);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  return { page, requests, complaints };
}

/** Opens whatever of the page can be opened. */
export async function openAll(page: Page): Promise<void> {
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
}

/** As packages.sh looks for it. */
function chromiumPath(): string {
  const names = [process.env['TIDEGATE_CHROMIUM'] ?? 'chromium', 'chromium-browser', 'google-chrome'];
  const script = 'for name; do command -v "$name" && exit; done; exit 1';
  try {
    return execFileSync('sh', ['-c', script, 'sh', ...names], { encoding: 'utf8' }).trim();
  } catch {
    throw new Error('there is no Chromium: bash test/browser/packages.sh installs it');
  }
}
