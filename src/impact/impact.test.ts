import { describe, expect, test } from 'vitest';
import { NOW, policy, setOf } from '../../test/support/policies.ts';
import { readManifests } from '../audit/manifests.ts';
import type { JsonMap } from '../cel/value.ts';
import type { ImpactReport } from '../report/impact-report.ts';
import { renderImpact } from '../report/impact-table.ts';
import { PLAIN } from '../report/paint.ts';
import { withAction } from './change.ts';
import { impact } from './impact.ts';

const NO_HOST_NETWORK: JsonMap = {
  subject: 'PodTemplate',
  ownedPods: 'Judge',
  enforcement: { action: 'Audit' },
  validations: [{ name: 'net', expression: '!object.spec.?hostNetwork.orValue(false)', path: 'spec.hostNetwork' }],
};
const tolerant = policy('no-host-network', NO_HOST_NETWORK);
const enforcing = policy('no-host-network', {
  ...NO_HOST_NETWORK,
  enforcement: { action: 'Audit', existing: 'Enforce' },
});
const podsOnly = policy('pods-only', {
  subject: 'Resource',
  enforcement: { action: 'Audit' },
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  },
  validations: [{ expression: '!object.spec.?hostNetwork.orValue(false)' }],
});

const bad = { hostNetwork: true, containers: [{ name: 'a', image: 'a:1' }] };
const good = { containers: [{ name: 'a', image: 'a:1' }] };
const named = (kind: string, name: string, more: JsonMap = {}): JsonMap => ({
  apiVersion: kind === 'Pod' ? 'v1' : kind === 'CronJob' ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name, namespace: 'shop', ...more },
});
const by = (kind: string, name: string, apiVersion = 'apps/v1'): JsonMap => ({
  ownerReferences: [{ apiVersion, kind, name, uid: '1', controller: true }],
});
const workload = (kind: string, name: string, spec: JsonMap, more: JsonMap = {}): JsonMap => ({
  ...named(kind, name, more),
  spec: { selector: {}, template: { metadata: {}, spec } },
});
const pod = (name: string, node: string, spec: JsonMap, more: JsonMap = {}): JsonMap => ({
  ...named('Pod', name, more),
  spec: { ...spec, nodeName: node },
  status: { phase: 'Running' },
});
const family = (name: string, spec: JsonMap, node: string): readonly JsonMap[] => [
  workload('Deployment', name, spec),
  workload('ReplicaSet', `${name}-1`, spec, by('Deployment', name)),
  pod(`${name}-1-x`, node, spec, by('ReplicaSet', `${name}-1`)),
];

/** Of putting these policies into Deny. */
function impactOf(objects: readonly JsonMap[], policies: readonly JsonMap[]): ImpactReport {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const before = setOf(policies);
  const after = withAction(before, 'Deny');
  return impact(
    readManifests([{ file: 'live.json', text }]),
    {
      words: 'every policy in Deny',
      before: { judging: before, mutating: before },
      after: { judging: after, mutating: after },
    },
    { now: NOW },
  );
}
const words = (report: ImpactReport): readonly string[] =>
  report.lost.map(({ kind, name, refused, nodes }) => `${kind} ${name}: ${refused} on ${nodes.join()}`);

describe('impact', () => {
  test('tells what would be refused anew, and that what is there can be updated and comes back', () => {
    const report = impactOf([...family('web', bad, 'n1'), ...family('api', good, 'n1')], [tolerant]);
    expect(report.refused.map(({ kind, name, updates }) => [kind, name, updates])).toEqual([
      ['Deployment', 'web', 'pass'],
    ]);
    expect(report.lost).toEqual([]);
    expect(report.counts).toEqual({ objects: 2, refusedBefore: 0, lostBefore: 0, workloads: 2, tolerated: 1 });
  });
  test('tells which workloads would not come back, and by which node they would go', () => {
    const objects = [
      ...family('web', bad, 'n1'),
      ...family('api', good, 'n1'),
      pod('bare', 'n2', bad),
      pod('of-operator', 'n2', bad, by('Database', 'db', 'example.org/v1')),
      pod('static', 'n1', bad, by('Node', 'n1', 'v1')),
    ];
    const report = impactOf(objects, [tolerant]);
    expect(words(report)).toEqual(['Pod bare: Pod on n2', 'Pod of-operator: Pod on n2']);
    expect(report.nodes).toEqual([{ node: 'n2', workloads: ['Pod shop/bare', 'Pod shop/of-operator'], of: 2 }]);
  });
  test('asks for the Pods of policies that judge no owner', () => {
    const report = impactOf(family('web', bad, 'n1'), [podsOnly]);
    expect(report.refused).toEqual([]);
    expect(words(report)).toEqual(['Deployment web: Pod on n1']);
  });
  test('knows that Enforce tolerates nothing: neither updates nor the next ReplicaSet', () => {
    const report = impactOf(family('web', bad, 'n1'), [enforcing]);
    expect(report.refused.map(({ updates }) => updates)).toEqual(['refused']);
    expect(words(report)).toEqual(['Deployment web: ReplicaSet on n1']);
    expect(report.nodes).toEqual([{ node: 'n1', workloads: ['Deployment shop/web'], of: 1 }]);
  });
  test('asks by the template of what has no Pods now', () => {
    const cronJob = {
      ...named('CronJob', 'nightly'),
      spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template: { spec: bad } } } },
    };
    expect(words(impactOf([cronJob], [podsOnly]))).toEqual(['CronJob nightly: Pod on ']);
    expect(words(impactOf([cronJob], [enforcing]))).toEqual(['CronJob nightly: Job on ']);
    expect(words(impactOf([cronJob], [tolerant]))).toEqual([]);
  });
  test('follows what would be made to its Deployment, where policies judge nothing in between', () => {
    const resourceRules = [
      { apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods', 'deployments'] },
    ];
    const skipping = policy('skipping', { ...NO_HOST_NETWORK, matchConstraints: { resourceRules } });
    expect(words(impactOf([workload('Deployment', 'web', bad, { uid: '1' })], [skipping]))).toEqual([]);
    expect(words(impactOf(family('web', bad, 'n1'), [skipping]))).toEqual([]);
  });
  test('leaves Pods of a DaemonSet on their node in a drain', () => {
    const set = workload('DaemonSet', 'each', bad);
    const report = impactOf([set, pod('each-x', 'n1', bad, by('DaemonSet', 'each'))], [podsOnly]);
    expect(words(report)).toEqual(['DaemonSet each: Pod on n1']);
    expect(report.nodes).toEqual([]);
  });
  test('counts what is refused already, and does not blame the change', () => {
    const denying = policy('no-host-network', { ...NO_HOST_NETWORK, enforcement: { action: 'Deny' } });
    const report = impactOf([...family('web', bad, 'n1'), pod('bare', 'n1', bad)], [denying]);
    expect(report).toMatchObject({ refused: [], lost: [], nodes: [], counts: { refusedBefore: 2, lostBefore: 1 } });
    const alone = renderImpact(impactOf([pod('bare', 'n1', bad)], [denying]), { width: 80, paint: PLAIN });
    expect(alone).toContain('\n  as policies are now, 1 is refused and 1 would not come back already\n');
  });
  test('is short on a screen', () => {
    const screen = { width: 80, paint: PLAIN };
    expect(
      renderImpact(impactOf([...family('web', bad, 'n1'), pod('bare', 'n1', bad)], [tolerant, podsOnly]), screen),
    ).toBe(`Refused when applied anew
  ✗ Deployment shop/web  no-host-network
  ✗ Pod shop/bare        no-host-network, pods-only

Would not come back if its Pods were made anew
  ✗ Deployment shop/web  its Pod: pods-only
  ✗ Pod shop/bare        a Pod on its own: no-host-network, pods-only

Lost by a drain of the node
  ! n1  2 of 2: Deployment shop/web, Pod shop/bare

~ with every policy in Deny
  2 of 2 objects would be refused when applied anew
  2 of 2 workloads would not come back
  2 of 2 refused can still be updated: old debt is tolerated
  by no-host-network ×2, pods-only
`);
    expect(renderImpact(impactOf(family('web', good, 'n1'), [tolerant]), screen)).toBe(
      '✓ with every policy in Deny nothing more would be refused\n',
    );
  });
});
