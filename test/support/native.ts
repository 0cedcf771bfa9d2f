/** Native policies and bindings in a few lines, through the product's own parser and compiler. */
import type { JsonMap } from '../../src/cel/value.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import { decide } from '../../src/engine/decide.ts';
import type { Context, Decision, Lookup, Request } from '../../src/engine/decision.ts';
import { type CompiledNatives, compileNatives } from '../../src/engine/native/compile.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { type ParsedPolicies, parsePolicies } from '../../src/policy/parse.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { contextOf, requestOf } from './policies.ts';

const API = 'admissionregistration.k8s.io/v1';

/** Constraints that every request meets. */
export const EVERYTHING = {
  resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }],
};

/** A ValidatingAdmissionPolicy for every request, unless the spec says otherwise. */
export function validating(name: string, spec: JsonMap): JsonMap {
  const kind = 'ValidatingAdmissionPolicy';
  return { apiVersion: API, kind, metadata: { name }, spec: { matchConstraints: EVERYTHING, ...spec } };
}

/** A binding of it, in Deny unless the spec says otherwise. */
export function validatingBinding(name: string, policyName: string, spec: JsonMap = {}): JsonMap {
  const kind = 'ValidatingAdmissionPolicyBinding';
  return { apiVersion: API, kind, metadata: { name }, spec: { policyName, validationActions: ['Deny'], ...spec } };
}

/** A MutatingAdmissionPolicy for every request, never reinvoked unless the spec says otherwise. */
export function mutating(name: string, mutations: readonly JsonMap[], spec: JsonMap = {}): JsonMap {
  const rest = { matchConstraints: EVERYTHING, reinvocationPolicy: 'Never', ...spec };
  return { apiVersion: API, kind: 'MutatingAdmissionPolicy', metadata: { name }, spec: { ...rest, mutations } };
}

export function mutatingBinding(name: string, policyName: string, spec: JsonMap = {}): JsonMap {
  const kind = 'MutatingAdmissionPolicyBinding';
  return { apiVersion: API, kind, metadata: { name }, spec: { policyName, ...spec } };
}

export const applyConfiguration = (expression: string): JsonMap => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: { expression },
});

export const jsonPatch = (expression: string): JsonMap => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

export function parseNatives(documents: readonly JsonMap[]): ParsedPolicies {
  return parsePolicies(documents.map((document) => JSON.stringify(document)).join('\n---\n'), 'native.yaml');
}

/** What the documents compile to, problems included; throws where they cannot even be read. */
export function compiledNatives(documents: readonly JsonMap[]): CompiledNatives {
  const { natives, problems } = parseNatives(documents);
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'));
  return compileNatives(natives);
}

/** A set of these alone; throws with all problems. */
export function nativeSet(documents: readonly JsonMap[]): PolicySet {
  const { policies, problems } = compiledNatives(documents);
  if (problems.length > 0) throw new Error(problems.map(formatProblem).join('\n'));
  return policySet(policies, { profile: 'recommended', excludedNamespaces: ['kube-system'] });
}

/** A lookup that knows these objects, and that there are no others; `resource` is their kind's plural. */
export function lookupOf(resource: string, objects: readonly JsonMap[]): Lookup {
  const metadata = (object: JsonMap) => object['metadata'] as { readonly name?: string; readonly namespace?: string };
  const of = (wanted: string, namespace: string) =>
    wanted === resource ? objects.filter((object) => namespace === '' || metadata(object).namespace === namespace) : [];
  return {
    get: (_version, wanted, namespace, name) =>
      of(wanted, namespace).find(
        (object) => metadata(object).name === name && (metadata(object).namespace ?? '') === namespace,
      ) ?? null,
    list: (_version, wanted, namespace) => of(wanted, namespace),
  };
}

/** The Pod that native policies are tried on, and the request that creates it. */
export const WEB: JsonMap = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
};
export const CREATE: Request = requestOf(WEB);

/** The decision of native policies on a request. */
export function judgeNatives(documents: readonly JsonMap[], request = CREATE, context = contextOf()): Decision {
  return decide(nativeSet(documents), request, context);
}

/** One policy `p` under the binding `b`. */
export function judgeNative(spec: JsonMap, binding: JsonMap = {}, request = CREATE, context?: Context): Decision {
  return judgeNatives([validating('p', spec), validatingBinding('b', 'p', binding)], request, context);
}

/** What its denials say. */
export function denialMessages({ native }: Decision): readonly string[] {
  return (native?.denials ?? []).map(({ message }) => message);
}
