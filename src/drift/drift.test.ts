import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { NOW, policy, setOf } from '../../test/support/policies.ts';
import { readManifests } from '../audit/manifests.ts';
import type { JsonMap } from '../cel/value.ts';
import { DRIFT_FORMATS } from '../report/drift-formats.ts';
import type { DriftReport } from '../report/drift-report.ts';
import { renderDriftSummary } from '../report/drift-summary.ts';
import { PLAIN } from '../report/paint.ts';
import { drift } from './drift.ts';

const HOOK = policy('set-hook', {
  subject: 'PodTemplate',
  mutations: [
    {
      name: 'hook',
      jsonPatch: {
        expression: `object.spec.containers.transformList(i, c, !has(c.tty),
          JSONPatch{op: 'add', path: '/spec/containers/' + string(i) + '/tty', value: true})`,
      },
    },
  ],
});
const DEPLOYMENTS = {
  subject: 'Resource',
  matchConstraints: {
    resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
  },
};
const LIMIT = policy('set-limit', {
  ...DEPLOYMENTS,
  matchConditions: [{ name: 'default', expression: 'object.spec.?revisionHistoryLimit.orValue(10) == 10' }],
  mutations: [
    { name: 'limit', applyConfiguration: { expression: 'Object{spec: Object.spec{revisionHistoryLimit: 5}}' } },
  ],
});
const TOLERATION = policy('set-toleration', {
  subject: 'PodTemplate',
  mutations: [
    {
      name: 'toleration',
      jsonPatch: {
        expression: `object.spec.?tolerations.orValue([]).size() != 1 ? []
          : [JSONPatch{op: 'add', path: '/spec/tolerations/-', value: {'key': 'b', 'operator': 'Exists'}}]`,
      },
    },
  ],
});

const deployment = (name: string, containers: readonly JsonMap[], more: JsonMap = {}, pod: JsonMap = {}): JsonMap => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', uid: '1', resourceVersion: '7' },
  spec: { selector: {}, template: { metadata: { labels: { app: name } }, spec: { containers, ...pod } }, ...more },
  status: { replicas: 1 },
});
const owned = (kind: string): JsonMap => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'p',
    namespace: 'shop',
    ownerReferences: [{ kind, name: 'x', apiVersion: 'v1', controller: true }],
  },
  spec: { containers: [{ name: 'a' }] },
});

function driftOf(objects: readonly JsonMap[], policies: readonly JsonMap[] = [HOOK, LIMIT]): DriftReport {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  return drift(readManifests([{ file: 'live.json', text }]), setOf(policies), { now: NOW });
}
const screen = { width: 80, paint: PLAIN };
const render = (format: string, report: DriftReport): string => DRIFT_FORMATS[format]?.(report, screen) ?? '';

const one = deployment('web', [
  { name: 'a', image: 'a:1' },
  { name: 'b', image: 'b:1', tty: true },
]);

describe('drift', () => {
  test('is what admission would change now, as a diff of what people write', () => {
    expect(render('diff', driftOf([one]))).toBe(`--- Deployment shop/web
+++ Deployment shop/web, as admitted today
@@ -13,6 +13,8 @@
       containers:
         - name: a
           image: a:1
+          tty: true
         - name: b
           image: b:1
           tty: true
+  revisionHistoryLimit: 5
`);
  });
  test('has nothing in its diff of what kubectl notes on an object', () => {
    const lastApplied = { 'kubectl.kubernetes.io/last-applied-configuration': '{"spec":{"replicas":7}}' };
    const applied = { ...one, metadata: { name: 'web', annotations: { keep: 'me', ...lastApplied } } };
    const [found] = driftOf([applied]).objects;
    expect(found?.before).toContain('annotations:\n    keep: me\nspec:');
    expect(found?.after).not.toContain('replicas');
  });
  test('is none of what is set already, of what a controller makes, and of templates that cannot change', () => {
    const done = deployment('web', [{ name: 'a', tty: false }], { revisionHistoryLimit: 3 });
    const pod = { ...owned('X'), metadata: { name: 'bare', namespace: 'shop' } };
    const report = driftOf([done, owned('ReplicaSet'), pod]);
    expect(report).toMatchObject({ objects: [], judged: 1, problems: [] });
    expect(renderDriftSummary(report, 'diff', screen)).toBe('✓ no drift: admission would change nothing of 1 object\n');
  });
  test('is written into the source by its part of the object', () => {
    expect(parse(render('patch', driftOf([one])))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { revisionHistoryLimit: 5, template: { spec: { containers: [{ name: 'a', tty: true }] } } },
    });
  });
  test('has texts in quotes that YAML 1.1, which kubectl reads, takes for something else', () => {
    const label = policy('set-label', {
      ...DEPLOYMENTS,
      mutations: [
        { applyConfiguration: { expression: "Object{metadata: Object.metadata{labels: {'on': 'yes', 'n': '1_0'}}}" } },
      ],
    });
    const report = driftOf([one], [label]);
    expect(parse(render('patch', report), { version: '1.1' }).metadata.labels).toEqual({ on: 'yes', n: '1_0' });
    expect(render('diff', report)).toContain('"on": "yes"');
  });
  test('has lists that are not merged by Kubernetes as a whole', () => {
    const tolerating = deployment('web', [{ name: 'a' }], {}, { tolerations: [{ key: 'a', operator: 'Exists' }] });
    const report = driftOf([tolerating], [TOLERATION]);
    expect(parse(render('patch', report)).spec.template.spec).toEqual({
      tolerations: [
        { key: 'a', operator: 'Exists' },
        { key: 'b', operator: 'Exists' },
      ],
    });
    expect(parse(render('argocd', report)).ignoreDifferences[0].jsonPointers).toEqual([
      '/spec/template/spec/tolerations',
    ]);
  });
  test('is ignored by Argo CD by name, once for all objects of a kind where they are alike', () => {
    const other = deployment('api', [{ name: 'api', tty: true }]);
    const third = deployment('jobs', [{ name: 'jobs', tty: true }]);
    expect(parse(render('argocd', driftOf([third, other])))).toEqual({
      ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/revisionHistoryLimit'] }],
    });
    expect(parse(render('argocd', driftOf([one])))).toEqual({
      ignoreDifferences: [
        {
          group: 'apps',
          kind: 'Deployment',
          name: 'web',
          namespace: 'shop',
          jsonPointers: ['/spec/revisionHistoryLimit'],
          jqPathExpressions: ['.spec.template.spec.containers[] | select(.name == "a") | .tty'],
        },
      ],
    });
    expect(render('argocd', driftOf([]))).toBe('');
  });
  test('is plain data as JSON', () => {
    const { objects, judged } = JSON.parse(render('json', driftOf([one])));
    expect(judged).toBe(1);
    expect(objects[0]).toMatchObject({ kind: 'Deployment', policies: ['set-hook', 'set-limit'], line: 1 });
    expect(objects[0]).not.toHaveProperty('before');
  });
  test('that cannot be judged is a problem', () => {
    const broken = policy('broken', {
      subject: 'PodTemplate',
      mutations: [{ name: 'x', jsonPatch: { expression: "[JSONPatch{op: 'remove', path: '/spec/nothing'}]" } }],
    });
    const report = driftOf([one], [broken]);
    expect(report.problems).toMatchObject([{ message: expect.stringContaining('broken: ') }]);
    expect(renderDriftSummary(report, 'diff', screen)).toContain(
      'Not read, or not judged\n  live.json:1: broken: remove',
    );
  });
});
