import { describe, expect, it } from 'vitest';
import type { ResourceRule } from '../policy/policy.ts';
import { webhookRules } from './webhook-rules.ts';
import { notOfTheCluster } from './webhook-scope.ts';

const rule = (
  apiGroups: readonly string[],
  resources: readonly string[],
  operations: readonly string[] = ['CREATE'],
  more: Partial<ResourceRule> = {},
): ResourceRule => ({ apiGroups, apiVersions: ['*'], operations, resources, ...more });

/** `group/version resources operations`, as a person would say it. */
function told(...rules: readonly ResourceRule[]): readonly string[] {
  return webhookRules(rules).rules.map(
    ({ apiGroups, apiVersions, resources, operations, scope }) =>
      `${apiGroups}/${apiVersions} ${resources} ${operations}${scope === '*' ? '' : ` ${scope}`}`,
  );
}

describe('webhookRules', () => {
  it('says everything once, in one order, whoever asks first', () => {
    const rules = [
      rule(['apps'], ['statefulsets', 'deployments'], ['UPDATE', 'CREATE']),
      rule([''], ['pods'], ['CREATE']),
      rule(['', 'apps'], ['pods', 'deployments'], ['CREATE']),
      rule([''], ['services'], ['DELETE']),
    ];
    const expected = [
      '/* deployments,pods CREATE',
      '/* services DELETE',
      'apps/* deployments,statefulsets CREATE,UPDATE',
      'apps/* pods CREATE',
    ];
    expect(told(...rules)).toEqual(expected);
    expect(told(...rules.toReversed())).toEqual(expected);
    expect(told()).toEqual([]);
  });

  it('asks for each operation only about what is judged on it', () => {
    expect(told(rule([''], ['pods'], ['CREATE']), rule([''], ['pods'], ['DELETE']), rule([''], ['services']))).toEqual([
      '/* pods CREATE,DELETE',
      '/* services CREATE',
    ]);
    expect(told(rule([''], ['pods'], ['*']))).toEqual(['/* pods CREATE,UPDATE,DELETE,CONNECT']);
  });

  it('joins versions that are asked about alike, and keeps those apart that are not', () => {
    const beta = rule(['batch'], ['cronjobs'], ['CREATE'], { apiVersions: ['v1beta1'] });
    const stable = rule(['batch'], ['cronjobs'], ['CREATE'], { apiVersions: ['v1'] });
    expect(told(beta, stable)).toEqual(['batch/v1,v1beta1 cronjobs CREATE']);
    expect(told(beta, rule(['batch'], ['cronjobs']))).toEqual(['batch/* cronjobs CREATE']);
    expect(told(beta, { ...stable, operations: ['UPDATE'] })).toEqual([
      'batch/v1 cronjobs UPDATE',
      'batch/v1beta1 cronjobs CREATE',
    ]);
  });

  it.each([
    [['*'], ['*'], ['*/* * CREATE', '/* pods/eviction CREATE']],
    [['*'], ['*/*'], ['*/* */* CREATE']],
    [[''], ['pods/*'], ['/* pods,pods/* CREATE']],
    [[''], ['*/eviction'], ['/* */eviction,pods CREATE']],
  ])('leaves out what %s %s says already', (groups, resources, expected) => {
    expect(told(rule(groups, resources), rule([''], ['pods']), rule([''], ['pods/eviction'])).toSorted()).toEqual(
      expected.toSorted(),
    );
  });

  it('never asks about what a cluster runs itself by', () => {
    const named = [
      rule(['coordination.k8s.io'], ['leases']),
      rule(['', 'events.k8s.io'], ['events']),
      rule(['authentication.k8s.io'], ['tokenreviews']),
      rule(['authorization.k8s.io'], ['subjectaccessreviews', 'selfsubjectaccessreviews']),
      rule(['admissionregistration.k8s.io'], ['validatingwebhookconfigurations']),
    ];
    expect(told(...named)).toEqual([]);
    expect(webhookRules(named)).toMatchObject({ isWild: false });
  });

  it('leaves the moving of Pods alone where only a wildcard reaches it', () => {
    const wild = webhookRules([rule(['*'], ['*/*'])]);
    const asked = webhookRules([rule(['*'], ['*/*']), rule([''], ['pods/eviction', 'bindings'])]);
    expect([wild.isWild, asked.isWild]).toEqual([true, true]);
    const texts = (each: typeof wild) => notOfTheCluster(each.asked).map(({ expression }) => expression);
    expect(texts(wild)[1]).toContain("'eviction'");
    expect(texts(asked)[1]).not.toContain("'eviction'");
    expect(texts(asked)[1]).toContain("'binding'");
    expect(texts(asked)[1]).not.toContain("'bindings'");
  });
});
