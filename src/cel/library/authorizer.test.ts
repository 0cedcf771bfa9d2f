import { describe, expect, it } from 'vitest';
import { call } from '../../../test/cel/call.ts';
import type { Value } from '../value.ts';
import { type AccessAttributes, Authorizer } from './authorization.ts';
import { AUTHORIZER } from './authorizer.ts';

const authz = (name: string, ...args: readonly Value[]): Value => call(AUTHORIZER, name, ...args);

describe('authorizer', () => {
  it('asks for what the expression says, and is unknown until it is answered', () => {
    const asked: AccessAttributes[] = [];
    const answers: { allowed: boolean; reason: string }[] = [];
    const authorizer = new Authorizer({
      review(attributes) {
        asked.push(attributes);
        return answers[0];
      },
    });
    const robot = authz('serviceAccount', authorizer, 'shop', 'robot');
    const pods = authz('namespace', authz('resource', authz('group', robot, ''), 'pods'), 'shop');
    expect(authz('check', pods, 'create')).toBe('error: authorization is not known');
    answers.push({ allowed: true, reason: 'role robot' });
    const decision = authz('check', pods, 'create');
    expect([authz('allowed', decision), authz('reason', decision), authz('errored', decision)]).toEqual([
      true,
      'role robot',
      false,
    ]);
    expect(asked[0]).toEqual({
      serviceAccount: { namespace: 'shop', name: 'robot' },
      verb: 'create',
      resource: {
        group: '',
        resource: 'pods',
        subresource: '',
        namespace: 'shop',
        name: '',
        fieldSelector: '',
        labelSelector: '',
      },
    });
  });

  it('refuses what cannot be asked', () => {
    const authorizer = new Authorizer({ review: () => undefined });
    expect(authz('path', authorizer, ' ')).toBe('error: path must not be empty');
    expect(authz('resource', authz('group', authorizer, ''), '')).toBe('error: resource must not be empty');
    expect(authz('serviceAccount', authorizer, 'Shop', 'robot')).toBe('error: Invalid service account namespace');
  });
});
