/** Generated policies and bindings for one request. */
import type { JsonMap } from '../../../src/cel/value.ts';
import { type Grammar, grammarOf, type Scope } from './expressions.ts';
import { GROUP, type KindName } from './kinds.ts';
import { bindingResources, constraintsOf, type Door, type Target } from './matching.ts';
import { mutationsOf } from './mutations.ts';
import type { Random } from './random.ts';
import type { TermType } from './terms.ts';
import { PARAMETERS } from './world.ts';

const API_VERSION = 'admissionregistration.k8s.io/v1';

/** A policy and its bindings, the policy first. */
export function policiesFor(random: Random, door: Door, name: string, target: Target): readonly JsonMap[] {
  const paramKind = paramKindOf(random);
  const variables = random.chance(0.35) ? random.some(VARIABLE_TYPES, 1 + random.below(2)) : [];
  const scope = scopeOf(target, paramKind, variables);
  const first = grammarOf(random, { ...scope, variables: {} });
  const grammar = grammarOf(random, scope);
  const spec = {
    ...(random.chance(0.7) && { failurePolicy: random.pick(['Fail', 'Ignore']) }),
    ...(paramKind && { paramKind: { apiVersion: paramKind.apiVersion, kind: paramKind.kind } }),
    matchConstraints: constraintsOf(random, door, target),
    ...(random.chance(0.3) && { matchConditions: conditionsOf(random, first) }),
    ...(variables.length > 0 && {
      variables: variables.map((type) => ({ name: `some_${type}`, expression: first.of(type, 1) })),
    }),
    ...(door === 'validating' ? validatingPart(random, grammar) : mutatingPart(random, target, grammar)),
  };
  const kind = door === 'validating' ? 'ValidatingAdmissionPolicy' : 'MutatingAdmissionPolicy';
  const policy = { apiVersion: API_VERSION, kind, metadata: { name }, spec };
  const bindings = random.chance(door === 'validating' ? 0.15 : 0) ? ['a', 'b'] : ['a'];
  return [
    policy,
    ...bindings.map((suffix) => bindingOf(random, door, { policyName: name, suffix, target, paramKind })),
  ];
}

const VARIABLE_TYPES: readonly TermType[] = ['int', 'string', 'bool', 'list', 'map', 'double'];

function scopeOf(
  { kind, subresource, operation }: Target,
  paramKind: ParamKind | undefined,
  types: readonly TermType[],
): Scope {
  // A Scale has little of a Deployment: that its fields are missing is a case of its own.
  const name: KindName = subresource === 'scale' ? 'Widget' : kind.name;
  const params = paramKind === undefined ? undefined : paramKind.kind === 'ConfigMap' ? 'ConfigMap' : 'custom';
  return {
    kind: name,
    main: operation === 'DELETE' ? 'oldObject' : 'object',
    ...(params && { params }),
    variables: Object.fromEntries(types.map((type) => [type, [`variables.some_${type}`]])),
  };
}

const UNKNOWN = 'Nothing';

/** Whether the policy has a paramKind that the cluster does not serve. */
export function hasUnknownKind([policy]: readonly JsonMap[]): boolean {
  const { paramKind } = (policy as unknown as { readonly spec: { readonly paramKind?: ParamKind } }).spec;
  return paramKind?.kind === UNKNOWN;
}

interface ParamKind {
  readonly apiVersion: string;
  readonly kind: 'ConfigMap' | 'Limit' | 'Standard' | typeof UNKNOWN;
}

function paramKindOf(random: Random): ParamKind | undefined {
  const custom = `${GROUP}/v1`;
  return random.weighted<ParamKind | undefined>([
    [60, undefined],
    [16, { apiVersion: 'v1', kind: 'ConfigMap' }],
    [14, { apiVersion: custom, kind: 'Limit' }],
    [9, { apiVersion: custom, kind: 'Standard' }],
    [1, { apiVersion: custom, kind: UNKNOWN }],
  ]);
}

function conditionsOf(random: Random, grammar: Grammar): readonly JsonMap[] {
  return Array.from({ length: 1 + random.below(2) }, (_, index) => ({
    name: `condition-${index}`,
    // Two of three hold, or most policies would never come to their validations.
    expression: random.chance(0.6) ? `true || ${grammar.condition(0)}` : grammar.condition(1),
  }));
}

function validatingPart(random: Random, grammar: Grammar): JsonMap {
  return {
    validations: Array.from({ length: 1 + random.below(3) }, () => validationOf(random, grammar)),
    ...(random.chance(0.15) && { auditAnnotations: [annotationOf(random, grammar)] }),
  };
}

function validationOf(random: Random, grammar: Grammar): JsonMap {
  return {
    expression: random.chance(0.3) ? grammar.safe() : grammar.condition(),
    ...(random.chance(0.4) && { message: random.pick(['a plain message', '  padded  ', 'ünï "quoted" \\ 😀']) }),
    ...(random.chance(0.4) && { messageExpression: messageOf(random, grammar) }),
    ...(random.chance(0.3) && {
      reason: random.pick(['Forbidden', 'Invalid', 'RequestEntityTooLarge']),
    }),
  };
}

function messageOf(random: Random, grammar: Grammar): string {
  return random.weighted<() => string>([
    [6, () => `"it is " + ${grammar.of('string', 1)}`],
    [3, () => `string(${grammar.of('string', 2)})`],
    [1, () => '"  "'],
    [1, () => '"two\\nlines"'],
    [1, () => '"tab\\there"'],
    [1, () => `"%s and %d".format([${grammar.of('string', 0)}, ${grammar.of('int', 0)}])`],
    [0.5, () => `["${'x'.repeat(600)}", "${'y'.repeat(600)}"].map(s, s + s + s + s + s).join(",")`],
    [0.5, () => `"%s".format([${grammar.of('map', 0)}])`],
  ])();
}

function annotationOf(random: Random, grammar: Grammar): JsonMap {
  const text = grammar.of('string', 1);
  return {
    key: 'seen',
    valueExpression: random.chance(0.9) ? `"value " + ${text}` : random.pick([text, 'null', '" "']),
  };
}

function mutatingPart(random: Random, target: Target, grammar: Grammar): JsonMap {
  return {
    reinvocationPolicy: random.chance(0.4) ? 'IfNeeded' : 'Never',
    // The API server wants it said.
    failurePolicy: random.pick(['Fail', 'Ignore']),
    mutations: mutationsOf(random, target, grammar),
  };
}

interface BindingOptions {
  readonly policyName: string;
  readonly suffix: string;
  readonly target: Target;
  readonly paramKind: ParamKind | undefined;
}

function bindingOf(random: Random, door: Door, { policyName, suffix, target, paramKind }: BindingOptions): JsonMap {
  const kind = door === 'validating' ? 'ValidatingAdmissionPolicyBinding' : 'MutatingAdmissionPolicyBinding';
  const spec = {
    policyName,
    ...(door === 'validating' && { validationActions: actionsOf(random) }),
    ...(paramKind && random.chance(0.92) && { paramRef: paramRefOf(random, paramKind) }),
    ...bindingResources(random, door, target),
  };
  return { apiVersion: API_VERSION, kind, metadata: { name: `${policyName}-${suffix}` }, spec };
}

function actionsOf(random: Random): readonly string[] {
  return random.weighted([
    [5, ['Deny']],
    [2, ['Deny', 'Audit']],
    [2, ['Warn']],
    [1, ['Warn', 'Audit']],
    [1, ['Audit', 'Warn']],
    [1, ['Audit']],
  ]);
}

function paramRefOf(random: Random, { kind }: ParamKind): JsonMap {
  const selector = random.pick([
    { matchLabels: { set: 'one' } },
    { matchLabels: { set: 'two' } },
    { matchExpressions: [{ key: 'set', operator: 'In', values: ['two', 'none'] }] },
    { matchLabels: { set: 'none' } },
  ]);
  // In the namespace of the request there is only `first`, and only in every other one.
  const elsewhere = kind === 'Standard' ? random.chance(0.05) : random.chance(0.7);
  return {
    ...(random.chance(0.65) ? { name: random.pick(['first', 'first', 'second', 'missing']) } : { selector }),
    ...(elsewhere && { namespace: random.chance(0.95) ? PARAMETERS : 'nowhere' }),
    parameterNotFoundAction: random.pick(['Allow', 'Deny']),
  };
}
