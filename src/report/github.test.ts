import { expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { renderGithub } from './github.ts';
import { makeReport, type Report, type ReportedFinding } from './report.ts';

const [, web] = EXAMPLE.objects;

function reportWith(findings: readonly ReportedFinding[], file?: string): Report {
  if (web === undefined) throw new Error('the example has no Deployment');
  return makeReport({ ...EMPTY_PARTS, objects: [{ ...web, ...(file !== undefined && { file }), findings }] });
}

it('annotates the lines of findings, not of those that are excepted', () => {
  expect(renderGithub(EXAMPLE)).toMatchInlineSnapshot(`
    "::error file=deploy/broken.yaml,line=2,col=1,title=Not judged::deploy/broken.yaml:2:1: cannot be read as YAML (a Helm template?)
    ::error file=deploy/web.yaml,line=40,col=3,title=Not judged::deploy/web.yaml:40:3: the key "a" is there twice
    ::error file=deploy/web.yaml,line=1,col=1,title=require-labels%3A Namespace shop::rule-2 could not be evaluated: no such key: team
    ::error file=deploy/web.yaml,line=31,col=5,title=require-readiness-probe%3A Deployment shop/web::Something that require-readiness-probe does not accept, with an explanation of some length.%0AWhat to do.
    ::warning file=deploy/web.yaml,line=20,col=5,title=disallow-latest-tag%3A Deployment shop/web::Something that disallow-latest-tag does not accept, with an explanation of some length.%0AWhat to do.
    ::notice file=deploy/web.yaml,line=13,col=5,title=require-labels%3A Deployment shop/web::Something that require-labels does not accept, with an explanation of some length.%0AWhat to do.
    "
  `);
});

it('lets no text of a file end a command, begin another or forge a place', () => {
  const [finding] = web?.findings ?? [];
  const wicked = { ...finding, message: '100%\r\n::error file=x::y', policy: 'a,b:c%' } as ReportedFinding;
  expect(renderGithub(reportWith([wicked], './a,b:c%\n::warning ::.yaml'))).toBe(
    '::error file=a%2Cb%3Ac%25 %3A%3Awarning %3A%3A.yaml,line=31,col=5,title=a%2Cb%3Ac%25%3A Deployment shop/web' +
      '::100%25 ::error file=x::y%0AWhat to do.\n',
  );
});

it('shows no more than GitHub does, and says how many there are', () => {
  const [finding] = web?.findings ?? [];
  const many = ['Warn', 'Deny'].flatMap((action) =>
    Array.from({ length: 12 }, (_, at) => ({ ...finding, action, line: at + 1 }) as ReportedFinding),
  );
  const lines = renderGithub(reportWith(many)).trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
  expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
  expect(lines.at(0)).toContain('::error file=deploy/web.yaml,line=1,');
  expect(lines.at(-1)).toBe('Tidegate found 12 errors, 12 warnings; of each, 10 are annotated.');
});

it.each([
  [12, 12, 5, 5],
  [12, 2, 8, 2],
  [3, 12, 3, 7],
])('shares them where there are %i problems and %i findings', (unread, found, problemsShown, findingsShown) => {
  const [finding] = web?.findings ?? [];
  const findings = Array.from({ length: found }, () => ({ ...finding, action: 'Deny' }) as ReportedFinding);
  const problems = Array.from({ length: unread }, (_, at) => ({ file: `${at}.yaml`, message: 'cannot be read' }));
  const text = renderGithub({ ...reportWith(findings), problems });
  expect(text.match(/^::error .*title=Not judged::/gm)).toHaveLength(problemsShown);
  expect(text.match(/^::error (?!.*title=Not judged)/gm)).toHaveLength(findingsShown);
});

it('has no place for what is in no file', () => {
  const objects = EXAMPLE.objects.map(({ file: _file, line: _line, column: _column, ...object }) => object);
  const [first] = renderGithub(makeReport({ ...EMPTY_PARTS, cluster: 'production', objects })).split('\n');
  expect(first).toMatch(/^::error title=[^,]*::/);
});

it('is empty where there is nothing', () => {
  expect(renderGithub(makeReport(EMPTY_PARTS))).toBe('');
});
