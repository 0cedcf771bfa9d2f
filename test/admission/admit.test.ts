/** What becomes of a decision: the one place of deny, warn, audit and failurePolicy. */
import { describe, expect, it } from 'vitest';
import { admitDecision, admitMutation } from '../../src/admission/admit.ts';
import type { Decision, Mutation } from '../../src/engine/decision.ts';
import { failure, finding, REQUEST } from './decisions.ts';

function decision(change: Partial<Decision>): Decision {
  return { findings: [], failures: [], notJudged: [], ...change };
}

function mutation(change: Partial<Mutation>): Mutation {
  return { object: REQUEST.object, patch: [], changes: [], failures: [], notJudged: [], ...change };
}

const NOT_JUDGED = { policy: 'require-pdb', rule: 'rule-1', message: 'poddisruptionbudgets are not known' };

describe('a decision', () => {
  it('without findings lets the request through and says nothing', () => {
    const { response, verdict } = admitDecision(decision({}), REQUEST);
    expect(verdict).toBe('allowed');
    expect(response).toEqual({ uid: 'a-uid', allowed: true });
  });

  it('with a finding of a Deny policy refuses, and warns of the others at the same time', () => {
    const findings = [
      finding(),
      finding({ policy: 'require-labels', action: 'Warn', message: 'no label team' }),
      finding({ policy: 'require-pre-stop', action: 'Audit' }),
    ];
    const { response, verdict } = admitDecision(decision({ findings }), REQUEST);
    expect(verdict).toBe('denied');
    expect(response).toMatchObject({ uid: 'a-uid', allowed: false, status: { code: 403, reason: 'Forbidden' } });
    expect(response.status?.message).toMatch(/^1 problem in Deployment shop\/web:/);
    expect(response.warnings).toEqual([expect.stringContaining('require-labels: no label team')]);
    expect(response.auditAnnotations).toEqual({
      denied: 'require-liveness-probe',
      warned: 'require-labels',
      audited: 'require-pre-stop',
    });
  });

  it('with findings that are not new lets the request through with warnings', () => {
    const { response } = admitDecision(decision({ findings: [finding({ tolerated: true })] }), REQUEST);
    expect(response).toMatchObject({
      allowed: true,
      warnings: [expect.stringContaining('tolerated')],
      auditAnnotations: { tolerated: 'require-liveness-probe' },
    });
  });

  it('with findings of Audit policies is a matter of the audit log alone', () => {
    const { response } = admitDecision(decision({ findings: [finding({ action: 'Audit' })] }), REQUEST);
    expect(response).toEqual({ uid: 'a-uid', allowed: true, auditAnnotations: { audited: 'require-liveness-probe' } });
  });

  it.each([
    ['Invalid', 422],
    ['Unauthorized', 401],
    ['RequestEntityTooLarge', 413],
    ['Forbidden', 403],
  ])("gives the policies' reason %s with its code", (reason, code) => {
    const { response } = admitDecision(decision({ findings: [finding({ reason }), finding({ reason })] }), REQUEST);
    expect(response.status).toMatchObject({ reason, code });
  });

  it('is Forbidden where reasons differ or are unknown', () => {
    for (const reasons of [['Invalid', 'Forbidden'], ['Whatever']]) {
      const findings = reasons.map((reason) => finding({ reason }));
      expect(admitDecision(decision({ findings }), REQUEST).response.status).toMatchObject({
        reason: 'Forbidden',
        code: 403,
      });
    }
  });

  it.each([
    ['Deny', 'Fail', false, 0],
    ['Deny', 'Ignore', true, 1],
    ['Warn', 'Fail', true, 1],
    ['Warn', 'Ignore', true, 1],
    ['Audit', 'Fail', true, 0],
  ] as const)(
    'of a %s policy that failed, with failurePolicy %s, allows: %s',
    (action, failurePolicy, allowed, warnings) => {
      const { response } = admitDecision(decision({ failures: [failure({ action, failurePolicy })] }), REQUEST);
      expect(response.allowed).toBe(allowed);
      expect(response.warnings ?? []).toHaveLength(warnings);
      expect(response.auditAnnotations).toEqual({ failed: 'our-own/labels: no such key: labels' });
    },
  );

  it('that depends on what is not known refuses nothing and says so in the audit log', () => {
    const { response } = admitDecision(decision({ notJudged: [NOT_JUDGED] }), REQUEST);
    expect(response).toEqual({
      uid: 'a-uid',
      allowed: true,
      auditAnnotations: { 'not-judged': 'require-pdb/rule-1: poddisruptionbudgets are not known' },
    });
  });

  it('keeps annotations within bounds, whole names only', () => {
    const findings = Array.from({ length: 500 }, (_, index) => finding({ policy: `policy-${index}`, action: 'Audit' }));
    const { response } = admitDecision(decision({ findings }), REQUEST);
    expect(response.auditAnnotations?.['audited']?.length).toBeLessThan(2100);
    expect(response.auditAnnotations?.['audited']).toMatch(/policy-\d+, and \d+ more$/);
  });
});

describe('a mutation', () => {
  const patch = [{ op: 'add', path: '/spec/revisionHistoryLimit', value: 10 }] as const;

  it('that changes nothing is no patch', () => {
    const { response, verdict } = admitMutation(mutation({}), REQUEST);
    expect(verdict).toBe('allowed');
    expect(response).toEqual({ uid: 'a-uid', allowed: true });
  });

  it('is a JSON patch, with a ledger of who changed what', () => {
    const changes = [
      { policy: 'set-revision-history-limit', action: 'Mutate', path: ['spec', 'revisionHistoryLimit'] },
      { policy: 'set-pre-stop-sleep', action: 'Audit', path: ['spec', 'containers', 0, 'lifecycle'] },
    ] as const;
    const { response, verdict } = admitMutation(mutation({ patch, changes }), REQUEST);
    expect(verdict).toBe('patched');
    expect(response).toMatchObject({ uid: 'a-uid', allowed: true, patchType: 'JSONPatch' });
    expect(JSON.parse(Buffer.from(response.patch ?? '', 'base64').toString())).toEqual(patch);
    expect(response.auditAnnotations).toEqual({
      mutated: 'set-revision-history-limit spec.revisionHistoryLimit',
      'would-mutate': 'set-pre-stop-sleep spec.containers[0].lifecycle',
    });
  });

  it.each([
    ['Mutate', 'Fail', false],
    ['Mutate', 'Ignore', true],
    ['Audit', 'Fail', true],
  ] as const)('of a %s policy that failed, with failurePolicy %s, allows: %s', (action, failurePolicy, allowed) => {
    const { response } = admitMutation(mutation({ patch, failures: [failure({ action, failurePolicy })] }), REQUEST);
    expect(response.allowed).toBe(allowed);
    expect(response.patch === undefined).toBe(!allowed);
    expect(response.auditAnnotations?.['failed']).toBe('our-own/labels: no such key: labels');
  });
});
