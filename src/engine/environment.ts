/** What a policy's expressions may name: Kubernetes' own variables and functions, and ours. */
import type { Environment } from '../cel/environment.ts';
import { kubernetesEnvironment } from '../cel/kubernetes.ts';
import { DYN, list, map, STRING, struct, TIMESTAMP, type Type } from '../cel/type.ts';
import { RESOURCES_TYPE } from './library/resources.ts';
import { WRITTEN_TYPE } from './library/written.ts';
import { LIBRARY } from './library.ts';

/** For `matchConditions`: everything but `variables`, as in Kubernetes. */
export const CONDITIONS: Environment = kubernetesEnvironment('1.36', {
  params: true,
  authorizer: true,
  patchTypes: true,
}).extend({
  variables: {
    workload: DYN,
    oldWorkload: DYN,
    resources: RESOURCES_TYPE,
    written: WRITTEN_TYPE,
    kubernetesVersion: STRING,
    now: TIMESTAMP,
  },
  functions: LIBRARY,
});

/** For everything else, with the variables declared so far and their types as fields of `variables`. */
export function withVariables(declared: Readonly<Record<string, Type>>): Environment {
  return CONDITIONS.extend({ variables: { variables: variablesType(declared) } });
}

function variablesType(declared: Readonly<Record<string, Type>>): Type {
  return struct(
    'kubernetes.variables',
    Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, declaredType(type)])),
  );
}

/** What the API server keeps of a variable's type: scalars, and lists and maps of them. Whatever else may be anything. */
function declaredType(type: Type): Type {
  switch (type.kind) {
    case 'primitive':
      return type;
    case 'list':
      return list(declaredType(type.element));
    case 'map':
      return map(declaredType(type.key), declaredType(type.value));
    default:
      return DYN;
  }
}

/** Of a ValidatingAdmissionPolicy: what the API server gives it, and nothing of ours. Its variables take the slots below. */
export const NATIVE_VALIDATING: Environment = kubernetesEnvironment('1.36', { params: true, authorizer: true });

/** Of a MutatingAdmissionPolicy's mutations: with `Object{}` and `JSONPatch{}` too. */
export const NATIVE_MUTATING: Environment = kubernetesEnvironment('1.36', {
  params: true,
  authorizer: true,
  patchTypes: true,
});

/** A native environment with the variables declared so far. */
export function withNativeVariables(base: Environment, declared: Readonly<Record<string, Type>>): Environment {
  return base.extend({ variables: { variables: variablesType(declared) } });
}

/** Under a forEach: with `item`, `itemKey` (its key, or index), and `itemPath` (its JSON pointer in `object`) for the fix. */
export function withItem(environment: Environment, item: Type): Environment {
  return environment.extend({ variables: { item, itemKey: DYN, itemPath: STRING } });
}

const WIDEST = withItem(withVariables({}), DYN);

/** Slot of each variable in an activation, the same for every policy. */
export const SLOTS = {
  object: slot('object'),
  oldObject: slot('oldObject'),
  request: slot('request'),
  params: slot('params'),
  namespaceObject: slot('namespaceObject'),
  authorizer: slot('authorizer'),
  requestResource: slot('authorizer.requestResource'),
  workload: slot('workload'),
  oldWorkload: slot('oldWorkload'),
  resources: slot('resources'),
  written: slot('written'),
  /** A string such as `1.36`; empty where no cluster is asked. */
  kubernetesVersion: slot('kubernetesVersion'),
  now: slot('now'),
  variables: slot('variables'),
  item: slot('item'),
  itemKey: slot('itemKey'),
  itemPath: slot('itemPath'),
} as const;

/** How many slots an activation needs. */
export const SLOT_COUNT = Math.max(...WIDEST.slots.values()) + 1;

/** Where native expressions look for `variables`; all their other slots are those above. */
export const NATIVE_VARIABLES_SLOT: number = slot('variables', withNativeVariables(NATIVE_VALIDATING, {}));

function slot(name: string, environment = WIDEST): number {
  const found = environment.slots.get(name);
  if (found === undefined) throw new Error(`the environment does not declare ${name}`);
  return found;
}
