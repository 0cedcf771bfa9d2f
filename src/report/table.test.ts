import { expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { COLOURS, PLAIN } from './paint.ts';
import { makeReport } from './report.ts';
import { renderTable } from './table.ts';

const plain = (width: number): string => renderTable(EXAMPLE, { width, paint: PLAIN });

it('fits 80 columns', () => {
  expect(plain(80)).toMatchInlineSnapshot(`
    "deploy/web.yaml
      Namespace shop
        ✗ 1:1   require-labels  rule-2
                could not be evaluated: no such key: team
        ? 1:1   require-quota  rule-1
                not judged: resourcequotas are not known
      Deployment shop/web
        ✗ 31:5  require-readiness-probe  containers[web].readinessProbe
                Something that require-readiness-probe does not accept, with an
                explanation of some length.
        ! 20:5  disallow-latest-tag  spec.containers[0].image
                Something that disallow-latest-tag does not accept, with an
                explanation of some length.

    At admission, the webhook would set fields of
      ~ set-pre-stop-sleep          shop/web (recorded only)
      ~ set-revision-history-limit  shop/web

    Recorded only (--output json says where)
      · require-labels  shop/web

    Exceptions to take away or renew
      deploy/exceptions.yaml:1:1: shop/legacy has expired (2026-03-31T00:00:00Z)
        ask shop

    Not judged, or not as it stands
      deploy/broken.yaml:2:1: cannot be read as YAML (a Helm template?)
      deploy/web.yaml:40:3: the key "a" is there twice

    Skipped
      deploy/values.yaml:1: no Kubernetes object

    ✗ 1 deny   ! 1 warn   · 1 audit   ○ 1 excepted   ~ 2 fields to set
    ✗ 1 rule failed   ? 1 rule not judged
    7 objects in 3 files, 2 policies, 2 problems
    "
  `);
});

it('uses 160 columns', () => {
  expect(plain(160)).toMatchInlineSnapshot(`
    "deploy/web.yaml
      Namespace shop
        ✗ 1:1   require-labels           rule-2                          could not be evaluated: no such key: team
        ? 1:1   require-quota            rule-1                          not judged: resourcequotas are not known
      Deployment shop/web
        ✗ 31:5  require-readiness-probe  containers[web].readinessProbe  Something that require-readiness-probe does not accept, with an explanation of some length.
        ! 20:5  disallow-latest-tag      spec.containers[0].image        Something that disallow-latest-tag does not accept, with an explanation of some length.

    At admission, the webhook would set fields of
      ~ set-pre-stop-sleep          shop/web (recorded only)
      ~ set-revision-history-limit  shop/web

    Recorded only (--output json says where)
      · require-labels  shop/web

    Exceptions to take away or renew
      deploy/exceptions.yaml:1:1: shop/legacy has expired (2026-03-31T00:00:00Z)
        ask shop

    Not judged, or not as it stands
      deploy/broken.yaml:2:1: cannot be read as YAML (a Helm template?)
      deploy/web.yaml:40:3: the key "a" is there twice

    Skipped
      deploy/values.yaml:1: no Kubernetes object

    ✗ 1 deny   ! 1 warn   · 1 audit   ○ 1 excepted   ~ 2 fields to set   ✗ 1 rule failed   ? 1 rule not judged
    7 objects in 3 files, 2 policies, 2 problems
    "
  `);
});

it.each([80, 100, 160])('keeps to %i columns', (width) => {
  const report = plain(width).split('\n');
  expect(report.filter((line) => line.length > width && !line.includes('.yaml'))).toEqual([]);
});

it('wraps problems, and cuts no place', () => {
  const file = `${'deep/'.repeat(20)}a.yaml`;
  const short = { file: 'b.yaml', line: 1, column: 2, message: 'cannot be read as YAML' };
  const long = { file, line: 1, message: 'cannot be read as Pod: spec.containers[0] is null, expected an object' };
  const problems = [
    short,
    { ...long, file: 'c.yaml' },
    { ...long, hint: 'is the indentation right?', excerpt: 'spec:\n    ^' },
  ];
  const text = renderTable(makeReport({ ...EMPTY_PARTS, problems }), { width: 80, paint: PLAIN });
  expect(text).toContain(`
  b.yaml:1:2: cannot be read as YAML
  c.yaml:1: cannot be read as Pod: spec.containers[0] is null, expected an
    object
  ${file}:1:
    cannot be read as Pod: spec.containers[0] is null, expected an object (is
    the indentation right?)
    spec:
        ^
`);
});

it('says the same in colours', () => {
  const coloured = renderTable(EXAMPLE, { width: 80, paint: COLOURS });
  expect(coloured).toContain('\u001B[31m✗\u001B[39m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  expect(coloured.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain(80));
});

it('is short where there is nothing to say', () => {
  const report = makeReport({ ...EMPTY_PARTS, files: 1, judged: 2 });
  expect(renderTable(report, { width: 80, paint: PLAIN })).toBe('✓ nothing found\n2 objects in 1 file, 0 policies\n');
});

it('names the first few of many skipped documents', () => {
  const skipped = Array.from({ length: 8 }, (_, index) => ({ file: 'a.yaml', line: index + 1, reason: 'text' }));
  const text = renderTable(makeReport({ ...EMPTY_PARTS, skipped }), { width: 80, paint: PLAIN });
  expect(text).toContain('  a.yaml:5: text\n  and 3 more (--output json names them all)\n');
  expect(text).not.toContain('a.yaml:6');
});

it('shows in full what is only recorded where nothing acts', () => {
  const objects = EXAMPLE.objects.map((object) => ({
    ...object,
    failures: [],
    findings: object.findings.map((finding) => ({ ...finding, action: 'Audit' as const })),
  }));
  const text = renderTable(makeReport({ ...EMPTY_PARTS, objects }), { width: 80, paint: PLAIN });
  expect(text).toContain('· 20:5  disallow-latest-tag');
  expect(text).not.toContain('Recorded only');
});

it('counts by policy what a large cluster has, and says where each is', () => {
  const objects = Array.from({ length: 60 }, (_, at) =>
    EXAMPLE.objects.map(({ file: _file, line: _line, column: _column, ...object }) => ({
      ...object,
      name: `web-${at}`,
    })),
  ).flat();
  const text = renderTable(makeReport({ ...EMPTY_PARTS, cluster: 'production', objects }), { width: 80, paint: PLAIN });
  expect(text.split('\n\n').slice(0, 2).join('\n\n')).toMatchInlineSnapshot(`
    "in no namespace
      ✗ require-labels           60  web-0, web-1, web-10, web-11 and 56 more
      ? require-quota            60  web-0, web-1, web-10, web-11 and 56 more

    namespace shop
      ✗ require-readiness-probe  60  web-0, web-1, web-10, web-11 and 56 more
      ! disallow-latest-tag      60  web-0, web-1, web-10, web-11 and 56 more"
  `);
  expect(text).toContain('Counted by policy: --output html=FILE shows each finding.');
  expect(text.split('\n').length).toBeLessThan(30);
});

it('names the objects of a small cluster by their namespace once', () => {
  const objects = EXAMPLE.objects.map(({ file: _file, line: _line, column: _column, ...object }) => object);
  const text = renderTable(makeReport({ ...EMPTY_PARTS, cluster: 'production', objects }), { width: 80, paint: PLAIN });
  expect(text).toContain('namespace shop\n  Deployment web\n');
});

it('tells once of rules of a policy that could not be judged for the same reason', () => {
  const objects = EXAMPLE.objects.map((object) => ({
    ...object,
    notJudged: ['replicas', 'rollout'].map((rule) => ({ policy: 'a', rule, message: 'no node is known' })),
  }));
  const text = renderTable(makeReport({ ...EMPTY_PARTS, objects: objects.slice(0, 1) }), { width: 160, paint: PLAIN });
  expect(text).toMatch(/\? 1:1 {2}a +replicas, rollout +not judged: no node is known\n/);
});
