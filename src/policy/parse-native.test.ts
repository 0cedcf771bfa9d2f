import { describe, expect, test } from 'vitest';
import { parsePolicies } from './parse.ts';
import { formatProblem } from './problem.ts';

const BINDING = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: b
spec:
  policyName: p
  paramRef:
    name: limits
    parameterNotFoundAction: Deny
  matchResources:
    resourceRules:
      - apiGroups: [apps]
        apiVersions: [v1]
        operations: [CREATE]
        resources: [deployments]
        resourceNames:
  validationActions: [Deny]
`;

const parse = (text: string) => {
  const { natives, problems } = parsePolicies(text, 'b.yaml');
  return { documents: natives.map(({ document }) => document), problems: problems.map(formatProblem) };
};

describe('a native document', () => {
  test('gets the defaults of the API server, and nulls count as left out', () => {
    const { documents, problems } = parse(BINDING);
    expect(problems).toEqual([]);
    expect(documents[0]?.spec).toEqual({
      policyName: 'p',
      paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' },
      matchResources: {
        resourceRules: [
          {
            apiGroups: ['apps'],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['deployments'],
            scope: '*',
          },
        ],
        namespaceSelector: {},
        objectSelector: {},
        matchPolicy: 'Equivalent',
      },
      validationActions: ['Deny'],
    });
  });
  test('of an older version is read as well, with the default that only the first had', () => {
    const text = BINDING.replace('    parameterNotFoundAction: Deny\n', '');
    expect(parse(text.replace('/v1\n', '/v1alpha1\n')).documents[0]?.spec).toMatchObject({
      paramRef: { parameterNotFoundAction: 'Deny' },
    });
    expect(parse(text.replace('/v1\n', '/v1beta1\n')).problems).toEqual([
      'b.yaml:8:5: spec.paramRef: "parameterNotFoundAction" is missing',
    ]);
  });
  test('with mistakes names each by line and column', () => {
    const text = BINDING.replace('[Deny]', '[Deny, Warn, Deny]').replace('[CREATE]', '[create]');
    expect(parse(text.replace('[create]', '[CREATE]')).problems).toEqual([
      'b.yaml:17:22: spec.validationActions: must not contain both Deny and Warn (a refusal says it already)',
      'b.yaml:17:35: spec.validationActions[2]: "Deny" is there already',
    ]);
    expect(parse(text).problems).toEqual([
      'b.yaml:14:22: spec.matchResources.resourceRules[0].operations[0]: must be one of CREATE, UPDATE, DELETE, CONNECT, *, is "create" (did you mean "CREATE"?)',
    ]);
  });
  test('with a field that there is not', () => {
    expect(parse(BINDING.replace('policyName:', 'policy:')).problems).toEqual([
      'b.yaml:6:3: spec: "policyName" is missing',
      'b.yaml:6:3: spec: unknown field "policy" (known: policyName, paramRef, matchResources, validationActions)',
    ]);
  });
  test('of a version that there is not', () => {
    expect(parse(BINDING.replace('/v1\n', '/v2\n')).problems).toEqual([
      'b.yaml:1:13: ValidatingAdmissionPolicyBinding has no version admissionregistration.k8s.io/v2 (known: admissionregistration.k8s.io/v1, v1beta1 and v1alpha1)',
    ]);
  });
});
