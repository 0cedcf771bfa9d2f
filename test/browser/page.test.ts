import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderHtml } from '../../src/report/html.ts';
import { makeReport } from '../../src/report/report.ts';
import { EMPTY_PARTS, EXAMPLE } from '../support/report-example.ts';
import { DESKTOP, type OpenBrowser, openAll, openBrowser, PHONE, type ShownPage } from './browser.ts';
import { largeReport } from './large-report.ts';

let browser: OpenBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const LARGE = renderHtml(largeReport(10_000));
const SMALL = renderHtml(EXAMPLE);

const count = ({ page }: ShownPage): Promise<string | null> => page.locator('#count').textContent();
const focused = ({ page }: ShownPage): Promise<unknown> =>
  page.evaluate('document.activeElement.id || document.activeElement.localName');

describe('a report of 10,000 findings', () => {
  it('draws what is in sight and little more, and the rest as the reader comes to it', async () => {
    const { page } = await browser.show(LARGE, { hash: '#group=workload' });
    expect(await page.locator('#count').textContent()).toBe('10,000 findings in 2,000 groups');
    // Of about half a million that all of them would be.
    expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(4000);
    const before = await page.locator('.group').count();
    await page.locator('.group').last().scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator('.group').count()).toBeGreaterThan(before);
  });

  it('shows more of a group when it is asked to, and goes on there', async () => {
    const { page } = await browser.show(LARGE);
    const group = page.locator('.group').first();
    await group.getByRole('button', { name: 'Show 200 more of 244' }).click();
    expect(await group.locator('.row').count()).toBe(206);
    expect(await page.evaluate('document.activeElement === document.querySelectorAll(".row > summary")[6]')).toBe(true);
  });

  it('prints a thousand, and says that there are more', async () => {
    const { page } = await browser.show(LARGE);
    await page.evaluate('dispatchEvent(new Event("beforeprint"))');
    expect(await page.locator('.row').count()).toBe(1000);
    expect(await page.locator('#unprinted').textContent()).toBe(
      '9,000 more findings not printed: filter for what is to be.',
    );
    await page.evaluate('dispatchEvent(new Event("afterprint"))');
    expect(await page.locator('.row').count()).toBeLessThan(200);
  });

  it('narrows down by words and filters, tells the count aloud, and keeps all that in its address', async () => {
    const shown = await browser.show(LARGE);
    const { page } = shown;
    await page.getByLabel('Search').fill('service-77 practice');
    expect(await count(shown)).toBe('55 of 10,000 findings in 38 groups');
    await page.getByLabel('Filter by action').selectOption('Deny');
    await page.getByLabel('Filter by namespace').selectOption('team-17');
    await page.getByText('Workload', { exact: true }).click();
    expect(await count(shown)).toBe('1 of 10,000 findings in 1 group');
    expect(await page.locator('#count').getAttribute('aria-live')).toBe('polite');
    const [name] = await page.locator('.group h3').allTextContents();
    await page.reload();
    expect(await page.locator('.group h3').allTextContents()).toEqual([name]);
    await page.getByRole('button', { name: 'Clear filters' }).click();
    expect(await count(shown)).toBe('10,000 findings in 2,000 groups');
  });
});

describe('a report', () => {
  it('asks nobody for anything, and breaks none of its own rules', async () => {
    const { page, requests, complaints } = await browser.show(SMALL);
    for (const view of await page.locator('.views a').all()) await view.click();
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('opens a finding to why, what to do, where, and the fix', async () => {
    const { page } = await browser.show(SMALL, { hash: '#group=namespace' });
    const row = page.locator('.row').first();
    await row.locator('summary').click();
    const text = await row.locator('.body').textContent();
    for (const part of [
      'Why.',
      'What to do.',
      'deploy/web.yaml:31:5',
      'spec.template.spec.containers[0].readinessProbe',
    ])
      expect(text).toContain(part);
    expect(await row.locator('.diff .added').allTextContents()).toEqual([
      'added: + readinessProbe:\n',
      'added: +   tcpSocket:\n',
      'added: +     port: 80\n',
    ]);
  });

  it('leads by its numbers and its policies to what they count', async () => {
    const shown = await browser.show(SMALL);
    const { page } = shown;
    await page.getByTitle('Findings that are excused').click();
    expect(await page.locator('.row .message').allTextContents()).toEqual([expect.stringContaining('naked-pods')]);
    await page.goBack();
    expect(await count(shown)).toBe('3 findings in 3 groups');
    await page.getByRole('link', { name: 'About the policy Title of require-readiness-probe' }).click();
    expect(await focused(shown)).toBe('policy-require-readiness-probe');
  });

  it('leads to a policy where it stands, and leaves the focus to whoever searches then', async () => {
    const { page } = await browser.show(LARGE);
    await page.evaluate('location.hash = "#view=policies&policy=require-practice-35"');
    const box = await page.locator('#policy-require-practice-35').boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect(box?.y).toBeLessThan(DESKTOP.height);
    await page.getByLabel('Search').pressSequentially('practice 3');
    expect(await page.getByLabel('Search').inputValue()).toBe('practice 3');
  });

  it('leads to a policy however many there are', async () => {
    const [policy] = EXAMPLE.policies;
    if (policy === undefined) throw new Error('no policy');
    const policies = Array.from({ length: 250 }, (_, index) => ({ ...policy, id: `policy-${index}` }));
    const html = renderHtml({ ...EXAMPLE, policies });
    const shown = await browser.show(html, { hash: '#view=policies&policy=policy-249' });
    expect(await focused(shown)).toBe('policy-policy-249');
  });

  it('leads back to the finding that was read, with what was unfolded and what was folded', async () => {
    const { page } = await browser.show(LARGE);
    const group = page.locator('.group').nth(1);
    await page.locator('.fold').first().click();
    await group.getByRole('button', { name: 'Show 200 more' }).click();
    const row = group.locator('.row').nth(150);
    await row.locator('summary').click();
    const top = async (): Promise<number> => (await row.boundingBox())?.y ?? Number.NaN;
    const read = await top();
    for (const leave of [
      () => row.locator('.body a').click(),
      () => page.evaluate('document.querySelector(".tile").click()'),
    ]) {
      await leave();
      await expect.poll(() => row.count().then(async (rows) => rows > 0 && (await row.isVisible()))).toBe(false);
      await page.goBack();
      await row.locator('.body').waitFor();
      await expect.poll(top).toBeCloseTo(read, 0);
      expect(await page.locator('.fold').first().getAttribute('aria-expanded')).toBe('false');
      expect(await page.evaluate('document.activeElement.localName')).toBe('summary');
    }
  });

  it('has an address for the finding that is opened, which shows it wherever it stands', async () => {
    const { page } = await browser.show(LARGE, { hash: '#group=namespace' });
    await page.getByLabel('Search').fill('deploy/team-58/service-1918.yaml:23');
    await page.locator('.row summary').click();
    const hash = new URL(page.url()).hash.replace(/text=[^&]*&/, '');
    expect(hash).toContain('finding=');
    const linked = await browser.show(LARGE, { hash });
    const box = await linked.page.locator('.row[open] .body').boundingBox();
    expect(box?.y).toBeGreaterThan(0);
    expect(box?.y).toBeLessThan(DESKTOP.height);
    expect(await linked.page.locator('.row[open] .message').textContent()).toContain('service-1918');
    expect(await focused(linked)).toBe('summary');
    await linked.page.keyboard.press('Enter');
    expect(new URL(linked.page.url()).hash).toBe('#group=namespace');
  });

  it('does not say that nothing was found where nothing was judged', async () => {
    const { problems } = EXAMPLE;
    const said = async (objects: number): Promise<readonly string[]> => {
      const html = renderHtml(makeReport({ ...EMPTY_PARTS, problems, judged: objects }));
      return (await browser.show(html)).page.locator('#headline, .empty').allTextContents();
    };
    expect(await said(0)).toEqual(['Nothing was judged', 'Nothing was judged.']);
    expect(await said(5)).toEqual(['Nothing found, 2 not judged', 'Nothing found, 2 not judged.']);
  });

  it('does not say that nothing was found where all of it was known', async () => {
    const objects = largeReport(5).objects.map((object) => ({
      ...object,
      findings: object.findings.map((finding) => ({ ...finding, known: true as const })),
    }));
    const shown = await browser.show(renderHtml(makeReport({ ...EMPTY_PARTS, objects, judged: 1 })));
    expect(await shown.page.locator('#headline').textContent()).toBe('Nothing new, 5 known before');
    await shown.page.getByLabel('Filter by action').selectOption('known');
    expect(await count(shown)).toBe('5 of 5 findings in 5 groups');
  });

  it('counts one finding as one', async () => {
    const [object] = largeReport(5).objects;
    if (object === undefined) throw new Error('no object');
    const report = makeReport({ ...EMPTY_PARTS, objects: [{ ...object, findings: object.findings.slice(0, 1) }] });
    expect(await count(await browser.show(renderHtml(report)))).toBe('1 finding in 1 group');
  });

  it('shows what is chosen where the colours are those of the system', async () => {
    const { page } = await browser.show(SMALL, { forcedColors: 'active' });
    const lines =
      'Array.from(document.querySelectorAll(".views a"), (link) => getComputedStyle(link).borderBottomColor)';
    const [chosen, ...others] = (await page.evaluate(lines)) as string[];
    expect(others).not.toContain(chosen);
    const ground = (value: string): Promise<unknown> =>
      page.evaluate(`getComputedStyle(document.querySelector("#groups [value=${value}] + span")).backgroundColor`);
    expect(await ground('policy')).not.toBe(await ground('file'));
  });

  it('can be read by keyboard alone', async () => {
    const shown = await browser.show(SMALL);
    const { keyboard } = shown.page;
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    expect(await focused(shown)).toBe('count');
    await keyboard.press('/');
    await keyboard.type('readiness/');
    expect(await shown.page.locator('#search').inputValue()).toBe('readiness/');
    await keyboard.press('Escape');
    expect(await shown.page.locator('#search').inputValue()).toBe('');
    await keyboard.press('Escape');
    await keyboard.press('j');
    await keyboard.press('Enter');
    expect(await focused(shown)).toBe('summary');
    expect(await shown.page.locator('.row[open] .message').count()).toBe(1);
    await keyboard.press('4');
    expect(await shown.page.locator('.group h3').allTextContents()).toEqual(['deploy/web.yaml']);
    await keyboard.press('?');
    await shown.page.getByLabel('Single keys are on').uncheck();
    await keyboard.press('Escape');
    await keyboard.press('1');
    expect(await shown.page.locator('.group h3').allTextContents()).toEqual(['deploy/web.yaml']);
  });

  it('shows where the focus is', async () => {
    const { page } = await browser.show(SMALL);
    await page.keyboard.press('j');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  });

  it('is dark where the reader wants it dark', async () => {
    const ground = async (colorScheme: 'dark' | 'light'): Promise<unknown> => {
      const { page } = await browser.show(SMALL, { colorScheme });
      return page.evaluate('getComputedStyle(document.body).backgroundColor');
    };
    expect(await ground('light')).toBe('rgb(245, 247, 248)');
    expect(await ground('dark')).toBe('rgb(13, 20, 25)');
  });

  it('is dark on light on paper, whatever the screen is', async () => {
    const { page } = await browser.show(SMALL, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const colors =
      'JSON.stringify([".message", ".meta", ".badge", "h1"].map((name) => getComputedStyle(document.querySelector(name)).color))';
    const printed = await page.evaluate(colors);
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    expect(printed).toBe(await page.evaluate(colors));
  });

  it('fits a phone in every view, with everything open', async () => {
    const { page } = await browser.show(SMALL, { viewport: PHONE });
    for (const view of await page.locator('.views a').all()) {
      await view.click();
      await openAll(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    }
  });

  it('says what it comes to where no script runs', async () => {
    const { page } = await browser.show(SMALL, { javaScriptEnabled: false });
    const text = await page.locator('.static').textContent();
    expect(text).toContain('7 objects in 3 files');
    expect(text).toContain('deploy/web.yaml:31:5');
    expect(await page.locator('#search').isVisible()).toBe(false);
  });
});
