/** What policies ask of `authorizer`, and what becomes of answers that are there, and of those that are not. */
import { describe, expect, test } from 'vitest';
import { contextOf, pod, policy, requestOf, setOf } from '../../test/support/policies.ts';
import type { AccessAttributes, AccessDecision } from '../cel/library/authorization.ts';
import type { JsonMap } from '../cel/value.ts';
import { decide } from './decide.ts';
import type { Decision, Request } from './decision.ts';
import { mutate } from './mutate.ts';

const resourceRules = [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }];
const rule = (spec: JsonMap): JsonMap => policy('asking', { matchConstraints: { resourceRules }, ...spec });
const validation = (expression: string): JsonMap => rule({ validations: [{ expression }] });
const REQUEST = requestOf(pod([]));

interface Asked {
  readonly decision: Decision;
  readonly asked: readonly AccessAttributes[];
}

function judge(asking: JsonMap, answer: AccessDecision | undefined, request: Request = REQUEST): Asked {
  const asked: AccessAttributes[] = [];
  const review = (attributes: AccessAttributes): AccessDecision | undefined => {
    asked.push(attributes);
    return answer;
  };
  return { decision: decide(setOf([asking]), request, { ...contextOf(), authorization: { review } }), asked };
}

const YES: AccessDecision = { allowed: true, reason: 'because' };
const NO: AccessDecision = { allowed: false, reason: '' };
const FAILED: AccessDecision = { allowed: false, reason: '', error: 'out of order' };

describe('authorizer', () => {
  test.each([
    ['.allowed()', YES, true],
    ['.allowed()', NO, false],
    ['.allowed()', FAILED, false],
    [".reason() == 'because'", YES, true],
    ['.errored()', YES, false],
    ['.errored()', FAILED, true],
    [".error() == 'out of order'", FAILED, true],
    [".error() == ''", NO, true],
  ])('check%s of %j is %s', (member, answer, holds) => {
    const { decision } = judge(validation(`authorizer.path('/x').check('get')${member}`), answer);
    expect(decision).toMatchObject({ failures: [], notJudged: [] });
    expect(decision.findings).toHaveLength(holds ? 0 : 1);
  });

  test('asks for paths, for resources with all their attributes, and for service accounts', () => {
    const all = `authorizer.path('/healthz').check('get').allowed()
      && authorizer.group('apps').resource('deployments').subresource('scale').namespace('shop').name('web')
        .fieldSelector('metadata.name=web').labelSelector('a in (b, c)').check('update').allowed()
      && authorizer.serviceAccount('shop', 'builder').group('').resource('pods').check('list').allowed()`;
    const unset = { subresource: '', namespace: '', name: '', fieldSelector: '', labelSelector: '' };
    expect(judge(validation(all), YES).asked).toEqual([
      { verb: 'get', path: '/healthz' },
      {
        verb: 'update',
        resource: {
          group: 'apps',
          resource: 'deployments',
          subresource: 'scale',
          namespace: 'shop',
          name: 'web',
          fieldSelector: 'metadata.name=web',
          labelSelector: 'a in (b, c)',
        },
      },
      {
        serviceAccount: { namespace: 'shop', name: 'builder' },
        verb: 'list',
        resource: { ...unset, group: '', resource: 'pods' },
      },
    ]);
  });

  test('asks for the resource of the request as its client named it', () => {
    const request = {
      ...REQUEST,
      requestResource: { group: 'extensions', version: 'v1beta1', resource: 'things' },
      subResource: 'resize',
    };
    const { asked } = judge(validation("authorizer.requestResource.check('bend').allowed()"), YES, request);
    const resource = { group: 'extensions', resource: 'things', subresource: 'resize', namespace: 'shop', name: 'web' };
    expect(asked).toEqual([{ verb: 'bend', resource: { ...resource, fieldSelector: '', labelSelector: '' } }]);
  });

  test('leaves a rule unjudged as long as the answer is not known, but for one that does not need it', () => {
    const check = "authorizer.path('/x').check('get').allowed()";
    expect(judge(validation(check), undefined).decision).toMatchObject({
      findings: [],
      notJudged: [{ rule: 'rule-1' }],
    });
    expect(judge(validation(`${check} || true`), undefined).decision.notJudged).toEqual([]);
  });

  test('is there for matchConditions, variables and mutations', () => {
    const expression = "authorizer.path('/x').check('get').allowed()";
    const conditional = rule({
      matchConditions: [{ name: 'allowed', expression }],
      validations: [{ expression: 'false' }],
    });
    expect(judge(conditional, NO).decision.findings).toEqual([]);
    expect(judge(conditional, YES).decision.findings).toHaveLength(1);
    expect(judge(conditional, undefined).decision).toMatchObject({ findings: [], notJudged: [{ rule: 'allowed' }] });
    const variables = [{ name: 'allowed', expression }];
    expect(
      judge(rule({ variables, validations: [{ expression: 'variables.allowed' }] }), NO).decision.findings,
    ).toHaveLength(1);
    const label = `[JSONPatch{op: 'add', path: '/metadata/labels', value: {'allowed': string(${expression})}}]`;
    const mutating = rule({ mutations: [{ jsonPatch: { expression: label } }] });
    const authorization = { review: () => YES };
    expect(mutate(setOf([mutating]), REQUEST, { ...contextOf(), authorization }).patch).toEqual([
      { op: 'add', path: '/metadata/labels', value: { allowed: 'true' } },
    ]);
    expect(mutate(setOf([mutating]), REQUEST, contextOf())).toMatchObject({
      patch: [],
      notJudged: [{ policy: 'asking' }],
    });
  });
});
