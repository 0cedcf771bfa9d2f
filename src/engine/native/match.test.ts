import { describe, expect, test } from 'vitest';
import { nativeSet, validating, validatingBinding } from '../../../test/support/native.ts';
import { contextOf, requestOf } from '../../../test/support/policies.ts';
import type { JsonMap } from '../../cel/value.ts';
import { decide } from '../decide.ts';
import type { Request } from '../decision.ts';
import { isExempt } from './match.ts';

const rule = (more: JsonMap): JsonMap => ({
  apiGroups: ['*'],
  apiVersions: ['*'],
  operations: ['*'],
  resources: ['*'],
  ...more,
});

/** Whether a policy with this one rule judges the request. */
const judged = (request: Request, resourceRule: JsonMap, constraints: JsonMap = {}): boolean => {
  const matchConstraints = { resourceRules: [rule(resourceRule)], ...constraints };
  const policy = validating('p', { matchConstraints, validations: [{ expression: 'false' }] });
  const { findings } = decide(nativeSet([policy, validatingBinding('b', 'p')]), request, contextOf());
  return findings.length > 0;
};

const named = (apiVersion: string, kind: string): Request =>
  requestOf({ apiVersion, kind, metadata: { name: 'x', namespace: 'shop' } });

describe('matchPolicy', () => {
  const autoscaler = named('autoscaling/v2', 'HorizontalPodAutoscaler');
  const event = named('v1', 'Event');
  const shop = named('example.com/v2', 'Shop');
  test.each<[string, Request, JsonMap, boolean, boolean]>([
    ['another version', autoscaler, { apiGroups: ['autoscaling'], apiVersions: ['v1'] }, true, false],
    [
      'a version that is not served',
      autoscaler,
      { apiGroups: ['autoscaling'], apiVersions: ['v2beta2'] },
      false,
      false,
    ],
    ['another group', event, { apiGroups: ['events.k8s.io'], resources: ['events'] }, true, false],
    [
      'another group by an exact index',
      event,
      { apiGroups: ['events.k8s.io'], apiVersions: ['v1'], resources: ['events'], operations: ['CREATE'] },
      true,
      false,
    ],
    [
      'another version of a custom resource',
      shop,
      { apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['shops'] },
      true,
      false,
    ],
    [
      'another version of a built-in kind',
      named('apps/v1', 'Deployment'),
      { apiGroups: ['apps'], apiVersions: ['v1beta1'] },
      false,
      false,
    ],
    ['the very version', autoscaler, { apiGroups: ['autoscaling'], apiVersions: ['v2'] }, true, true],
    ['another resource', event, { apiGroups: ['events.k8s.io'], resources: ['pods'] }, false, false],
  ])('%s', (_what, request, resourceRule, equivalent, exact) => {
    expect(judged(request, resourceRule)).toBe(equivalent);
    expect(judged(request, resourceRule, { matchPolicy: 'Equivalent' })).toBe(equivalent);
    expect(judged(request, resourceRule, { matchPolicy: 'Exact' })).toBe(exact);
  });
  test('excludes equivalent resources too', () => {
    const excludeResourceRules = [rule({ apiGroups: ['events.k8s.io'] })];
    expect(judged(event, {}, { excludeResourceRules })).toBe(false);
    expect(judged(event, {}, { excludeResourceRules, matchPolicy: 'Exact' })).toBe(true);
  });
});

describe('an objectSelector', () => {
  const objectSelector = { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] };
  test('selects nothing that has no metadata', () => {
    const options = requestOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }, null, {
      operation: 'CONNECT',
      subResource: 'exec',
      object: { apiVersion: 'v1', kind: 'PodExecOptions', command: ['sh'] },
    });
    expect(judged(options, { resources: ['pods/exec'] }, { objectSelector })).toBe(false);
    expect(judged(options, { resources: ['pods/exec'] }, { objectSelector: {} })).toBe(true);
  });
  test('selects by the old object as well', () => {
    const labelled = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b' } } };
    const matchLabels = { matchLabels: { a: 'b' } };
    const request = requestOf({ ...labelled, metadata: { name: 'x' } }, labelled);
    expect(judged(request, {}, { objectSelector: matchLabels })).toBe(true);
  });
});

describe('isExempt', () => {
  test.each<[string, string, boolean]>([
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', true],
    ['admissionregistration.k8s.io/v1', 'MutatingAdmissionPolicyBinding', true],
    ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', true],
    ['authorization.k8s.io/v1', 'SubjectAccessReview', true],
    ['authorization.k8s.io/v1', 'Other', false],
    ['apps/v1', 'Deployment', false],
  ])('%s %s: %s', (apiVersion, kind, exempt) => {
    expect(isExempt(named(apiVersion, kind))).toBe(exempt);
  });
});
