import { describe, expect, it } from 'vitest';
import { finding, findingIn, REQUEST } from '../../test/admission/decisions.ts';
import type { Decision, Finding, Request } from '../engine/decision.ts';
import { admitDecision } from './admit.ts';
import { brokenPolicyEvent, findingEvents } from './event.ts';

const STORED: Request = {
  ...REQUEST,
  kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
  namespace: 'shop',
  object: { metadata: { name: 'web', namespace: 'shop', uid: 'u-1' } },
};
const decision = (findings: readonly Finding[]): Decision => ({ findings, failures: [], notJudged: [] });
const eventsOf = (
  findings: readonly Finding[],
  request: Partial<Request> = {},
  door: 'mutate' | 'validate' = 'validate',
) => {
  const whole = { ...STORED, ...request };
  return findingEvents(door, whole, admitDecision(decision(findings), whole));
};
const warned = finding({ action: 'Warn' });

describe('an Event', () => {
  it('tells all that Warn policies found, and another one what those in Audit did, on the object itself', () => {
    const [warning, audit, ...more] = eventsOf([
      findingIn('web', 0, { action: 'Warn' }),
      findingIn('proxy', 1, { action: 'Warn' }),
      finding({ action: 'Audit', policy: 'other', message: 'Too few.' }),
    ]);
    expect(more).toEqual([]);
    const regarding = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: 'u-1' };
    expect(warning).toMatchObject({ regarding, type: 'Warning', reason: 'PolicyWarning' });
    expect(warning?.note).toMatch(/^require-\S+: .+ \(and 1 more container\)$/);
    expect(audit).toEqual({
      regarding,
      type: 'Normal',
      reason: 'PolicyAudit',
      action: 'Admitted',
      note: 'other: Too few',
    });
  });

  it.each([
    ['a rehearsal', [warned], { dryRun: true }],
    ['a rehearsal of what is refused', [finding({ action: 'Deny' })], { dryRun: true }],
    ['a refusal of nothing that has a name', [finding({ action: 'Deny' })], { name: '', object: { metadata: {} } }],
    ['what was there before', [finding({ action: 'Warn', tolerated: true })], {}],
    ['what is excepted', [finding({ action: 'Warn', excepted: { reason: 'legacy' } })], {}],
    ['a subresource with another object', [warned], { subResource: 'scale' }],
    ['a deletion', [warned], { operation: 'DELETE' as const }],
    ['an object without a uid', [warned], { object: { metadata: { name: 'web' } } }],
  ])('is not written for %s', (_case, findings, request) => {
    expect(eventsOf(findings, request)).toEqual([]);
  });

  it('of a denial says why it was refused, and no more', () => {
    const denied = finding({ action: 'Deny', policy: 'strict', message: 'Too much.' });
    expect(eventsOf([warned, denied], { name: 'web', operation: 'CREATE' })).toEqual([
      {
        // It was never made: the uid would be another one with each attempt.
        regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web', uid: '' },
        type: 'Warning',
        reason: 'PolicyDenied',
        action: 'CREATE',
        note: 'strict: Too much',
      },
    ]);
  });

  it('of a denial is on what is there: the object before, or the controller of what has no name yet', () => {
    const denied = [finding({ action: 'Deny' })];
    const before = { metadata: { name: 'web', namespace: 'shop', uid: 'u-0' } };
    const [changed] = eventsOf(denied, { name: 'web', operation: 'UPDATE', oldObject: before });
    expect(changed?.regarding).toMatchObject({ kind: 'Deployment', name: 'web', uid: 'u-0' });
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d', uid: 'u-9', controller: true };
    const object = { metadata: { generateName: 'web-5d-', ownerReferences: [owner] } };
    const [made] = eventsOf(denied, { name: '', operation: 'CREATE', object });
    expect(made?.regarding).toEqual({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      namespace: 'shop',
      name: 'web-5d',
      uid: 'u-9',
    });
  });

  it('is not written at the mutating door', () => {
    expect(eventsOf([warned], {}, 'mutate')).toEqual([]);
  });

  it('takes no more room than the API server gives', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      finding({ action: 'Warn', policy: `policy-${index}`, message: 'ü' }),
    );
    const [event] = eventsOf(many);
    expect(Buffer.byteLength(event?.note ?? '')).toBeLessThanOrEqual(1024);
    expect(event?.note).toMatch(/…$/);
    expect(event?.note).not.toContain('\uFFFD');
  });

  it('on a Policy says what is in force', () => {
    const broken = { name: 'own', uid: 'u-2', inForce: 'previous' as const, problems: [{ message: 'no such\nfield' }] };
    expect(brokenPolicyEvent(broken)).toMatchObject({
      regarding: { kind: 'Policy', name: 'own', namespace: '' },
      note: 'The policy does not compile, its last good version stays in force: no such field',
    });
  });
});
