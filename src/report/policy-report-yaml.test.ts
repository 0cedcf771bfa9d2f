import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { renderPolicyReports } from './policy-report-yaml.ts';
import { makeReport } from './report.ts';

it('has a document for each namespace, that of the cluster first', () => {
  const text = renderPolicyReports('openreports.io')(EXAMPLE);
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Record<string, object>);
  expect(documents.map(({ kind, metadata }) => [kind, metadata])).toEqual([
    ['ClusterReport', { name: 'tidegate', labels: { 'app.kubernetes.io/managed-by': 'tidegate' } }],
    ['Report', { name: 'tidegate', namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'tidegate' } }],
  ]);
  expect(text).not.toContain('&a1');
});

it('is empty where nothing failed', () => {
  expect(renderPolicyReports('wgpolicyk8s.io')(makeReport(EMPTY_PARTS))).toBe('');
});
