import { describe, expect, test } from 'vitest';
import { requestOf } from '../../../test/support/policies.ts';
import type { JsonMap } from '../../cel/value.ts';
import type { Decision, Request } from '../decision.ts';
import type { NativeDenial } from './outcome.ts';
import { nativeMutationVerdict, nativeVerdict } from './verdict.ts';

const denial = (more: Partial<NativeDenial>): NativeDenial => ({
  policy: 'p',
  binding: 'b',
  actions: ['Deny'],
  message: 'm',
  expressionIndex: 0,
  ...more,
});
const decisionOf = (...denials: readonly NativeDenial[]): Decision => ({
  findings: [],
  failures: [],
  notJudged: [],
  native: { denials, auditAnnotations: { 'p/key': 'value' } },
});
const pod = (metadata: JsonMap, changes: Partial<Request> = {}): Request =>
  requestOf({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', ...metadata } }, null, changes);

describe('nativeVerdict', () => {
  test('allows what no native policy judged', () => {
    expect(nativeVerdict({ findings: [], failures: [], notJudged: [] }, pod({}))).toEqual({
      allowed: true,
      code: 200,
      reason: '',
      message: '',
      warnings: [],
      auditAnnotations: {},
    });
  });
  test.each([
    ['Forbidden', 403],
    ['Invalid', 422],
    ['RequestEntityTooLarge', 413],
  ])('answers %s with %d, by the first denial alone', (reason, code) => {
    const decision = decisionOf(
      denial({ actions: ['Warn'] }),
      denial({ reason, message: 'first' }),
      denial({ message: 'second' }),
    );
    expect(nativeVerdict(decision, pod({}))).toMatchObject({
      code,
      reason,
      message: "pods \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: first",
      warnings: ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': m"],
    });
  });
  test.each<[string, Request]>([
    ['pods "web"', pod({})],
    ['pods "web-"', pod({ name: '', generateName: 'web-' }, { name: '' })],
    ['pods "Unknown"', pod({ name: '' }, { name: '' })],
    ['pods "Unknown/errorGettingName"', pod({}, { name: '', object: { kind: 'PodExecOptions' } })],
    [
      'deployments.apps "x"',
      pod({}, { name: 'x', requestResource: { group: 'apps', version: 'v1', resource: 'deployments' } }),
    ],
  ])('names the object as %s', (name, request) => {
    expect(nativeVerdict(decisionOf(denial({})), request).message).toMatch(new RegExp(`^${name} is forbidden: `));
  });
  test('keeps the first failure that is audited, as Go writes JSON', () => {
    const actions = ['Audit'] as const;
    const decision = decisionOf(denial({ actions, message: '<a & b>', expressionIndex: 3 }), denial({ actions }));
    expect(nativeVerdict(decision, pod({})).auditAnnotations).toEqual({
      'p/key': 'value',
      'validation.policy.admission.k8s.io/validation_failure':
        '[{"message":"\\u003ca \\u0026 b\\u003e","policy":"p","binding":"b","expressionIndex":3,"validationActions":["Audit"]}]',
    });
  });
});

describe('nativeMutationVerdict', () => {
  test('is the refusal of the mutating plugin, or none', () => {
    const mutation = { object: null, patch: [], changes: [], failures: [], notJudged: [] };
    const refusal = { code: 403, reason: 'Invalid', message: 'why' };
    expect(nativeMutationVerdict(mutation)).toMatchObject({ allowed: true, code: 200 });
    expect(nativeMutationVerdict({ ...mutation, native: { object: null, refusal } })).toMatchObject({
      allowed: false,
      ...refusal,
    });
  });
});
