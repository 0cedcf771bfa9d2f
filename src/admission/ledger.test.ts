import { describe, expect, it } from 'vitest';
import { contextOf, deployment, NOW, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import type { Request } from '../engine/decision.ts';
import { admit } from './admit.ts';
import { createLedger, type Ledger } from './ledger.ts';

const sleeps = (action: string): JsonMap =>
  policy('set-sleep', {
    subject: 'PodTemplate',
    enforcement: { action },
    mutations: [
      {
        jsonPatch: {
          expression: `object.spec.containers.transformList(i, c, !has(c.lifecycle),
            JSONPatch{op: 'add', path: '/spec/containers/' + string(i) + '/lifecycle', value: {'preStop': {'sleep': {'seconds': 5}}}})`,
        },
      },
    ],
  });
const SET = setOf([sleeps('Mutate')]);
const SLEEP = { lifecycle: { preStop: { sleep: { seconds: 5 } } } };
const PLACE = 'spec.template.spec.containers[app].lifecycle';

const bare = requestOf(deployment([{ name: 'app' }]));
const atMutate = (ledger: Ledger, request: Request, now = NOW) =>
  admit('mutate', SET, request, { ...contextOf(), now }, ledger);
const atValidate = (ledger: Ledger, request: Request, set = SET) => {
  const { missing, response } = admit('validate', set, request, contextOf(), ledger);
  return { missing, warnings: response.warnings, missingAnnotation: response.auditAnnotations?.['missing'] };
};

describe('the mutation ledger', () => {
  it('says nothing of what is as it was set, also with other containers before it', () => {
    const ledger = createLedger(true);
    atMutate(ledger, bare);
    const stored = requestOf(
      deployment([
        { name: 'sidecar', ...SLEEP },
        { name: 'app', ...SLEEP },
      ]),
    );
    expect(atValidate(ledger, stored)).toEqual({ missing: [] });
  });

  it('names policy and place of what another webhook has undone, wherever the container is by then', () => {
    const ledger = createLedger(true);
    atMutate(ledger, bare);
    const undone = requestOf(deployment([{ name: 'sidecar', ...SLEEP }, { name: 'app' }]));
    expect(atValidate(ledger, undone)).toEqual({
      missing: [{ policy: 'set-sleep', place: PLACE, cause: 'undone' }],
      warnings: [`set-sleep: set here, and undone by another webhook at containers[app].lifecycle`],
      missingAnnotation: `set-sleep ${PLACE} (undone)`,
    });
  });

  it('knows it after it was called again within one request', () => {
    const ledger = createLedger(true);
    atMutate(ledger, bare);
    atMutate(ledger, requestOf(deployment([{ name: 'app', ...SLEEP }])));
    expect(atValidate(ledger, bare).missing?.map(({ cause }) => cause)).toEqual(['undone']);
  });

  it('tells a container that came later, and an object that it has not seen', () => {
    const ledger = createLedger(true);
    atMutate(ledger, bare);
    const later = requestOf(deployment([{ name: 'app', ...SLEEP }, { name: 'sidecar' }]));
    expect(atValidate(ledger, later).missing?.map(({ cause }) => cause)).toEqual(['late']);
    expect(atValidate(createLedger(true), bare).warnings).toEqual([
      `set-sleep: not set: undone by another webhook, or never applied at containers[app].lifecycle`,
    ]);
  });

  it("leaves a user's own value, and that of another webhook, alone", () => {
    const ledger = createLedger(true);
    atMutate(ledger, bare);
    const own = requestOf(deployment([{ name: 'app', lifecycle: {} }]));
    expect(atValidate(ledger, own).missing).toEqual([]);
  });

  it('asks nothing of policies in Audit, nor of what is denied', () => {
    const ledger = createLedger(true);
    expect(atValidate(ledger, bare, setOf([sleeps('Audit')])).missing).toEqual([]);
    const refused = policy('refuse', {
      subject: 'PodTemplate',
      enforcement: { action: 'Deny' },
      validations: [{ expression: 'false' }],
    });
    expect(atValidate(ledger, bare, setOf([sleeps('Mutate'), refused])).missing).toBeUndefined();
  });

  it('keeps rehearsals apart, and forgets after a minute', () => {
    const ledger = createLedger(true);
    atMutate(ledger, requestOf(deployment([{ name: 'app' }]), null, { dryRun: true }));
    expect(atValidate(ledger, bare).missing?.map(({ cause }) => cause)).toEqual(['unseen']);
    atMutate(ledger, bare, NOW - 61_000);
    expect(atValidate(ledger, bare).missing?.map(({ cause }) => cause)).toEqual(['unseen']);
  });

  it('finds an object again whose name was generated in between', () => {
    const ledger = createLedger(true);
    const named = (name: string, metadata: JsonMap): Request => {
      const object = deployment([{ name: 'app' }]);
      return { ...requestOf({ ...object, metadata }), name };
    };
    atMutate(ledger, named('', { generateName: 'web-' }));
    const stored = named('web-x7k2p', { generateName: 'web-', name: 'web-x7k2p' });
    expect(atValidate(ledger, stored).missing?.map(({ cause }) => cause)).toEqual(['undone']);
  });

  it('speaks of what it has not seen only where its mutating door is called at all', () => {
    const ledger = createLedger(false);
    expect(atValidate(ledger, bare).missing).toEqual([]);
    atMutate(ledger, requestOf(deployment([{ name: 'app' }], {}, {}), null, { namespace: 'other' }));
    expect(atValidate(ledger, bare).missing?.map(({ cause }) => cause)).toEqual(['unseen']);
  });
});
