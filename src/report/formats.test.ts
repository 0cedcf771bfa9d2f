import { expect, it } from 'vitest';
import { EXAMPLE } from '../../test/support/report-example.ts';
import { FORMATS, WITH_FIXES } from './formats.ts';
import { PLAIN } from './paint.ts';
import type { Report, ReportedFinding } from './report.ts';

function withFindings(change: (finding: ReportedFinding) => ReportedFinding): Report {
  const objects = EXAMPLE.objects.map((object) => ({ ...object, findings: object.findings.map(change) }));
  return { ...EXAMPLE, objects };
}

const START = { line: 1, column: 1 };
const edit = { diff: '@@ -1 +1 @@\n-a\n+b', replacements: [{ start: START, end: START, text: 'b' }] };
const MENDED = withFindings((finding) => ({ ...finding, fix: [{ op: 'remove', path: '/spec/hostPID' }], edit }));
const UNMENDED = withFindings(({ fix: _fix, edit: _edit, ...finding }) => finding);

it.each(Object.entries(FORMATS))('%s asks for fixes exactly if it shows them', (format, render) => {
  const screen = { width: 120, paint: PLAIN };
  expect(render(UNMENDED, screen) !== render(MENDED, screen)).toBe(WITH_FIXES.has(format));
});
