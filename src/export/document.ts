/** Rules that share their requests and their enforcement -> one native policy and its bindings. */
import type { CompiledPolicy } from '../engine/compiled.ts';
import type { LabelSelector, MatchResources, NamedExpression } from '../policy/policy.ts';
import { type Place, placesOf, type RuleEnforcement } from './enforcement.ts';
import type { PortableRule } from './rule.ts';
import { engineConditions, resourceRulesOf } from './subject.ts';

/** A document as it is printed: a native policy or a binding. */
export interface NativeResource {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: object;
}

/** What rules must share to go into one native policy. */
interface Common {
  readonly kind: 'validation' | 'mutation';
  readonly enforcement: RuleEnforcement;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly matchConstraints: MatchResources;
  readonly matchConditions: readonly NamedExpression[];
}

/** The fewest native policies that hold all rules, in the order of the first rule of each; every one with its bindings. */
export function documentsOf(
  rules: readonly PortableRule[],
  excludedNamespaces: readonly string[],
): readonly NativeResource[] {
  const groups: Group[] = [];
  for (const rule of rules) {
    const common = commonOf(rule, excludedNamespaces);
    const key = JSON.stringify(common);
    const group = groups.find((one) => one.key === key && fits(one, rule));
    if (group) add(group, rule);
    else groups.push({ key, common, rules: [rule], variables: variablesOf([rule]), size: sizeOf(rule) });
  }
  const names = namesOf(groups);
  return groups.flatMap((group, index) => resourcesOf(group, names[index] as string));
}

interface Group {
  readonly key: string;
  readonly common: Common;
  readonly rules: PortableRule[];
  readonly variables: Map<string, string>;
  size: number;
}

// Far below the 1.5 MiB that etcd takes, and few enough that all of them stay within the cost of one policy.
const MOST_RULES = 50;
const MOST_CHARACTERS = 250_000;

/** Names of variables that mean different things keep rules apart. */
function fits({ variables, rules, size }: Group, rule: PortableRule): boolean {
  const isFree = rule.variables.every(({ name, expression }) => (variables.get(name) ?? expression) === expression);
  return isFree && rules.length < MOST_RULES && size + sizeOf(rule) <= MOST_CHARACTERS;
}

function add(group: Group, rule: PortableRule): void {
  group.rules.push(rule);
  for (const { name, expression } of rule.variables) group.variables.set(name, expression);
  group.size += sizeOf(rule);
}

function variablesOf(rules: readonly PortableRule[]): Map<string, string> {
  return new Map(rules.flatMap((rule) => rule.variables).map(({ name, expression }) => [name, expression]));
}

function sizeOf({ body, variables }: PortableRule): number {
  return JSON.stringify([body.rule, variables]).length;
}

function commonOf({ policy, body, enforcement }: PortableRule, excludedNamespaces: readonly string[]): Common {
  const { overrides, action } = enforcement;
  const isMutation = body.kind === 'mutation';
  const refuses = [enforcement, ...overrides].some((one) => one.action === 'Deny' || one.action === 'Warn');
  return {
    kind: body.kind,
    enforcement: { action, overrides: overrides.map((one) => ({ selector: one.selector, action: one.action })) },
    failurePolicy: policy.failurePolicy,
    matchConstraints: constraintsOf(policy, excludedNamespaces),
    matchConditions: engineConditions(policy, { isMutation, refuses }).map(trimmed),
  };
}

function trimmed({ name, expression }: NamedExpression): NamedExpression {
  return { name, expression: expression.trim().replace(/\s+/g, ' ') };
}

function constraintsOf(policy: CompiledPolicy, excludedNamespaces: readonly string[]): MatchResources {
  const { resourceRules: _, namespaceSelector = {}, ...others } = policy.policy.spec.matchConstraints ?? {};
  const excluded = { key: 'kubernetes.io/metadata.name', operator: 'NotIn' as const, values: excludedNamespaces };
  const selector: LabelSelector =
    excludedNamespaces.length === 0 || policy.policy.spec.excludedNamespaces === 'Judge'
      ? namespaceSelector
      : { ...namespaceSelector, matchExpressions: [...(namespaceSelector.matchExpressions ?? []), excluded] };
  return {
    resourceRules: resourceRulesOf(policy),
    ...(Object.keys(selector).length > 0 && { namespaceSelector: selector }),
    ...others,
  };
}

/** `tidegate-deny`, and for a second one of that sort `tidegate-deny-2`. */
function namesOf(groups: readonly Group[]): readonly string[] {
  const seen = new Map<string, number>();
  return groups.map(({ common: { enforcement } }) => {
    const name = `tidegate-${enforcement.action.toLowerCase()}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

const LABELS = { 'app.kubernetes.io/managed-by': 'tidegate-export' };

function resourcesOf(group: Group, name: string): readonly NativeResource[] {
  const places = placesOf(group.common.enforcement).filter(({ action }) => acts(group, action));
  if (places.length === 0) return [];
  return [
    policyOf(group, name),
    ...places.map((place, index) => bindingOf(group, name, place, bindingName(name, index))),
  ];
}

/** A mutation is made or not made: the API server cannot just say what it would have changed. */
function acts({ common: { kind } }: Group, action: Place['action']): boolean {
  return kind === 'validation' || action === 'Mutate';
}

function bindingName(policy: string, index: number): string {
  return index === 0 ? policy : `${policy}-${index + 1}`;
}

function policyOf({ common, rules, variables }: Group, name: string): NativeResource {
  const { kind, failurePolicy, matchConstraints, matchConditions } = common;
  const ids = [...new Set(rules.map(({ policy }) => policy.id))];
  const bodies = rules.map(({ body }) => body.rule);
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: kind === 'validation' ? 'ValidatingAdmissionPolicy' : 'MutatingAdmissionPolicy',
    metadata: { name, labels: LABELS, annotations: { 'tidegate.dev/policies': ids.join(', ') } },
    spec: {
      failurePolicy,
      ...(kind === 'mutation' && { reinvocationPolicy: 'IfNeeded' }),
      matchConstraints,
      ...(matchConditions.length > 0 && { matchConditions }),
      ...(variables.size > 0 && {
        variables: Array.from(variables, ([variable, expression]) => ({ name: variable, expression })),
      }),
      ...(kind === 'validation' ? { validations: bodies } : { mutations: bodies }),
    },
  };
}

function bindingOf({ common: { kind } }: Group, policyName: string, place: Place, name: string): NativeResource {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: kind === 'validation' ? 'ValidatingAdmissionPolicyBinding' : 'MutatingAdmissionPolicyBinding',
    metadata: { name, labels: LABELS },
    spec: {
      policyName,
      ...(kind === 'validation' && { validationActions: [place.action] }),
      ...(place.selector && { matchResources: { namespaceSelector: place.selector } }),
    },
  };
}
