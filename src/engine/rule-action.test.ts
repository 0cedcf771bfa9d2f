import { expect, test } from 'vitest';
import { contextOf, pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { JsonMap } from '../cel/value.ts';
import type { Action } from '../policy/policy.ts';
import { type Profile, RECOMMENDED } from '../policy/settings.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';

const PARAMETERS = {
  properties: { level: { type: 'string', enum: ['deny', 'warn', 'audit', 'off'], default: 'warn' } },
};

function judge(validation: JsonMap, action: Action = 'Deny', profile: Profile = 'recommended', more = {}): Decision {
  const validations = [{ expression: 'false', message: 'm', ...validation }];
  const one = policy('one', { subject: 'PodTemplate', enforcement: { action }, parameters: PARAMETERS, validations });
  return decide(setOf([one], { ...RECOMMENDED, profile, ...more }), requestOf(pod([{ name: 'a' }])), contextOf());
}

const actionsOf = ({ findings }: Decision): readonly string[] => findings.map(({ action }) => action);

test.each<[JsonMap, Action, Profile, readonly string[]]>([
  [{}, 'Warn', 'recommended', ['Warn']],
  [{ action: 'Warn' }, 'Deny', 'recommended', ['Warn']],
  [{ action: 'Deny' }, 'Audit', 'recommended', ['Audit']],
  [{ action: 'Audit' }, 'Warn', 'recommended', ['Audit']],
  [{ action: 'Warn' }, 'Deny', 'strict', ['Deny']],
  [{ action: 'Audit' }, 'Warn', 'strict', ['Audit']],
  [{ action: 'Warn' }, 'Deny', 'baseline', ['Audit']],
  [{ advisory: true }, 'Warn', 'strict', ['Warn']],
  [{ advisory: true }, 'Deny', 'recommended', ['Warn']],
  [{ advisory: true }, 'Audit', 'strict', ['Audit']],
  [{ advisory: true, actionExpression: "'Deny'" }, 'Deny', 'strict', ['Warn']],
  [{ actionExpression: "'Warn'" }, 'Deny', 'recommended', ['Warn']],
  [{ actionExpression: 'params.level' }, 'Deny', 'recommended', ['Warn']],
  [{ actionExpression: 'params.level' }, 'Deny', 'strict', ['Deny']],
  [{ actionExpression: 'params.level' }, 'Audit', 'strict', ['Audit']],
  [{ actionExpression: "'Off'" }, 'Deny', 'strict', []],
])('%j in a policy that is %s, profile %s: %j', (rule, action, profile, expected) => {
  expect(actionsOf(judge(rule, action, profile))).toEqual(expected);
});

test('a parameter turns a rule off', () => {
  const policies = { one: { parameters: { level: 'off' } } };
  expect(judge({ actionExpression: 'params.level' }, 'Deny', 'recommended', { policies }).findings).toEqual([]);
});

test('the action expression sees the item', () => {
  const rule = { forEach: "['Deny', 'Audit']", actionExpression: 'item' };
  expect(actionsOf(judge(rule))).toEqual(['Deny', 'Audit']);
});

test('an action that is none is a failure of the rule, and one that is not known leaves it unjudged', () => {
  expect(judge({ actionExpression: "'loud'" })).toMatchObject({
    findings: [],
    failures: [{ rule: 'rule-1', message: expect.stringContaining('none of Deny, Warn, Audit, Off') }],
  });
  const unknown = { actionExpression: "resources.get('v1', 'secrets', 'a', 'b') == null ? 'Deny' : 'Off'" };
  expect(judge(unknown)).toMatchObject({ findings: [], failures: [], notJudged: [{ rule: 'rule-1' }] });
});

test('a rule that fails refuses no more than it may', () => {
  const rule = { expression: 'object.missing == 1', action: 'Warn' };
  expect(judge(rule).failures).toMatchObject([{ action: 'Warn' }]);
});

test('one of both, and a string', () => {
  expect(() => judge({ action: 'Warn', actionExpression: "'Off'" })).toThrow('is there beside actionExpression');
  expect(() => judge({ actionExpression: '1' })).toThrow('must yield a string, yields int');
});
