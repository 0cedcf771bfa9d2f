import { expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { withBaseline } from '../report/baseline.ts';
import { makeReport } from '../report/report.ts';
import { exitCode, type FailOn } from './audit.ts';

// One finding of each level, and one that is excepted.
const FOUND = makeReport({ ...EMPTY_PARTS, objects: EXAMPLE.objects.filter(({ failures }) => failures.length === 0) });

it.each<readonly [FailOn, number, number]>([
  ['deny', 0, 1],
  ['deny', 1, 0],
  ['warn', 1, 1],
  ['warn', 2, 0],
  ['audit', 2, 1],
  ['audit', 3, 0],
  ['never', 0, 0],
])('with --fail-on %s and --max-findings %i it ends with %i', (failOn, maxFindings, code) => {
  expect(exitCode(FOUND, { failOn, maxFindings })).toBe(code);
});

it('counts nothing that the baseline knows', () => {
  const known = withBaseline(FOUND, new Map([['require-readiness-probe 31', 1]]));
  expect(exitCode(known, { failOn: 'deny', maxFindings: 0 })).toBe(0);
  expect(exitCode(known, { failOn: 'warn', maxFindings: 0 })).toBe(1);
});

it('ends with 2 for what could not be judged, whatever is let pass', () => {
  expect(exitCode(EXAMPLE, { failOn: 'never', maxFindings: 99 })).toBe(2);
});
