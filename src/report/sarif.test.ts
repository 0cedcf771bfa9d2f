import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { parseBaseline, renderBaseline, withBaseline } from './baseline.ts';
import { makeReport, type Report } from './report.ts';
import { renderSarif } from './sarif.ts';

const file = new URL('../../test/support/schemas/sarif-2.1.0.json', import.meta.url);
// It is of draft 04, whose `id` has become `$id`; nothing else of it is in the schema.
const { id: _id, $schema: _draft, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false }).compile(
  schema,
);

const read = parseBaseline(renderBaseline(EXAMPLE));
const KNOWN: Report = withBaseline(EXAMPLE, read.ok ? read.baseline : new Map());
const CLUSTER: Report = makeReport({
  ...EMPTY_PARTS,
  cluster: 'production',
  objects: EXAMPLE.objects.map(({ file: _file, line: _line, column: _column, ...object }) => ({
    ...object,
    findings: object.findings.map(({ line, column, ...finding }) => ({ ...finding, seenOn: 'Pod shop/web-1' })),
  })),
});

it.each([
  ['with everything in it', EXAMPLE],
  ['with nothing in it', makeReport(EMPTY_PARTS)],
  ['with a baseline', KNOWN],
  ['of a cluster', CLUSTER],
])('a log %s is as the schema of SARIF says', (_what, report) => {
  validate(JSON.parse(renderSarif(report)));
  expect(validate.errors ?? []).toEqual([]);
});

interface Result {
  readonly ruleId: string;
  readonly ruleIndex?: number;
  readonly level: string;
  readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
  readonly baselineState?: string;
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly locations: readonly object[];
  readonly fixes?: readonly object[];
}
const resultsOf = (report: Report): readonly Result[] => JSON.parse(renderSarif(report)).runs[0].results;

it('says at which line of which file what is wrong, and how grave that is', () => {
  const [first, ...rest] = resultsOf(EXAMPLE);
  expect(first).toMatchObject({
    ruleId: 'require-readiness-probe',
    ruleIndex: 0,
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'deploy/web.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 31, startColumn: 5 },
        },
        logicalLocations: [
          { name: 'spec.template.spec.containers[0].readinessProbe' },
          { fullyQualifiedName: 'Deployment shop/web' },
        ],
      },
    ],
  });
  expect(rest.map(({ level }) => level)).toEqual(['warning', 'note', 'error']);
});

it('suppresses what is excepted, and says why', () => {
  expect(resultsOf(EXAMPLE).map(({ suppressions }) => suppressions)).toEqual([
    [],
    [],
    [],
    [{ kind: 'external', status: 'accepted', justification: 'A tool for once.' }],
  ]);
});

it('tells what is new from what the baseline knows', () => {
  const states = (report: Report) => resultsOf(report).map(({ baselineState }) => baselineState);
  expect(states(KNOWN)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged']);
  expect(states(withBaseline(EXAMPLE, new Map())).slice(0, 2)).toEqual(['new', 'new']);
  expect(states(EXAMPLE)[0]).toBeUndefined();
});

it('keeps apart what has the same fingerprint', () => {
  const objects = EXAMPLE.objects.map((object) => ({
    ...object,
    findings: object.findings.map((finding) => ({ ...finding, fingerprint: 'same' })),
  }));
  const hashes = resultsOf(makeReport({ ...EMPTY_PARTS, objects })).map(
    ({ partialFingerprints }) => partialFingerprints['primaryLocationLineHash'],
  );
  expect(hashes).toEqual(['same:1', 'same:2', 'same:3', 'same:4']);
});

it('has the fixes as text to replace, as it was written', () => {
  const text = '          readinessProbe:\t# ü\n            tcpSocket: { port: 80 }\n';
  const start = { line: 32, column: 1 };
  const edit = { diff: '', replacements: [{ start, end: start, text }] };
  const objects = EXAMPLE.objects.map((object) => ({
    ...object,
    findings: object.findings.map((finding) => (finding.fix ? { ...finding, edit } : finding)),
  }));
  const report = makeReport({ ...EMPTY_PARTS, objects });
  validate(JSON.parse(renderSarif(report)));
  expect(validate.errors ?? []).toEqual([]);
  expect(resultsOf(report)[0]?.fixes).toEqual([
    {
      description: { text: 'What to do.' },
      artifactChanges: [
        {
          artifactLocation: { uri: 'deploy/web.yaml', uriBaseId: '%SRCROOT%' },
          replacements: [
            { deletedRegion: { startLine: 32, startColumn: 1, endLine: 32, endColumn: 1 }, insertedContent: { text } },
          ],
        },
      ],
    },
  ]);
});

it.each([
  ['./deploy/a b#c%.yaml', { uri: 'deploy/a%20b%23c%25.yaml', uriBaseId: '%SRCROOT%' }],
  ['/tmp/a.yaml', { uri: 'file:///tmp/a.yaml' }],
  ['c:d.yaml', { uri: 'c%3Ad.yaml', uriBaseId: '%SRCROOT%' }],
])('names %s as a URI', (name, uri) => {
  const objects = EXAMPLE.objects.map((object) => ({ ...object, file: name }));
  const [first] = resultsOf(makeReport({ ...EMPTY_PARTS, objects }));
  expect(first?.locations[0]).toMatchObject({ physicalLocation: { artifactLocation: uri } });
});

it('tells of what could not be judged', () => {
  const [invocation] = JSON.parse(renderSarif(EXAMPLE)).runs[0].invocations;
  expect(invocation.executionSuccessful).toBe(false);
  const told = invocation.toolExecutionNotifications.map(
    ({ level, message }: { level: string; message: { text: string } }) => `${level} ${message.text}`,
  );
  expect(told).toEqual([
    'error cannot be read as YAML (a Helm template?)',
    'error the key "a" is there twice',
    'error require-labels/rule-2 could not be evaluated: no such key: team',
    'note require-quota/rule-1 was not judged: resourcequotas are not known',
  ]);
});
