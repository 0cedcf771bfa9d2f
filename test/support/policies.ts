/** Policies and requests in a few lines, for tests of what they come to. */
import type { JsonMap } from '../../src/cel/value.ts';
import { compilePolicy } from '../../src/engine/compile/policy.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import type { Context, KubernetesObject, Lookup, Request } from '../../src/engine/decision.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { TEMPLATE_KINDS } from '../../src/engine/template-kinds.ts';
import { parsePolicies } from '../../src/policy/parse.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { RECOMMENDED, type Settings } from '../../src/policy/settings.ts';
import { deepFreeze } from './freeze.ts';

/** A Policy that says nothing but these rules, in Deny (Mutate with mutations). */
export function policy(name: string, spec: JsonMap): JsonMap {
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Policy',
    metadata: { name },
    spec: {
      title: `Title of ${name}`,
      category: 'Test',
      severity: 'high',
      rationale: `Why ${name}.`,
      remediation: `How ${name}.`,
      enforcement: { action: 'mutations' in spec ? 'Mutate' : 'Deny' },
      ...spec,
    },
  };
}

/** One with a single rule about Pods and their templates, for tests of what becomes of a policy whatever it says. */
export function smallPolicy(name: string, expression = 'has(object.spec.x)'): JsonMap {
  return policy(name, { subject: 'PodTemplate', validations: [{ expression }] });
}

/** Every container has a readinessProbe; with a message and a fix. */
export const PROBE: JsonMap = policy('require-probe', {
  subject: 'PodTemplate',
  validations: [
    {
      name: 'probe',
      forEach: 'object.spec.containers',
      expression: 'has(item.readinessProbe)',
      message: 'There is no probe.',
      messageExpression: "'Container ' + item.name + ' has no probe.'",
      path: 'readinessProbe',
      fix: {
        jsonPatch: {
          expression: "[JSONPatch{op: 'add', path: itemPath + '/readinessProbe', value: {'periodSeconds': 5}}]",
        },
      },
    },
  ],
});

/** The set of these policies, through the product's own parser and compiler; throws with all problems. */
export function setOf(policies: readonly JsonMap[], settings: Settings = RECOMMENDED): PolicySet {
  const text = policies.map((document) => JSON.stringify(document)).join('\n---\n');
  const { sources, problems } = parsePolicies(text, 'test.yaml');
  const compiled = sources.map((source) => compilePolicy(source, settings.policies[source.policy.metadata.name]));
  const all = [...problems, ...compiled.flatMap((result) => (result.ok ? [] : result.problems))];
  if (all.length > 0) throw new Error(all.map(formatProblem).join('\n'));
  return policySet(
    compiled.flatMap((result) => (result.ok ? [result.policy] : [])),
    settings,
  );
}

/** A CREATE of a frozen object in the namespace `shop`; an UPDATE where the old object is given. */
export function requestOf(object: JsonMap, oldObject: JsonMap | null = null, changes: Partial<Request> = {}): Request {
  const [version = '', group = ''] = String(object['apiVersion']).split('/').reverse();
  const kind = String(object['kind']);
  const resource =
    TEMPLATE_KINDS.find((entry) => entry.group === group && entry.kind === kind)?.resource ?? `${kind.toLowerCase()}s`;
  return deepFreeze({
    uid: 'test',
    kind: { group, version, kind },
    resource: { group, version, resource },
    name: String((object['metadata'] as JsonMap)['name']),
    namespace: 'shop',
    operation: oldObject === null ? 'CREATE' : 'UPDATE',
    userInfo: { username: 'tester' },
    object: object as KubernetesObject,
    oldObject: oldObject as KubernetesObject | null,
    ...changes,
  });
}

/** When `contextOf` takes place: 1 January 2026. */
export const NOW: number = Date.UTC(2026, 0, 1);

export const NO_LOOKUP: Lookup = { get: () => undefined, list: () => undefined };

/** The namespace `shop`, with labels; nothing can be looked up unless a lookup is given. */
export function contextOf(labels: JsonMap = {}, lookup: Lookup = NO_LOOKUP): Context {
  return { namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } }, lookup, now: NOW };
}

/** A Deployment of these containers, each with its members over a name and an image. */
export function deployment(containers: readonly JsonMap[], template: JsonMap = {}, spec: JsonMap = {}): JsonMap {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: containers.map((container) => ({ image: 'web:1', ...container })), ...template },
      },
      ...spec,
    },
  };
}

/** A Pod of these containers. */
export function pod(containers: readonly JsonMap[], metadata: JsonMap = {}): JsonMap {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec: { containers: containers.map((container) => ({ image: 'web:1', ...container })) },
  };
}
