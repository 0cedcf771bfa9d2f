/** Rules that have nothing to look at are not evaluated: those that a policy can only break by a field that is not there. */
import type { CompiledPolicy } from './compiled.ts';
import type { KubernetesObject, Request } from './decision.ts';
import { isJsonMap } from './object/equal.ts';
import type { Subject } from './subject.ts';

/**
 * Sets of names of fields. An object that breaks the rule, or leaves it without an answer, has at least one name of each
 * set.
 */
export type Triggers = readonly (readonly string[])[];

const OF_ANY = [
  'object.kind',
  'object.metadata',
  'object.spec',
  'request.kind',
  'request.kind.kind',
  'request.namespace',
  'request.operation',
  'workload.kind',
  'workload.metadata',
  'workload.spec',
];

/**
 * What every workload, the Pod in it and their request have, by paths in CEL and the subject of the policy:
 * compile/triggers.ts counts on it, `presentNames` makes sure of it.
 */
export const CERTAIN_PATHS: Readonly<Record<CompiledPolicy['subject'], ReadonlySet<string>>> = {
  PodTemplate: new Set([...OF_ANY, 'object.spec.containers']),
  Resource: new Set(OF_ANY),
};

/**
 * Those of the names that are keys anywhere in the object, the API server's own notes apart; undefined where the object
 * lacks what every Pod has, so that any rule may be without an answer.
 */
export function presentNames(
  { namespace }: Pick<Request, 'namespace'>,
  subject: Subject | undefined,
  names: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  if (namespace === undefined || subject === undefined || !isCertain(subject)) return undefined;
  const present = new Set<string>();
  addNames(subject.workload, names, present);
  return present;
}

function isCertain({ object, workload }: Subject): boolean {
  if (object === null || workload === null || typeof workload['kind'] !== 'string') return false;
  const { metadata, spec } = object;
  const containers = isJsonMap(spec) ? spec['containers'] : undefined;
  return (
    isJsonMap(metadata) &&
    isJsonMap(workload['metadata']) &&
    isJsonMap(workload['spec']) &&
    Array.isArray(containers) &&
    containers.every((container) => isJsonMap(container))
  );
}

function addNames(value: KubernetesObject[string], names: ReadonlySet<string>, present: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') addNames(item, names, present);
    return;
  }
  const map = value as KubernetesObject;
  for (const name in map) {
    if (names.has(name)) present.add(name);
    const child = map[name];
    if (typeof child === 'object' && name !== 'managedFields') addNames(child, names, present);
  }
}

/** True for a rule that lacks all names of one of its triggers. */
export function isIdle(triggers: Triggers | undefined, present: ReadonlySet<string> | undefined): boolean {
  if (triggers === undefined || present === undefined) return false;
  for (const names of triggers) if (!names.some((name) => present.has(name))) return true;
  return false;
}

/** True for a policy of which a condition is false, or all rules are idle and nothing before them has anything to say. */
export function isIdlePolicy(
  { quiet, triggers, validations }: CompiledPolicy,
  present: ReadonlySet<string> | undefined,
): boolean {
  if (isIdle(triggers, present)) return true;
  return quiet === true && validations.every((rule) => isIdle(rule.triggers, present));
}
