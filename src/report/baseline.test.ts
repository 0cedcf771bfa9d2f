import { expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { parseBaseline, type ReadBaseline, renderBaseline, withBaseline } from './baseline.ts';
import { renderJson } from './json.ts';
import { makeReport, type Report } from './report.ts';

const baselineOf = (text: string): ReadonlyMap<string, number> => {
  const read: ReadBaseline = parseBaseline(text);
  if (!read.ok) throw new Error(read.message);
  return read.baseline;
};

it.each([
  ['a baseline', renderBaseline],
  ['an earlier report', renderJson],
])('%s makes known what was found, and not what was excepted', (_what, render) => {
  const { counts, baseline } = withBaseline(EXAMPLE, baselineOf(render(EXAMPLE)));
  expect(counts).toMatchObject({ deny: 0, warn: 0, audit: 0, excepted: 1, known: 3 });
  expect(baseline).toEqual({ findings: 3, gone: 0 });
});

it('is sorted, with a line for each finding', () => {
  expect(renderBaseline(EXAMPLE)).toMatchInlineSnapshot(`
    "{
      "apiVersion": "tidegate.dev/v1alpha1",
      "kind": "Baseline",
      "findings": {
        "disallow-latest-tag 20": 1,
        "require-labels 13": 1,
        "require-readiness-probe 31": 1
      }
    }
    "
  `);
});

it('knows as many of a finding as there were: one more is new', () => {
  const objects = EXAMPLE.objects.map((object) => ({
    ...object,
    findings: object.findings.map((finding) => ({ ...finding, fingerprint: 'the same' })),
  }));
  const { counts } = withBaseline(makeReport({ ...EMPTY_PARTS, objects }), new Map([['the same', 2]]));
  expect(counts).toMatchObject({ deny: 0, warn: 0, audit: 1, known: 2 });
});

it('leaves what it knows to those that are not excepted', () => {
  const [object] = EXAMPLE.objects.filter(({ findings }) => findings.length > 0);
  const [finding] = object?.findings ?? [];
  if (object === undefined || finding === undefined) throw new Error('the example has no finding');
  const findings = [{ ...finding, excepted: { reason: 'Old.' } }, finding];
  const report = makeReport({
    ...EMPTY_PARTS,
    objects: [
      { ...object, findings: findings.toReversed() },
      { ...object, findings },
    ],
  });
  const { counts, baseline } = withBaseline(report, new Map([[finding.fingerprint, 2]]));
  expect(counts).toMatchObject({ excepted: 2, known: 2 });
  expect(baseline).toEqual({ findings: 2, gone: 0 });
});

it('is read as some editors save it: after a byte order mark', () => {
  expect(parseBaseline(`\uFEFF${renderBaseline(EXAMPLE)}`).ok).toBe(true);
});

it('counts what is not found any more', () => {
  const gone: Report = withBaseline(makeReport(EMPTY_PARTS), baselineOf(renderBaseline(EXAMPLE)));
  expect(gone.baseline).toEqual({ findings: 3, gone: 3 });
});

it('stays the same when it is written anew with nothing changed', () => {
  const text = renderBaseline(EXAMPLE);
  expect(renderBaseline(withBaseline(EXAMPLE, baselineOf(text)))).toBe(text);
});

it.each([
  '',
  '[]',
  '{}',
  '{"apiVersion":"tidegate.dev/v1alpha1","kind":"Baseline","findings":{"a":0}}',
  '{"apiVersion":"tidegate.dev/v1alpha1","kind":"AuditReport","objects":[{"findings":[{}]}]}',
  'null',
  '{',
])('refuses %j', (text) =>
  expect(parseBaseline(text)).toEqual({ ok: false, message: expect.stringContaining('--write-baseline') }),
);
