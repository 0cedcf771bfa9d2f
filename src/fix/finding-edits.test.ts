import { expect, it } from 'vitest';
import { NOW, PROBE, setOf } from '../../test/support/policies.ts';
import { replaced } from '../../test/support/replace.ts';
import { audit } from '../audit/audit.ts';
import { readManifests } from '../audit/manifests.ts';
import type { Report, ReportedFinding } from '../report/report.ts';
import { withEdits } from './finding-edits.ts';

const set = setOf([PROBE]);
const judged = (text: string): Report => {
  const given = readManifests([{ file: 'a.yaml', text }]);
  return withEdits(audit(given, set, { now: NOW }), given.manifests);
};
const findingsOf = (report: Report): readonly ReportedFinding[] => report.objects.flatMap(({ findings }) => findings);

const pod = (name: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
    - name: web # mine
      image: web:1
    - { name: other, image: other:1 }
`;

const POD_JSON = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'web' }] },
});

it.each([
  ['one document', pod('a')],
  ['several documents', `# first\n---\n${pod('a')}---\n${pod('b')}---\n${pod('a')}`],
  ['a byte order mark', `\uFEFF${pod('a')}`],
  ['other line breaks', pod('a').replaceAll('\n', '\r\n')],
  [
    'a List',
    `apiVersion: v1\nkind: List\nitems:\n${[pod('a'), pod('b')].map((text) => text.replace(/^/gm, '    ').replace('    ', '  - ').trimEnd()).join('\n')}\n`,
  ],
  [
    'JSON',
    JSON.stringify(
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'web' }] } },
      null,
      2,
    ),
  ],
  ['JSON after JSON', `${POD_JSON}\n${POD_JSON}\n`],
])('of %s each edit takes its finding away, and only that', (_what, text) => {
  const before = findingsOf(judged(text));
  expect(before.length).toBeGreaterThan(0);
  for (const { edit } of before) {
    expect(edit?.diff).toMatch(/^@@ .* @@\n/);
    const after = findingsOf(judged(replaced(text, edit?.replacements ?? [])));
    expect(after).toHaveLength(before.length - 1);
  }
});

it('has no edit for what begins in the middle of a line', () => {
  const edits = findingsOf(judged(`${POD_JSON} ${POD_JSON}\n${POD_JSON}`)).map(({ edit }) => edit !== undefined);
  expect(edits).toEqual([true, false, true]);
});

it('names the lines of the file', () => {
  const [first] = findingsOf(judged(`# first\n---\n${pod('a')}`));
  expect(first?.edit?.diff).toMatchInlineSnapshot(`
    "@@ -7,4 +7,6 @@
       containers:
         - name: web # mine
           image: web:1
    +      readinessProbe:
    +        periodSeconds: 5
         - { name: other, image: other:1 }
    "
  `);
});

it('is made of no finding that is excepted', () => {
  const excepted = pod('a').replace(
    '{name: a}',
    '{name: a, annotations: {tidegate.dev/exempt: require-probe, tidegate.dev/exempt-reason: a reason of some length}}',
  );
  expect(findingsOf(judged(excepted)).map(({ edit }) => edit)).toEqual([undefined, undefined]);
});

it('reads long documents a few times only', () => {
  const containers = Array.from(
    { length: 300 },
    (_, at) => `    - { name: c${at}, image: "a:1" } # ${'x'.repeat(500)}\n`,
  );
  const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n${containers.join('')}`;
  const made = findingsOf(judged(text)).filter(({ edit }) => edit !== undefined);
  expect(made).toHaveLength(Math.floor(2_000_000 / text.length));
});
