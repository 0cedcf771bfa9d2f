/** What `tidegate export` leaves behind, and what it says of it. */
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../src/cel/value.ts';
import { exportPolicies } from '../../src/export/export.ts';
import { policy, setOf } from '../support/policies.ts';
import { OF_SERVICES } from './cases.ts';

describe('what cannot go is said', () => {
  const refused = (spec: JsonMap): readonly string[] => {
    const { obstacles, documents } = exportPolicies(setOf([policy('one', spec)]).policies, { excludedNamespaces: [] });
    return [...obstacles.map(({ rule, message }) => `${rule}: ${message}`), ...documents.map(({ kind }) => kind)];
  };
  const rule = (expression: string): JsonMap => ({
    subject: 'PodTemplate',
    validations: [{ expression, message: 'm' }],
  });

  it.each<[string, JsonMap, readonly string[]]>([
    ['a look-up', rule("resources.list('v1', 'pods', '').size() == 0"), ['rule-1: looks up other objects (resources)']],
    [
      'the version',
      rule("kubernetesVersion == ''"),
      ['rule-1: reads kubernetesVersion, which --kubernetes-version can give'],
    ],
    [
      'a name that is ours',
      rule('[1].all(variables, object.spec.x == variables)'),
      ['rule-1: has a loop variable called variables: give it another name'],
    ],
    [
      'another name that is ours',
      rule('[1].all(object, workload.spec.x == object)'),
      ['rule-1: has a loop variable called object: give it another name'],
    ],
    [
      'a variable of a variable',
      {
        ...rule('variables.b == 1'),
        variables: [
          { name: 'a', expression: 'qos(object, []).size()' },
          { name: 'b', expression: 'variables.a' },
        ],
      },
      ['rule-1: reads variables.b, which reads variables.a, which calls qos()'],
    ],
    [
      'a condition',
      { ...rule('true'), matchConditions: [{ name: 'a', expression: "written.sets('/a').hasValue()" }] },
      ['rule-1: asks what the user wrote (written)'],
    ],
    [
      'one rule of two',
      {
        subject: 'PodTemplate',
        validations: [
          { name: 'a', expression: "imageMatches('a', [])" },
          { name: 'b', expression: 'true' },
        ],
      },
      ['a: calls imageMatches()', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'],
    ],
    [
      'an action by object',
      {
        subject: 'PodTemplate',
        validations: [{ expression: 'true', actionExpression: "object.kind == 'Pod' ? 'Warn' : 'Deny'" }],
      },
      ['rule-1: decides by the object what it asks for (actionExpression)'],
    ],
    [
      'a patch in a variable, which only mutations may hold',
      {
        subject: 'PodTemplate',
        variables: [{ name: 'patch', expression: "[JSONPatch{op: 'remove', path: '/spec/x'}]" }],
        mutations: [{ jsonPatch: { expression: 'variables.patch' } }],
      },
      ["rule-1: is no CEL of a native policy: undeclared reference to 'JSONPatch' (in container '')"],
    ],
    [
      'a configuration of a template',
      { subject: 'PodTemplate', mutations: [{ applyConfiguration: { expression: 'Object{}' } }] },
      ['rule-1: is an applyConfiguration of the Pod in a workload: a jsonPatch could go'],
    ],
    [
      'overrides of what may be in no namespace',
      {
        matchConstraints: OF_SERVICES,
        validations: [{ expression: 'true' }],
        enforcement: { overrides: [{ namespaceSelector: {}, action: 'Warn' }] },
      },
      [
        'rule-1: has overrides by namespace, and may match objects that are in none: give its resourceRules scope: Namespaced',
      ],
    ],
  ])('%s', (_, spec, expected) => {
    expect(refused(spec)).toEqual(expected);
  });
});
