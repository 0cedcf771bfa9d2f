import { Marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { renderMarkdown } from './markdown.ts';
import { cell, code, diffBlock, escaped } from './markdown-text.ts';
import { makeReport, type Report } from './report.ts';

const withEdit: Report = makeReport({
  ...EMPTY_PARTS,
  objects: EXAMPLE.objects.map((object) => ({
    ...object,
    findings: object.findings.map((finding) =>
      finding.fix ? { ...finding, edit: { diff: '@@ -1 +1 @@\n-a: ```\n+a: 1\n', replacements: [] } } : finding,
    ),
  })),
});

it('is short, says what refuses first, and folds the rest', () => {
  expect(renderMarkdown(EXAMPLE)).toMatchInlineSnapshot(`
    "<!-- tidegate -->
    ## ❌ Tidegate: 3 things could not be judged, 1 finding would be refused, 1 warning

    7 objects in 3 files · 2 policies · 1 recorded only · 1 excepted

    ### Not judged, or not as it stands

    - deploy/broken.yaml:2:1: cannot be read as YAML (a Helm template?)
    - deploy/web.yaml:40:3: the key "a" is there twice
    - \`Namespace shop\`: require-labels/rule-2: no such key: team

    ### Refused at admission

    | where | policy | what |
    | --- | --- | --- |
    | \`Deployment shop/web\`<br>\`deploy/web.yaml:31\` | \`require-readiness-probe\` | Something that require-readiness-probe does not accept, with an explanation of some length.<br>\`spec.template.spec.containers[0].readinessProbe\`<br>→ What to do. |

    <details><summary>Warnings (1)</summary>

    | where | policy | what |
    | --- | --- | --- |
    | \`Deployment shop/web\`<br>\`deploy/web.yaml:20\` | \`disallow-latest-tag\` | Something that disallow-latest-tag does not accept, with an explanation of some length.<br>\`spec.template.spec.containers[0].image\`<br>→ What to do. |

    </details>

    <details><summary>Recorded only (1)</summary>

    - \`require-labels\`: \`Deployment shop/web\`

    </details>

    "
  `);
});

it('shows fixes as diffs', () => {
  expect(renderMarkdown(withEdit)).toContain('````diff\n@@ -1 +1 @@\n-a: ```\n+a: 1\n````\n');
});

it('says so where there is nothing', () => {
  expect(renderMarkdown(makeReport({ ...EMPTY_PARTS, files: 1, judged: 2 }))).toBe(
    '<!-- tidegate -->\n## ✅ Tidegate: nothing to complain about\n\n2 objects in 1 file · 0 policies\n\n',
  );
});

it('is never longer than GitHub takes, and says what is left out', () => {
  const objects = Array.from({ length: 2000 }, (_, at) =>
    EXAMPLE.objects.map((object) => ({ ...object, name: `web-${at}` })),
  ).flat();
  const text = renderMarkdown(makeReport({ ...EMPTY_PARTS, objects }));
  expect(text.length).toBeGreaterThan(60_000);
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/_\d+ more problems left out: there is no room here\._\n/);
  expect(text).toContain('_2000 more findings left out');
  expect((text.match(/<details>/g) ?? []).length).toBe((text.match(/<\/details>/g) ?? []).length);
});

describe('text of anybody', () => {
  const marked = new Marked({ gfm: true });
  const WICKED = [
    '*a* _b_ `c` [d](e) ![f](g) <script>h</script> | # i ~~j~~ $k$ &amp; \\',
    '- a',
    '# a',
    '+ a',
    '1. a',
    '2) a',
    '===',
    'closes #12, GH-12 and owner/repo#12; @owner/team',
    'see https://example.com and www.example.com, ask @team or #1',
  ];
  it.each(WICKED)('%j is shown as it is', (text) => {
    const html = (marked.parse(escaped(text)) as string).replace(/^<p>(.*)<\/p>\n$/s, '$1');
    expect(html.replaceAll('<!-- -->', '')).not.toMatch(/<(?!!--)[a-z]/i);
    const shown = html.replaceAll('<!-- -->', '').replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name] ?? '');
    expect(shown).toBe(text);
  });

  it.each([...WICKED, '`', '``a', 'a`b'])('%j is one piece of code, in a table too', (text) => {
    const html = marked.parse(`| a |\n| --- |\n| ${cell(code(text))} |\n`) as string;
    const [, shown = ''] = /<code>([\s\S]*)<\/code>/.exec(html) ?? [];
    expect(shown.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => ENTITIES[name] ?? '')).toBe(text);
  });

  it('calls nobody, and leaves images alone', () => {
    expect(escaped('@team nginx@sha256')).toBe('@<!-- -->team nginx@sha256');
  });

  it('does not leave its block', () => {
    expect(diffBlock('-a\n+```\n')).toBe('````diff\n-a\n+```\n````\n');
  });
});

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
