import { expect, it } from 'vitest';
import type { FixReport, LeftFinding } from './fix-report.ts';
import { renderFixes, renderPatch } from './fix-table.ts';
import { COLOURS, PLAIN } from './paint.ts';

const SCREEN = { width: 100, paint: PLAIN };

function finding(policy: string, changes: Partial<LeftFinding> = {}): LeftFinding {
  return {
    policy,
    rule: 'rule-1',
    severity: 'high',
    action: 'Deny',
    tolerated: false,
    message: `What is wrong by ${policy}.`,
    why: '',
    remediation: 'What to do.',
    path: ['spec'],
    fingerprint: policy,
    file: 'a.yaml',
    object: 'Pod shop/web',
    before: { line: 3, column: 1 },
    after: { line: 7, column: 1 },
    ...changes,
  };
}

const NOTHING: FixReport = {
  files: [],
  fixed: [],
  left: [],
  marked: false,
  mutations: { asked: false, written: 0, open: 0 },
  milder: 0,
  problems: [],
  read: 1,
};
const FILE = { file: 'a.yaml', before: 'a: 1\nb: 2\n', after: 'a: 1\nb: 3' };

it('says what was fixed, what is left and why, and what else there is', () => {
  const report: FixReport = {
    ...NOTHING,
    files: [FILE],
    fixed: [finding('one'), finding('two'), finding('one')],
    left: [finding('three', { action: 'Warn' }), finding('four', { refused: 'it would bring another finding: five' })],
    mutations: { asked: false, written: 0, open: 2 },
    milder: 1,
    problems: [{ file: 'b.yaml', line: 2, message: 'cannot be read' }],
    read: 2,
  };
  expect(renderFixes(report, 'diff', SCREEN)).toBe(`
To be fixed
  a.yaml
    one ×2, two

Left for a person
  a.yaml
    ! 3:1  three  Pod shop/web
      What is wrong by three.
      What to do.

Not fixed
  a.yaml
    ✗ 3:1  four  Pod shop/web
      What is wrong by four.
      Its fix is not made: it would bring another finding: five.

Not judged, or not as it stands
  b.yaml:2: cannot be read

~ 3 findings would be fixed in 1 file: --write does it
2 findings are left: --templates marks the places to fill in
1 fix of milder findings: --level audit
2 fields that the webhook sets at admission: --mutations writes them here
2 files read
`);
});

it('gives the places as they are in the file now', () => {
  const report = { ...NOTHING, left: [finding('one')] };
  expect(renderFixes(report, 'diff', SCREEN)).toContain(' 3:1  one');
  expect(renderFixes({ ...report, marked: true }, 'write', SCREEN)).toContain(' 7:1  one');
});

it('says so where there is nothing to do, or nothing but comments', () => {
  expect(renderFixes(NOTHING, 'write', SCREEN)).toBe('✓ nothing to fix\n1 file read\n');
  const marked = { ...NOTHING, files: [FILE], left: [finding('one')], marked: true };
  expect(renderFixes(marked, 'diff', SCREEN)).toContain('~ nothing but comments would be written in 1 file');
});

it('writes a patch, and colours it where somebody sees it', () => {
  expect(renderPatch({ ...NOTHING, files: [FILE] }, SCREEN)).toBe(
    '--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n\\ No newline at end of file\n',
  );
  const coloured = renderPatch({ ...NOTHING, files: [FILE] }, { width: 80, paint: COLOURS });
  expect(coloured).toContain(COLOURS.green('+b: 3'));
});

it('shows no control characters of a file', () => {
  const report = { ...NOTHING, left: [finding('one', { object: 'Pod \u001b[31mred', file: 'a\u0007.yaml' })] };
  const text = renderFixes(report, 'diff', SCREEN);
  for (const control of ['\u0007', '\u001b']) expect(text).not.toContain(control);
  const file = { ...FILE, before: 'a: \u001b[2J\n', after: 'b\n' };
  expect(renderPatch({ ...NOTHING, files: [file] }, { width: 80, paint: COLOURS })).not.toContain('\u001b[2J');
  expect(renderPatch({ ...NOTHING, files: [file] }, SCREEN)).toContain('\u001b[2J');
});
