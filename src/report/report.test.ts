import { expect, it } from 'vitest';
import { EXAMPLE } from '../../test/support/report-example.ts';

it('orders objects by place and leaves out those with nothing to say', () => {
  expect(EXAMPLE.objects.map(({ kind, line }) => [kind, line])).toEqual([
    ['Namespace', 1],
    ['Deployment', 12],
  ]);
});

it('orders findings by what they do, then by place, what is excepted last; changes, problems and policies by place and name', () => {
  const [, deployment] = EXAMPLE.objects;
  expect(deployment?.findings.map(({ action, excepted }) => [action, excepted?.exception])).toEqual([
    ['Deny', undefined],
    ['Warn', undefined],
    ['Audit', undefined],
    ['Deny', 'shop/tools'],
  ]);
  expect(deployment?.changes.map(({ line }) => line)).toEqual([15, 20]);
  expect(EXAMPLE.problems.map(({ file }) => file)).toEqual(['deploy/broken.yaml', 'deploy/web.yaml']);
  expect(EXAMPLE.policies.map(({ id, findings, changes }) => [id, findings, changes])).toEqual([
    ['require-readiness-probe', 1, 0],
    ['set-pre-stop-sleep', 0, 1],
  ]);
});

it('counts', () => {
  expect(EXAMPLE.counts).toEqual({
    files: 3,
    objects: 7,
    policies: 2,
    deny: 1,
    warn: 1,
    audit: 1,
    excepted: 1,
    known: 0,
    changes: 2,
    failures: 1,
    notJudged: 1,
    problems: 2,
    skipped: 1,
  });
});
