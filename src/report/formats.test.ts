import { describe, expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { FORMATS, WITH_EDITS, WITH_FIXES } from './formats.ts';
import { PLAIN } from './paint.ts';
import { makeReport, type ObjectOutcome, type Report, type ReportedFinding } from './report.ts';

const screen = { width: 100, paint: PLAIN };
const of = (objects: readonly ObjectOutcome[], more: Partial<Report> = {}): Report =>
  makeReport({ ...EMPTY_PARTS, ...more, policies: [], objects, files: 3, judged: 7 });

function withFindings(change: (finding: ReportedFinding) => ReportedFinding): Report {
  const objects = EXAMPLE.objects.map((object) => ({ ...object, findings: object.findings.map(change) }));
  return { ...EXAMPLE, objects };
}

const START = { line: 1, column: 1 };
const edit = { diff: '@@ -1 +1 @@\n-a\n+b', replacements: [{ start: START, end: START, text: 'b' }] };
const MENDED = withFindings((finding) => ({ ...finding, fix: [{ op: 'remove', path: '/spec/hostPID' }], edit }));
const UNMENDED = withFindings(({ fix: _fix, edit: _edit, ...finding }) => finding);

const WICKED = 'a\u001B[31m\u0007\u202Eb\u2028c\r\nd';
const wicked = EXAMPLE.objects.map((object) => ({
  ...object,
  name: WICKED,
  findings: object.findings.map((finding) => ({ ...finding, message: WICKED, container: WICKED })),
}));

describe.each(Object.entries(FORMATS))('%s', (format, render) => {
  it('asks for fixes exactly if it shows them', () => {
    expect(render(UNMENDED, screen) !== render(MENDED, screen)).toBe(WITH_FIXES.has(format));
  });

  it('is the same for the same report, in whatever order it came', () => {
    const { objects, problems, skipped, exceptions } = EXAMPLE;
    const turned = objects.map((object) => ({ ...object, findings: object.findings.toReversed() })).toReversed();
    const rest = { skipped, exceptions };
    expect(render(of(turned, { problems: problems.toReversed(), ...rest }), screen)).toBe(
      render(of(objects, { problems, ...rest }), screen),
    );
  });

  it('commands no terminal and turns no text around', () => {
    expect(render(of(wicked), screen)).not.toMatch(/(?![\n\t])\p{Cc}|\p{Bidi_Control}|\p{Zl}/u);
  });

  it('ends with a line break, where there is anything', () => {
    expect(render(EXAMPLE, screen)).toMatch(/[^\r]\n$/);
  });
});

it('names only formats that there are', () => {
  expect([...WITH_EDITS, ...WITH_FIXES].filter((name) => !Object.hasOwn(FORMATS, name))).toEqual([]);
});
