/** The reports of `--output policyreport`, taken by a real API server that has their definitions. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { ReportGroup } from '../../src/report/policy-report.ts';
import { renderPolicyReports } from '../../src/report/policy-report-yaml.ts';
import { REPORT_DEFINITIONS } from '../support/report-definitions.ts';
import { EXAMPLE } from '../support/report-example.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectOutput } from './kubectl.ts';

const DEFINITIONS = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: REPORT_DEFINITIONS });

describe('policy reports', () => {
  let cluster: Cluster;
  const kubectl = (args: readonly string[], input?: string): Promise<string> =>
    expectOutput(cluster.kubectl, args, input);

  beforeAll(async () => {
    cluster = await startCluster();
    await kubectl(['apply', '--server-side', '-f', '-'], DEFINITIONS);
    await kubectl(['wait', '--for=condition=Established', '--timeout=30s', '-f', '-'], DEFINITIONS);
    await kubectl(['create', 'namespace', 'shop']);
  });
  afterAll(async () => {
    if (cluster?.controlPlane === undefined) {
      await kubectl(['delete', '--ignore-not-found', '-f', '-'], DEFINITIONS);
      await kubectl(['delete', 'namespace', 'shop', '--ignore-not-found']);
    }
    await cluster?.stop();
  });

  it.each<readonly [ReportGroup, string, string]>([
    ['openreports.io', 'reports', 'clusterreports'],
    ['wgpolicyk8s.io', 'policyreports', 'clusterpolicyreports'],
  ])('of %s are kept as they were written', async (group, plural, ofCluster) => {
    const text = renderPolicyReports(group)(EXAMPLE);
    const apply = ['apply', '--server-side', '--validate=strict', '--field-manager=tidegate-scan', '-f', '-'];
    await kubectl(apply, text);
    const [global, local] = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
    const kept = async (resource: string): Promise<unknown> =>
      JSON.parse(await kubectl(['get', `${resource}.${group}`, 'tidegate', '-n', 'shop', '-o', 'json']));
    expect(await kept(ofCluster)).toMatchObject(global ?? {});
    expect(await kept(plural)).toMatchObject(local ?? {});
    expect(await kubectl(apply, text)).toContain('serverside-applied');
  });
});
