/** A case: one generated request, and a generated policy that may have something to say about it. */
import type { JsonMap } from '../../../src/cel/value.ts';
import type { KubernetesObject } from '../../../src/engine/decision.ts';
import type { Call } from './api-server.ts';
import { dataOf, KINDS, type Kind, labelsOf, objectOf, pathOf } from './kinds.ts';
import type { Door, Target } from './matching.ts';
import { policiesFor } from './policies.ts';
import { type Random, randomOf } from './random.ts';
import { LIVE, namespaceName, SLOTS } from './world.ts';

export interface Case {
  readonly seed: string;
  readonly index: number;
  readonly slot: number;
  readonly door: Door;
  readonly target: Target;
  /** The policy, then its bindings. */
  readonly policies: readonly JsonMap[];
  /** The request, as a dry run; an object in place of its own is sent the same way. */
  call(live: KubernetesObject, object?: KubernetesObject): Call;
}

/** The case of a number: the same for the same seed and number, whatever other cases are run. */
export function caseOf(seed: string, index: number): Case {
  const random = randomOf(`${seed} case ${index}`);
  const slot = index % SLOTS;
  const door = random.chance(0.65) ? 'validating' : 'mutating';
  const target = targetOf(random, slot, door);
  const policies = policiesFor(random, door, `case-${index}`, target);
  const user = random.pick(['alice', 'bob', 'system:serviceaccount:default:deployer']);
  const groups = ['system:masters', ...(random.chance(0.5) ? ['developers'] : [])];
  const content = `${seed} content ${index}`;
  const call = (live: KubernetesObject, object?: KubernetesObject): Call => ({
    ...requestOf(target, () => object ?? contentOf(randomOf(content), target, live)),
    as: { user, groups, id: String(index) },
  });
  return { seed, index, slot, door, target, policies, call };
}

function targetOf(random: Random, slot: number, door: Door): Target {
  const kind = random.pick(KINDS);
  const operation = random.weighted([
    [5, 'CREATE'],
    [4, 'UPDATE'],
    [door === 'validating' ? 1.5 : 0, 'DELETE'],
  ] as const);
  const subresource =
    operation === 'UPDATE' && kind.subresources.length > 0 && random.chance(0.4)
      ? random.pick(kind.subresources)
      : undefined;
  const created = kind.namespaced ? 'created' : `${namespaceName(slot)}-created`;
  const live = kind.namespaced ? LIVE : namespaceName(slot);
  return { slot, kind, subresource, operation, name: operation === 'CREATE' ? created : live };
}

function requestOf(target: Target, object: () => JsonMap): Call {
  const { kind, slot, subresource, operation, name } = target;
  const namespace = namespaceName(slot);
  const dryRun = '?dryRun=All';
  if (operation === 'CREATE') return { method: 'POST', path: `${pathOf(kind, namespace)}${dryRun}`, body: object() };
  const path = `${pathOf(kind, namespace, name)}${subresource ? `/${subresource}` : ''}${dryRun}`;
  if (operation === 'DELETE') return { method: 'DELETE', path };
  return { method: 'PUT', path, body: object() };
}

function contentOf(random: Random, target: Target, live: KubernetesObject): JsonMap {
  const { kind, slot, subresource, operation, name } = target;
  if (operation === 'CREATE') {
    const object = objectOf(random, kind, namespaceName(slot), name);
    return kind.name === 'Namespace' ? withLabels(object, { slot: String(slot) }) : object;
  }
  if (subresource === 'scale') return scaleOf(random, live);
  if (subresource === 'status') return { ...live, status: statusOf(random, kind, live) };
  if (subresource === 'ephemeralcontainers')
    return withSpec(live, {
      ephemeralContainers: [{ name: 'debug', image: 'busybox', ...(random.chance(0.5) && { tty: true }) }],
    });
  return updated(random, kind, withLabels(live, random.chance(0.5) ? labelsOf(random) : {}));
}

function updated(random: Random, kind: Kind, live: KubernetesObject): JsonMap {
  switch (kind.name) {
    case 'ConfigMap':
      return random.chance(0.8) ? { ...live, data: dataOf(random) } : live;
    case 'Deployment':
      return random.chance(0.8)
        ? withSpec(live, { replicas: random.below(7), minReadySeconds: random.below(9) })
        : live;
    case 'Service':
      return random.chance(0.8)
        ? withSpec(live, { sessionAffinity: 'None', publishNotReadyAddresses: random.chance(0.5) })
        : live;
    case 'Widget':
      return random.chance(0.8)
        ? {
            ...live,
            ...(objectOf(random, kind, '', '') as { readonly spec: JsonMap }),
            metadata: live['metadata'] ?? {},
          }
        : live;
    default:
      return live;
  }
}

function scaleOf(random: Random, { metadata }: KubernetesObject): JsonMap {
  const { name, namespace } = metadata as { readonly name: string; readonly namespace: string };
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace },
    spec: { replicas: random.below(9) },
  };
}

function statusOf(random: Random, kind: Kind, live: KubernetesObject): JsonMap {
  if (kind.name === 'Widget') return random.chance(0.5) ? { ready: true, seen: random.below(5) } : {};
  if (kind.name === 'Deployment') return { observedGeneration: 1, replicas: random.below(3) };
  if (kind.name === 'Pod') return { phase: random.pick(['Pending', 'Running']), message: 'so it is' };
  return (live['status'] as JsonMap | undefined) ?? {};
}

function withLabels(object: JsonMap, added: JsonMap): JsonMap {
  const metadata = object['metadata'] as { readonly labels?: JsonMap };
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...added } } };
}

function withSpec(object: JsonMap, changed: JsonMap): JsonMap {
  return { ...object, spec: { ...(object['spec'] as JsonMap), ...changed } };
}
