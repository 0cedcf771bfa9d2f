import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { renderHtml } from './html.ts';
import { makeReport, type ObjectOutcome, type Report } from './report.ts';

const html = renderHtml(EXAMPLE);
const HOSTILE = '</script><script>alert(1)</script><img src=x onerror=alert(1)> "\' \u0000\u202e&amp;<!--';

/** What stands between the tags of the only such element with these attributes. */
function contentOf(page: string, tag: string, attributes = ''): string {
  const found = page.split(`<${tag}${attributes}>`);
  expect(found).toHaveLength(2);
  return found[1]?.split(`</${tag}>`)[0] ?? '';
}

function dataOf(page: string): { readonly report: Record<string, unknown> } {
  return JSON.parse(contentOf(page, 'script', ' type="application/json" id="data"'));
}

describe('renderHtml', () => {
  it('gives the same bytes each time', () => {
    expect(renderHtml(structuredClone(EXAMPLE))).toBe(html);
  });

  it('lets only its own script and style run, by their hashes', () => {
    const sha = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${sha(contentOf(html, 'script'))}`,
      `style-src ${sha(contentOf(html, 'style'))}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  it('names no other server', () => {
    const outside = html
      .replaceAll('http://www.w3.org/2000/svg', '')
      .replaceAll('http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg', '');
    expect(outside).not.toMatch(/https?:|src=|@import|url\(/);
  });

  it('has every finding with why, where and what to do', () => {
    const { report } = dataOf(html);
    expect(report['texts']).toContain('What to do.');
    expect(report['objects']).toMatchObject([
      { unjudged: [{ failed: true }, { failed: false }] },
      {
        findings: [
          { policy: 'require-readiness-probe', place: '31:5', fix: expect.stringContaining('+ readinessProbe:') },
          {},
          {},
          {},
        ],
      },
    ]);
  });

  it('shows what the fix does to the file, where that is known', () => {
    const diff = '@@ -1,2 +1,2 @@\n-replicas: 1\n+replicas: 2\n';
    const [first, second] = EXAMPLE.objects as [ObjectOutcome, ObjectOutcome];
    const findings = second.findings.map((finding) => ({ ...finding, edit: { diff, replacements: [] } }));
    const page = renderHtml({ ...EXAMPLE, objects: [first, { ...second, findings }] });
    expect(dataOf(page).report['objects']).toMatchObject([{}, { findings: [{ fix: diff }, {}, {}, {}] }]);
  });

  it('says without scripts what it comes to', () => {
    const text = contentOf(html, 'noscript');
    expect(text).toContain('7 objects in 3 files');
    expect(text).toContain('<td>Deny: would be refused</td><td>1</td>');
    expect(text).toContain('<td>Deployment shop/web</td><td>deploy/web.yaml:31:5</td>');
    expect(text).toContain('<td>deploy/broken.yaml:2:1</td>');
  });

  it('counts one as one', () => {
    const one = renderHtml(makeReport({ ...EMPTY_PARTS, files: 1, judged: 1 }));
    expect(contentOf(one, 'noscript')).toContain('1 object in 1 file, judged by 0 policies.');
  });

  it('takes every text for text', () => {
    const page = renderHtml(hostile(EXAMPLE));
    expect(page.match(/<script|<img|<!--/g)).toEqual(html.match(/<script/g));
    expect(contentOf(page, 'noscript')).toContain('&lt;script&gt;alert(1)');
    const [object] = dataOf(page).report['objects'] as { readonly name: string }[];
    expect(object?.name).toMatch(/^<\/script><script>alert\(1\)<\/script>.* "' &amp;<!--$/);
  });

  it('says of nothing that there is nothing', () => {
    expect(dataOf(renderHtml(makeReport(EMPTY_PARTS))).report).toMatchObject({ objects: [], texts: [] });
  });
});

/** Every text that somebody else may choose, as bad as it can be. */
function hostile(report: Report): Report {
  const spoilt = <T>(value: T, field = ''): T => {
    if (typeof value === 'string') return (FREE.has(field) ? HOSTILE : value) as T;
    if (Array.isArray(value)) return value.map((item) => spoilt(item, field)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, spoilt(part, name)])) as T;
  };
  return spoilt(report);
}

const FREE = new Set([
  'name',
  'namespace',
  'kind',
  'file',
  'message',
  'why',
  'path',
  'container',
  'reason',
  'owner',
  'hint',
]);
