/** Native policies and bindings that the API server refuses to store, each with what Tidegate says of it; and tricky good ones. */
import type { JsonMap } from '../../src/cel/value.ts';
import {
  applyConfiguration,
  EVERYTHING,
  jsonPatch,
  mutating,
  mutatingBinding,
  validating,
  validatingBinding,
} from './native.ts';

export interface Mistake {
  readonly title: string;
  readonly document: JsonMap;
  /** `path: message` of every problem. */
  readonly problems: readonly string[];
}

const GOOD = [{ expression: 'true' }];
const NAME_HINT = 'lower-case letters, digits, "-" and ".", as in a DNS name';
const rules = (rule: JsonMap): JsonMap => ({
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], ...rule }],
  },
});
const ruleAt = 'spec.matchConstraints.resourceRules[0]';

const policy = (title: string, spec: JsonMap, ...problems: readonly string[]): Mistake => ({
  title,
  document: validating('mistaken', { validations: GOOD, ...spec }),
  problems,
});

const mutation = (
  title: string,
  mutations: readonly JsonMap[],
  spec: JsonMap,
  ...problems: readonly string[]
): Mistake => ({
  title,
  document: mutating('mistaken', mutations, spec),
  problems,
});

const binding = (title: string, spec: JsonMap, ...problems: readonly string[]): Mistake => ({
  title,
  document: validatingBinding('mistaken', 'p', spec),
  problems,
});

const OBJECT = applyConfiguration('Object{}');

export const MISTAKES: readonly Mistake[] = [
  {
    title: 'a name that is none',
    document: validating('Not_A_Name', { validations: GOOD }),
    problems: [`metadata.name: "Not_A_Name" is no valid name (${NAME_HINT})`],
  },
  {
    title: 'an overlong name',
    document: validating('a'.repeat(254), { validations: GOOD }),
    problems: [`metadata.name: is longer than 253 characters (${NAME_HINT})`],
  },
  policy('no constraints', { matchConstraints: null }, 'spec: "matchConstraints" is missing'),
  policy('no rules', { matchConstraints: {} }, 'spec.matchConstraints: "resourceRules" is missing'),
  policy(
    'an empty list of rules',
    { matchConstraints: { resourceRules: [] } },
    'spec.matchConstraints.resourceRules: must not be empty',
  ),
  policy(
    'neither validations nor annotations',
    { validations: null },
    'spec: needs at least one of validations and auditAnnotations',
  ),
  policy(
    'an unknown failurePolicy',
    { failurePolicy: 'Maybe' },
    'spec.failurePolicy: must be one of Fail, Ignore, is "Maybe"',
  ),
  policy('a rule without operations', rules({ operations: [] }), `${ruleAt}.operations: must not be empty`),
  policy(
    'an operation that there is not',
    rules({ operations: ['READ'] }),
    `${ruleAt}.operations[0]: must be one of CREATE, UPDATE, DELETE, CONNECT, *, is "READ"`,
  ),
  policy(
    'all operations and one more',
    rules({ operations: ['*', 'CREATE'] }),
    `${ruleAt}.operations: must name nothing else beside "*"`,
  ),
  policy(
    'all groups and one more',
    rules({ apiGroups: ['*', 'apps'] }),
    `${ruleAt}.apiGroups: must name nothing else beside "*"`,
  ),
  policy('no version', rules({ apiVersions: [] }), `${ruleAt}.apiVersions: must not be empty`),
  policy('an empty version', rules({ apiVersions: [''] }), `${ruleAt}.apiVersions[0]: must not be empty`),
  policy(
    'all resources and one more',
    rules({ resources: ['*', 'pods'] }),
    `${ruleAt}.resources: must name no other resource beside "*"`,
  ),
  policy(
    'all subresources and one of them',
    rules({ resources: ['pods/*', 'pods/status'] }),
    `${ruleAt}.resources[1]: "pods/*" covers it already`,
  ),
  policy(
    'everything and one more',
    rules({ resources: ['*/*', 'pods'] }),
    `${ruleAt}.resources: must name nothing else beside "*/*"`,
  ),
  policy(
    'an unknown scope',
    rules({ scope: 'Everywhere' }),
    `${ruleAt}.scope: must be one of Cluster, Namespaced, *, is "Everywhere"`,
  ),
  policy(
    'a resource name twice',
    rules({ resourceNames: ['a', 'a'] }),
    `${ruleAt}.resourceNames[1]: "a" is there already`,
  ),
  policy(
    'a selector without values',
    { matchConstraints: { ...EVERYTHING, objectSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } } },
    'spec.matchConstraints.objectSelector.matchExpressions[0]: operator In needs values',
  ),
  policy(
    'a selector with a bad value',
    { matchConstraints: { ...EVERYTHING, namespaceSelector: { matchLabels: { a: 'b c' } } } },
    'spec.matchConstraints.namespaceSelector.matchLabels.a: "b c" is no label value',
  ),
  policy(
    'variables in matchConditions',
    { variables: [{ name: 'a', expression: 'true' }], matchConditions: [{ name: 'c', expression: 'variables.a' }] },
    "spec.matchConditions[0].expression: undeclared reference to 'variables' (matchConditions come before the variables, as in Kubernetes)",
  ),
  policy(
    'a condition twice',
    { matchConditions: [1, 2].map(() => ({ name: 'c', expression: 'true' })) },
    'spec.matchConditions[1].name: the name "c" is taken by an earlier one',
  ),
  policy(
    'a condition with a bad name',
    { matchConditions: [{ name: 'a b', expression: 'true' }] },
    'spec.matchConditions[0].name: "a b" is no qualified name',
  ),
  policy(
    'a condition that is no bool',
    { matchConditions: [{ name: 'c', expression: 'object.x' }] },
    'spec.matchConditions[0].expression: must yield a bool, yields dyn (compare it: `… == true`)',
  ),
  policy(
    'a variable with a bad name',
    { variables: [{ name: 'a-b', expression: 'true' }] },
    'spec.variables[0].name: "a-b" is no CEL identifier',
  ),
  policy(
    'a variable with a reserved name',
    { variables: [{ name: 'for', expression: 'true' }] },
    'spec.variables[0].name: "for" is no CEL identifier',
  ),
  policy(
    'a variable before its declaration',
    {
      variables: [
        { name: 'a', expression: 'variables.b' },
        { name: 'b', expression: 'true' },
      ],
    },
    "spec.variables[0].expression: undefined field 'b'",
  ),
  policy(
    'a blank expression',
    { validations: [{ expression: ' ' }] },
    'spec.validations[0].expression: must not be blank',
  ),
  policy(
    'an expression that is no bool',
    { validations: [{ expression: '1' }] },
    'spec.validations[0].expression: must yield a bool, yields int',
  ),
  policy(
    'params without a paramKind',
    { validations: [{ expression: 'params.x == 1' }] },
    "spec.validations[0].expression: undeclared reference to 'params' (the policy has no paramKind)",
  ),
  policy(
    'a blank message',
    { validations: [{ expression: 'true', message: ' ' }] },
    'spec.validations[0].message: must not be blank',
  ),
  policy(
    'a message of two lines',
    { validations: [{ expression: 'true', message: 'a\nb' }] },
    'spec.validations[0].message: must not contain line breaks',
  ),
  policy(
    'a blank messageExpression',
    { validations: [{ expression: 'true', messageExpression: ' ' }] },
    'spec.validations[0].messageExpression: must not be blank',
  ),
  policy(
    'a messageExpression that is no string',
    { validations: [{ expression: 'true', messageExpression: '1' }] },
    'spec.validations[0].messageExpression: must yield a string, yields int',
  ),
  policy(
    'an authorizer in a messageExpression',
    { validations: [{ expression: 'true', messageExpression: "authorizer.path('/x').check('get').reason()" }] },
    "spec.validations[0].messageExpression: undeclared reference to 'authorizer' (a messageExpression has no authorizer, as in Kubernetes)",
  ),
  policy(
    'a reason that may not be given',
    { validations: [{ expression: 'true', reason: 'Unauthorized' }] },
    'spec.validations[0].reason: must be one of Forbidden, Invalid, RequestEntityTooLarge, is "Unauthorized"',
  ),
  policy(
    'Object{} outside of mutations',
    { validations: [{ expression: 'Object{} == null' }] },
    "spec.validations[0].expression: undeclared reference to 'Object'",
  ),
  policy(
    'an annotation twice',
    { auditAnnotations: [1, 2].map(() => ({ key: 'k', valueExpression: "'v'" })) },
    'spec.auditAnnotations[1].key: the key "k" is taken by an earlier one',
  ),
  policy(
    'an annotation with a bad key',
    { auditAnnotations: [{ key: 'a/b', valueExpression: "'v'" }] },
    'spec.auditAnnotations[0].key: "a/b" is no qualified name',
  ),
  policy(
    'an annotation of another type',
    { auditAnnotations: [{ key: 'k', valueExpression: 'object.x' }] },
    'spec.auditAnnotations[0].valueExpression: must yield a string or null, yields dyn',
  ),
  policy(
    'too many annotations',
    { auditAnnotations: Array.from({ length: 21 }, (_, index) => ({ key: `k${index}`, valueExpression: "'v'" })) },
    'spec.auditAnnotations: must NOT have more than 20 items',
  ),
  policy(
    'an overlong annotation',
    { auditAnnotations: [{ key: 'k', valueExpression: `'${'v'.repeat(5200)}'` }] },
    'spec.auditAnnotations[0].valueExpression: is longer than 5 KiB',
  ),
  policy(
    'a paramKind without a version',
    { paramKind: { apiVersion: 'example.com/', kind: 'Limit' } },
    'spec.paramKind.apiVersion: "example.com/" is no group and version',
  ),
  policy(
    'a paramKind that is no kind',
    { paramKind: { apiVersion: 'v1', kind: 'Config Map' } },
    'spec.paramKind.kind: "Config Map" is no kind',
  ),

  mutation('no reinvocationPolicy', [OBJECT], { reinvocationPolicy: null }, 'spec: "reinvocationPolicy" is missing'),
  mutation('no mutation', [], {}, 'spec.mutations: must not be empty'),
  mutation(
    'DELETE',
    [OBJECT],
    rules({ operations: ['DELETE'] }),
    `${ruleAt}.operations[0]: nothing is left to mutate on DELETE`,
  ),
  mutation(
    'a patch of the other type',
    [{ patchType: 'JSONPatch', applyConfiguration: { expression: 'Object{}' } }],
    {},
    'spec.mutations[0]: patchType JSONPatch needs jsonPatch',
    'spec.mutations[0].applyConfiguration: must be left out with patchType JSONPatch',
  ),
  mutation(
    'patches of both types',
    [{ ...OBJECT, jsonPatch: { expression: '[JSONPatch{}]' } }],
    {},
    'spec.mutations[0].jsonPatch: must be left out with patchType ApplyConfiguration',
  ),
  mutation(
    'a configuration that is a map',
    [applyConfiguration("{'a': 'b'}")],
    {},
    'spec.mutations[0].applyConfiguration.expression: must yield an Object{}, yields map(string, string)',
  ),
  mutation(
    'a patch that is a list of anything',
    [jsonPatch('[]')],
    {},
    'spec.mutations[0].jsonPatch.expression: must yield a list of JSONPatch{}, yields list(dyn)',
  ),
  mutation(
    'Object{} in a variable',
    [OBJECT],
    { variables: [{ name: 'a', expression: 'Object{}' }] },
    "spec.variables[0].expression: undeclared reference to 'Object'",
  ),

  binding('no policyName', { policyName: '' }, 'spec.policyName: must not be empty'),
  binding('a policyName that is none', { policyName: 'P P' }, `spec.policyName: "P P" is no valid name (${NAME_HINT})`),
  binding('no validationActions', { validationActions: null }, 'spec: "validationActions" is missing'),
  binding('an empty list of actions', { validationActions: [] }, 'spec.validationActions: must not be empty'),
  binding(
    'an unknown action',
    { validationActions: ['Log'] },
    'spec.validationActions[0]: must be one of Audit, Deny, Warn, is "Log"',
  ),
  binding(
    'an action twice',
    { validationActions: ['Audit', 'Audit'] },
    'spec.validationActions[1]: "Audit" is there already',
  ),
  binding(
    'Deny with Warn',
    { validationActions: ['Deny', 'Warn'] },
    'spec.validationActions: must not contain both Deny and Warn (a refusal says it already)',
  ),
  binding(
    'a paramRef without a name',
    { paramRef: { parameterNotFoundAction: 'Deny' } },
    'spec.paramRef: needs one of name and selector',
  ),
  binding(
    'a paramRef with name and selector',
    { paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } },
    'spec.paramRef.selector: must be left out with a name',
  ),
  binding(
    'a paramRef without parameterNotFoundAction',
    { paramRef: { name: 'a' } },
    'spec.paramRef: "parameterNotFoundAction" is missing',
  ),
  binding(
    'an unknown parameterNotFoundAction',
    { paramRef: { name: 'a', parameterNotFoundAction: 'Warn' } },
    'spec.paramRef.parameterNotFoundAction: must be one of Allow, Deny, is "Warn"',
  ),
  binding(
    'a bad name of params',
    { paramRef: { name: 'a/b', parameterNotFoundAction: 'Deny' } },
    'spec.paramRef.name: "a/b" is no name of an object',
  ),
  {
    title: 'DELETE in the binding of a mutation',
    document: mutatingBinding('mistaken', 'p', {
      matchResources: rules({ operations: ['DELETE'] })['matchConstraints'] as JsonMap,
    }),
    problems: ['spec.matchResources.resourceRules[0].operations[0]: nothing is left to mutate on DELETE'],
  },
];

/** Accepted by the API server, whatever one may think of them. */
export const ACCEPTED: readonly Mistake[] = [
  policy('annotations alone', { validations: null, auditAnnotations: [{ key: 'k', valueExpression: 'null' }] }),
  policy('a qualified condition name', { matchConditions: [{ name: 'example.com/a', expression: 'true' }] }),
  policy('subresources beside all resources', rules({ resources: ['*', 'pods/status'] })),
  policy('a message of its own', {
    validations: [{ expression: 'true', message: ' a ', messageExpression: "'b'", reason: 'Forbidden' }],
  }),
  policy('params in conditions', {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConditions: [{ name: 'c', expression: 'params == null' }],
  }),
  policy('an authorizer', { validations: [{ expression: "authorizer.requestResource.check('get').allowed()" }] }),
  mutation('all operations', [OBJECT], { reinvocationPolicy: 'IfNeeded' }),
  mutation(
    'a patch that may be empty',
    [jsonPatch("object.kind == 'Pod' ? [JSONPatch{op: 'remove', path: '/spec'}] : []")],
    {},
  ),
  binding('a selector of everything', { paramRef: { selector: {}, parameterNotFoundAction: 'Allow' } }),
  binding('Audit beside Deny', { validationActions: ['Audit', 'Deny'] }),
];
