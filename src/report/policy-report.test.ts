import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { REPORT_DEFINITIONS } from '../../test/support/report-definitions.ts';
import { EXAMPLE } from '../../test/support/report-example.ts';
import { LEFT_OUT, type PolicyReport, policyReport, type ReportGroup } from './policy-report.ts';

const { objects, policies } = EXAMPLE;
const GROUPS: readonly ReportGroup[] = ['openreports.io', 'wgpolicyk8s.io'];

function reportOf(group: ReportGroup, namespace: string | undefined, limit = 100): PolicyReport {
  const mine = objects.filter((object) => object.namespace === namespace);
  const report = policyReport({ group, ...(namespace && { namespace }), objects: mine, policies, limit });
  if (report === undefined) throw new Error('there is no report');
  return report;
}

/** As the API server takes it by server-side apply: a field that the definition does not have is refused. */
function closed(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  return 'properties' in parts && 'type' in parts ? { ...parts, additionalProperties: false } : parts;
}

describe.each(GROUPS)('a report of %s', (group) => {
  it.each([['shop'], [undefined]])('of namespace %s is as its definition says', (namespace) => {
    const report = reportOf(group, namespace);
    const definition = REPORT_DEFINITIONS.find(({ spec }) => spec.group === group && spec.names.kind === report.kind);
    const [version] = definition?.spec.versions ?? [];
    expect(report.apiVersion).toBe(`${group}/${version?.name}`);
    const validate = new Ajv2020({ strict: false }).compile(closed(version?.schema.openAPIV3Schema) as object);
    validate(report);
    expect(validate.errors ?? []).toEqual([]);
  });
});

it('says what is wrong with what, gravest first, and counts it', () => {
  const { kind, metadata, summary, results } = reportOf('openreports.io', 'shop');
  expect({ kind, metadata, summary }).toEqual({
    kind: 'Report',
    metadata: { name: 'tidegate', namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'tidegate' } },
    summary: { pass: 0, fail: 1, warn: 2, error: 0, skip: 0 },
  });
  expect(results.map(({ policy, result }) => `${result} ${policy}`)).toEqual([
    'fail require-readiness-probe',
    'warn disallow-latest-tag',
    'warn require-labels',
  ]);
  expect(results[0]).toMatchObject({
    category: 'Health',
    severity: 'high',
    scored: true,
    resources: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' }],
    properties: { path: 'spec.template.spec.containers[0].readinessProbe', container: 'web', action: 'Deny' },
  });
});

it('has what could not be evaluated as errors', () => {
  const { kind, results } = reportOf('wgpolicyk8s.io', undefined);
  expect(kind).toBe('ClusterPolicyReport');
  expect(results).toEqual([
    expect.objectContaining({ result: 'error', message: 'could not be evaluated: no such key: team' }),
  ]);
});

it('keeps the gravest of more results than it may have, counts all, and says how many are left out', () => {
  const { metadata, summary, results } = reportOf('openreports.io', 'shop', 1);
  expect(results.map(({ policy }) => policy)).toEqual(['require-readiness-probe']);
  expect(summary).toMatchObject({ fail: 1, warn: 2 });
  expect(metadata.annotations).toEqual({ [LEFT_OUT]: '2' });
});

it('does not work on what it leaves out: a namespace may have 50,000 findings', () => {
  const [object] = objects.filter(({ kind }) => kind === 'Deployment');
  const [finding] = object?.findings ?? [];
  if (object === undefined || finding === undefined) throw new Error('the example has no finding');
  const unread = Object.defineProperty({ ...finding }, 'message', {
    get: () => {
      throw new Error('nobody reads this');
    },
  });
  const given = { group: 'openreports.io', objects: [{ ...object, findings: [finding, unread] }], policies } as const;
  expect(policyReport({ ...given, limit: 1 })?.results.map(({ message }) => message)).toEqual([finding.message]);
});

it('is not there where nothing is to be said', () => {
  expect(policyReport({ group: 'openreports.io', namespace: 'shop', objects: [], policies, limit: 9 })).toBeUndefined();
});

it('cuts what is longer than anybody reads', () => {
  const [object] = objects.filter(({ kind }) => kind === 'Deployment');
  const long = object?.findings.map((finding) => ({ ...finding, message: 'x'.repeat(9999) })) ?? [];
  const given = { group: 'openreports.io', objects: object ? [{ ...object, findings: long }] : [] } as const;
  expect(policyReport({ ...given, policies, limit: 9 })?.results[0]?.message).toHaveLength(400);
});
