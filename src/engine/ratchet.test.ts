import { describe, expect, test } from 'vitest';
import { contextOf, deployment, PROBE, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import { decide } from './decide.ts';
import type { Context, Decision, Request } from './decision.ts';

const judge = (policies: readonly JsonMap[], request: Request, context: Context = contextOf()): Decision =>
  decide(setOf(policies), request, context);

describe('the ratchet', () => {
  const before = deployment([{ name: 'a' }]);
  const tolerated = (after: JsonMap, spec: JsonMap = {}): readonly boolean[] =>
    judge([{ ...PROBE, spec: { ...(PROBE['spec'] as JsonMap), ...spec } }], requestOf(after, before)).findings.map(
      (finding) => finding.tolerated,
    );

  test('tolerates what the old object has, and refuses what is new', () => {
    expect(tolerated(deployment([{ name: 'a', image: 'web:2' }]))).toEqual([true]);
    expect(tolerated(deployment([{ name: 'b' }, { name: 'a' }]))).toEqual([false, true]);
    expect(tolerated(deployment([{ name: 'b' }]))).toEqual([false]);
  });
  test('has an off switch', () => {
    expect(
      tolerated(deployment([{ name: 'a', image: 'web:2' }]), { enforcement: { action: 'Deny', existing: 'Enforce' } }),
    ).toEqual([false]);
  });
  test('tolerates as many as there were', () => {
    const volumes = policy('volumes', {
      subject: 'PodTemplate',
      validations: [{ forEach: 'object.spec.volumes', expression: 'false' }],
    });
    const paths = (...types: string[]) => deployment([], { volumes: types.map((type) => ({ hostPath: { type } })) });
    expect(
      judge([volumes], requestOf(paths('a', 'b'), paths('a'))).findings.map((finding) => finding.tolerated),
    ).toEqual([true, false]);
  });
  test('offers no fix for what it tolerates', () => {
    expect(
      judge([PROBE], requestOf(deployment([{ name: 'a', image: 'web:2' }]), before)).findings[0],
    ).not.toHaveProperty('fix');
  });
});
