import { describe, expect, it } from 'vitest';
import { EXAMPLE } from '../../../test/support/report-example.ts';
import { pageReport } from '../../report/html-data.ts';
import { groupsOf, matching, rowsOf } from './rows.ts';
import { START, type State } from './state.ts';

const rows = rowsOf(pageReport(EXAMPLE));
const found = (changes: Partial<State>): readonly string[] =>
  matching(rows, { ...START, ...changes }).map(({ policy }) => policy.id);

describe('matching', () => {
  it('leaves out what is excepted, unless it is asked for', () => {
    expect(found({})).toEqual(['require-readiness-probe', 'disallow-latest-tag', 'require-labels']);
    expect(found({ action: 'excepted' })).toEqual(['disallow-naked-pods']);
  });

  it('wants every word, wherever it stands and however it is written', () => {
    expect(found({ text: 'SHOP/web  readiness' })).toEqual(['require-readiness-probe']);
    expect(found({ text: 'deploy/web.yaml nobody' })).toEqual([]);
  });

  it.each([
    ['its place, as a log has it', 'deploy/web.yaml:31:5'],
    ['its policy and rule, as the page shows them', 'require-readiness-probe/rule-1'],
    ['its fingerprint', 'require-readiness-probe 31'],
  ])('finds a finding by %s', (_, text) => {
    expect(found({ text })).toEqual(['require-readiness-probe']);
  });

  it('looks at why something is wrong and what to do about it', () => {
    expect(found({ text: 'why. what to do.' })).toHaveLength(3);
  });

  it('wants every filter to hold', () => {
    expect(found({ action: 'Warn', namespace: 'shop', severity: 'high' })).toEqual(['disallow-latest-tag']);
    expect(found({ action: 'Warn', namespace: '-' })).toEqual([]);
    expect(found({ policy: 'require-labels', file: 'deploy/web.yaml' })).toEqual(['require-labels']);
    expect(found({ file: 'deploy/other.yaml' })).toEqual([]);
  });
});

describe('groupsOf', () => {
  it('puts what refuses first', () => {
    const groups = groupsOf(matching(rows, START), 'policy');
    expect(groups.map(({ title }) => title)).toEqual([
      'Title of require-readiness-probe',
      'disallow-latest-tag',
      'require-labels',
    ]);
  });

  it.each([
    ['namespace', 'shop'],
    ['workload', 'Deployment shop/web'],
    ['file', 'deploy/web.yaml'],
  ] as const)('groups by %s', (grouping, title) => {
    const groups = groupsOf(matching(rows, START), grouping);
    expect(groups.map((group) => [group.title, group.tally])).toEqual([[title, { Deny: 1, Warn: 1, Audit: 1 }]]);
  });
});

it('the key of a row is its own, be the fingerprint another one’s too', () => {
  const report = pageReport({ ...EXAMPLE, objects: [...EXAMPLE.objects, ...EXAMPLE.objects] });
  expect(new Set(rowsOf(report).map(({ key }) => key)).size).toBe(8);
});
