import { describe, expect, it } from 'vitest';
import { parsePolicies } from '../../policy/parse.ts';
import { formatProblem } from '../../policy/problem.ts';
import { type PolicySettings, parseSettings } from '../../policy/settings.ts';
import type { CompiledPolicy } from '../compiled.ts';
import { compilePolicy } from './policy.ts';

const HEAD = `apiVersion: tidegate.dev/v1alpha1
kind: Policy
metadata:
  name: require-x
spec:
  title: X is there
  category: Health
  severity: high
  rationale: Without X nothing works.
  remediation: Add X.
`;
const VALID = `  subject: PodTemplate
  validations:
    - expression: has(object.spec.x)
`;

function compile(spec: string, settings?: PolicySettings) {
  const { sources, problems } = parsePolicies(HEAD + spec, 'p.yaml');
  const [source] = sources;
  if (!source) throw new Error(problems.map(formatProblem).join('\n'));
  return compilePolicy(source, settings);
}

function policyOf(spec: string, settings?: PolicySettings): CompiledPolicy {
  const result = compile(spec, settings);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.policy;
}

function problemsOf(spec: string, settings?: PolicySettings): readonly string[] {
  const result = compile(spec, settings);
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe('compilePolicy', () => {
  it('settles what the policy leaves out', () => {
    expect(policyOf(VALID)).toMatchObject({
      id: 'require-x',
      file: 'p.yaml',
      subject: 'PodTemplate',
      failurePolicy: 'Fail',
      params: {},
      enforcement: { action: 'Deny', overrides: [], existing: 'Tolerate', settled: false },
      validations: [{ name: 'rule-1', message: 'failed expression: has(object.spec.x)', path: [] }],
      mutations: [],
      lookups: [],
    });
  });

  it('prepares every part of a rule', () => {
    const policy = policyOf(`  subject: PodTemplate
  parameters: { properties: { n: { type: integer, default: 3 } } }
  matchConditions: [{ name: named, expression: workload.metadata.name != '' }]
  variables:
    - { name: own, expression: object.spec.containers }
    - { name: count, expression: variables.own.size() }
  validations:
    - name: probe
      forEach: variables.own
      expression: item.x > params.n && variables.count > 0
      message: "  no x  "
      messageExpression: "'no x in ' + string(item.name)"
      path: resources.limits
      reason: Invalid
      fix: { jsonPatch: { expression: "[JSONPatch{op: 'remove', path: itemPath}]" } }
`);
    expect(policy.params).toEqual({ n: 3 });
    expect(policy.matchConditions.map(({ name }) => name)).toEqual(['named']);
    expect([...policy.variables.keys()]).toEqual(['own', 'count']);
    expect(policy.validations).toMatchObject([
      { name: 'probe', message: 'no x', path: ['resources', 'limits'], reason: 'Invalid', fix: { type: 'JSONPatch' } },
    ]);
    expect(policy.validations[0]?.forEach?.source).toBe('variables.own');
    expect([...policy.reads].toSorted()).toEqual(['item', 'itemPath', 'object', 'params', 'variables', 'workload']);
  });

  it('knows what the policy looks up', () => {
    const policy =
      policyOf(`${VALID.replace('has(object.spec.x)', "resources.get('v1', 'secrets', request.namespace, 'a') != null")}
    - expression: resources.list('autoscaling/v2', 'horizontalpodautoscalers', '').size() > 0
`);
    expect(policy.lookups).toEqual([
      { apiVersion: 'v1', resource: 'secrets' },
      { apiVersion: 'autoscaling/v2', resource: 'horizontalpodautoscalers' },
    ]);
    expect(policy.reads.has('resources')).toBe(true);
  });

  it('compiles both kinds of mutation', () => {
    const policy = policyOf(`  subject: PodTemplate
  mutations:
    - applyConfiguration: { expression: "Object{spec: Object.spec{restartPolicy: 'Always'}}" }
    - name: patch
      patchType: JSONPatch
      jsonPatch: { expression: "[JSONPatch{op: 'add', path: '/x', value: 1}]" }
`);
    expect(policy.mutations.map(({ name, type }) => [name, type])).toEqual([
      ['rule-1', 'ApplyConfiguration'],
      ['patch', 'JSONPatch'],
    ]);
    expect(policy.enforcement.action).toBe('Mutate');
  });
});

describe('compilePolicy: problems of expressions', () => {
  it('point at the character, also inside a block', () => {
    expect(problemsOf(VALID.replace('has(object.spec.x)', 'has(object.spec.x) &&& true'))).toEqual([
      expect.stringMatching(
        /^p\.yaml:13:40: spec\.validations\[0\]\.expression: Syntax error: .*\n {4}has\(object\.spec\.x\) &&& true\n {25}\^$/s,
      ),
    ]);
    const block = `  subject: PodTemplate
  validations:
    - expression: >-
        has(object.spec.x)
        && nothing.here
`;
    expect(problemsOf(block)).toEqual([
      expect.stringMatching(/^p\.yaml:15:12: spec\.validations\[0\]\.expression: undeclared reference to 'nothing'/),
    ]);
  });

  it.each([
    ['a validation that is no bool', 'object.spec.x', 'must yield a bool, yields dyn (compare it: `… == true`)'],
    ['a number', '1 + 1', 'must yield a bool, yields int'],
    ['item outside a forEach', 'item.x', "undeclared reference to 'item'"],
    ['a misspelt variable', 'objet.spec.x', '(did you mean "object"?)'],
    ['a misspelt function', 'object.a.startWith("x")', '(did you mean "startsWith"?)'],
    ['equality of another language', 'object.a = 1', "token recognition error at: '= ' (equality is ==)"],
    ['a macro of another language', 'object.a.all(x => x)', '(a macro takes a name and an expression: '],
    [
      'a lookup that nobody can foresee',
      'resources.get(object.a, "x", "", "y") == null',
      'needs its apiVersion and resource as text in quotes',
    ],
  ])('refuse %s', (_, expression, message) => {
    expect(
      problemsOf(VALID.replace('has(object.spec.x)', `'${expression.replaceAll("'", "''")}'`)).join('\n'),
    ).toContain(message);
  });

  it.each([
    ['forEach', '"true"', 'must yield a list or a map, yields bool'],
    ['messageExpression', '"1"', 'must yield a string, yields int'],
    ['messageExpression', 'no quotes', "(text stands in quotes of its own: 'a ' + item.name)"],
    ['messageExpression', `"authorizer.path('/x').check('get').reason()"`, "undeclared reference to 'authorizer'"],
    ['messageExpression', `"authorizer.requestResource.check('get').reason()"`, "undeclared reference to 'authorizer'"],
    ['path', 'a..b', '"a..b" is no path'],
    ['fix', '{ jsonPatch: { expression: "[1]" } }', 'must yield a list of JSONPatch{}, yields list(int)'],
    ['fix', '{ applyConfiguration: { expression: "{}" } }', 'must yield an Object{}'],
    ['fix', '{}', 'needs exactly one of jsonPatch and applyConfiguration'],
    [
      'fix',
      '{ patchType: JSONPatch, applyConfiguration: { expression: "Object{}" } }',
      'is JSONPatch, but applyConfiguration is given',
    ],
  ])('refuse a wrong %s: %s', (field, value, message) => {
    expect(problemsOf(`${VALID}      ${field}: ${value}\n`).join('\n')).toContain(message);
  });

  it('refuse variables in matchConditions and unknown ones elsewhere', () => {
    const conditions = `${VALID}  matchConditions: [{ name: a, expression: variables.x }]\n`;
    expect(problemsOf(conditions).join()).toContain('matchConditions come before the variables');
    const later = `${VALID}  variables: [{ name: a, expression: variables.b }, { name: b, expression: "1" }]\n`;
    expect(problemsOf(later).join()).toMatch(/undefined field 'b'/);
    expect(problemsOf(`${VALID}  variables: [{ name: a-b, expression: "1" }]\n`).join()).toContain(
      '"a-b" cannot be used',
    );
  });

  it('come all at once', () => {
    const spec = `  subject: PodTemplate
  variables: [{ name: a, expression: nowhere }]
  validations:
    - { name: same, expression: "1" }
    - { name: same, expression: "variables.a == 2" }
`;
    expect(problemsOf(spec).map((problem) => problem.split('\n')[0])).toEqual([
      expect.stringMatching(/^p\.yaml:12:38: spec\.variables\[0\]\.expression: undeclared reference to 'nowhere'/),
      'p.yaml:14:33: spec.validations[0].expression: must yield a bool, yields int',
      'p.yaml:15:15: spec.validations[1].name: the name "same" is taken by an earlier one',
    ]);
  });
});

describe('compilePolicy: problems of the whole', () => {
  it.each([
    ['no rules', '  subject: PodTemplate\n', 'p.yaml:6:3: spec: needs validations or mutations'],
    [
      'both kinds',
      `${VALID}  mutations: [{ jsonPatch: { expression: "[]" } }]\n`,
      'p.yaml:14:14: spec.mutations: a policy has validations or mutations, never both',
    ],
    [
      'no resources',
      VALID.replace('subject: PodTemplate', 'subject: Resource'),
      'spec.matchConstraints: needs resourceRules (or subject: PodTemplate',
    ],
    [
      'a resource without Pods',
      `${VALID}  matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods, services] }] }\n`,
      '"services" has no Pod template',
    ],
    [
      'a selector',
      `${VALID}  matchConstraints: { objectSelector: { matchExpressions: [{ key: a, operator: In }] } }\n`,
      'operator In of "a" needs values',
    ],
    [
      'an action',
      `${VALID}  enforcement: { action: Mutate }\n`,
      'p.yaml:14:26: spec.enforcement.action: a validating policy is Deny, Warn, Audit, Off; not Mutate',
    ],
    [
      'an override',
      `${VALID}  enforcement: { overrides: [{ namespaceSelector: {}, action: Mutate }] }\n`,
      'spec.enforcement.overrides[0].action: a validating policy',
    ],
    [
      'a schema',
      `${VALID}  parameters: { properties: { a: { type: strin } } }\n`,
      'spec.parameters: is no JSON Schema',
    ],
    [
      'a default',
      `${VALID}  parameters: { properties: { a: { type: integer, default: x } } }\n`,
      'spec.parameters.a: must be integer, is string',
    ],
  ])('refuse %s', (_, spec, message) => {
    expect(problemsOf(spec).join('\n')).toContain(message);
  });
});

describe('compilePolicy: settings', () => {
  const overrides = [{ namespaceSelector: { matchLabels: { a: 'b' } }, action: 'Audit' as const }];
  const WITH_OVERRIDE = `${VALID}  enforcement: { action: Warn, existing: Enforce, overrides: [{ namespaceSelector: {}, action: Deny }] }\n`;

  it('win over the policy; an action replaces its overrides', () => {
    expect(policyOf(WITH_OVERRIDE, { enforcement: { action: 'Off' } }).enforcement).toEqual({
      action: 'Off',
      overrides: [],
      existing: 'Enforce',
      settled: true,
    });
    expect(policyOf(WITH_OVERRIDE, { enforcement: { overrides } }).enforcement).toMatchObject({
      action: 'Warn',
      overrides: [{ action: 'Audit' }],
      settled: false,
    });
    expect(policyOf(WITH_OVERRIDE, { enforcement: { existing: 'Tolerate' } }).enforcement).toMatchObject({
      overrides: [{ action: 'Deny' }],
      existing: 'Tolerate',
    });
  });

  it('are refused at their own place', () => {
    const text = `apiVersion: tidegate.dev/v1alpha1\nkind: Settings\npolicies:\n  require-x:\n    enforcement: { action: Mutate }\n    parameters: { size: 1 }\n`;
    const parsed = parseSettings(text, 'tidegate.yaml');
    const [source] = parsePolicies(HEAD + VALID, 'p.yaml').sources;
    if (!parsed.ok || !source) throw new Error('both must be readable');
    const result = compilePolicy(source, parsed.settings.policies['require-x'], parsed.place);
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      'tidegate.yaml:5:28: policies.require-x.enforcement.action: a validating policy is Deny, Warn, Audit, Off; not Mutate',
      'tidegate.yaml:6:25: policies.require-x.parameters.size: unknown field "size"',
    ]);
  });
});
