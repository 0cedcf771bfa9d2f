/** Which requests a generated policy or binding is for: always of one slot only, so that cases do not meet. */
import type { JsonMap } from '../../../src/cel/value.ts';
import { KINDS, type Kind } from './kinds.ts';
import type { Random } from './random.ts';

export type Door = 'validating' | 'mutating';

export interface Target {
  readonly slot: number;
  readonly kind: Kind;
  readonly subresource: string | undefined;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** Of the object; '' is never one. */
  readonly name: string;
}

/** matchConstraints that match the target most of the time. */
export function constraintsOf(random: Random, door: Door, target: Target): JsonMap {
  return {
    resourceRules: rulesOf(random, door, target),
    ...(random.chance(0.1) && { excludeResourceRules: exclusionsOf(random, door, target) }),
    namespaceSelector: slotSelector(random, target.slot),
    ...(random.chance(0.1) && { objectSelector: objectSelector(random) }),
    ...(random.chance(0.3) && { matchPolicy: random.pick(['Exact', 'Equivalent']) }),
  };
}

/** matchResources of a binding; where there is none, the policy's own decide alone. */
export function bindingResources(random: Random, door: Door, target: Target): JsonMap {
  if (random.chance(0.5)) return {};
  return {
    matchResources: {
      ...(random.chance(0.3) && { resourceRules: rulesOf(random, door, target) }),
      ...(random.chance(0.1) && { excludeResourceRules: exclusionsOf(random, door, target) }),
      ...(random.chance(0.6) && { namespaceSelector: slotSelector(random, target.slot) }),
      ...(random.chance(0.15) && { objectSelector: objectSelector(random) }),
    },
  };
}

function rulesOf(random: Random, door: Door, target: Target): readonly JsonMap[] {
  const other = random.pick(KINDS);
  const rule = ruleFor(random, door, target);
  return random.chance(0.2)
    ? [ruleFor(random, door, { ...target, kind: other, subresource: undefined }), rule]
    : [rule];
}

function ruleFor(random: Random, door: Door, { kind, subresource, operation, name }: Target): JsonMap {
  const exact = subresource === undefined ? kind.resource : `${kind.resource}/${subresource}`;
  const wide = subresource === undefined ? '*' : random.pick(['*/*', `*/${subresource}`, `${kind.resource}/*`]);
  return {
    apiGroups: [random.chance(0.9) ? kind.group : '*'],
    apiVersions: [random.chance(0.85) ? kind.version : '*'],
    resources: [
      random.weighted([
        [8, exact],
        [1, wide],
        [0.5, '*'],
        [0.5, kind.resource],
      ]),
    ],
    operations: random.weighted([
      [6, [operation]],
      [3, ['*']],
      [1, ['CREATE', 'UPDATE']],
      [0.5, [door === 'mutating' ? 'CONNECT' : 'DELETE']],
    ]),
    ...(random.chance(0.04) && { resourceNames: [random.pick([name, 'other'])] }),
    ...(random.chance(0.06) && { scope: random.pick(['*', kind.namespaced ? 'Namespaced' : 'Cluster', 'Cluster']) }),
  };
}

function exclusionsOf(random: Random, door: Door, target: Target): readonly JsonMap[] {
  const kind = random.chance(0.3) ? target.kind : random.pick(KINDS);
  return [ruleFor(random, door, { ...target, kind, operation: random.pick(['CREATE', 'UPDATE']) })];
}

function slotSelector(random: Random, slot: number): JsonMap {
  const more = [
    { key: 'env', operator: 'In', values: ['prod'] },
    { key: 'env', operator: 'NotIn', values: ['dev'] },
    { key: 'team', operator: 'Exists' },
    { key: 'team', operator: 'DoesNotExist' },
  ];
  return {
    matchLabels: { slot: String(slot) },
    ...(random.chance(0.12) && { matchExpressions: [random.pick(more)] }),
  };
}

function objectSelector(random: Random): JsonMap {
  return random.pick([
    { matchLabels: { app: 'web' } },
    { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['back'] }] },
    { matchExpressions: [{ key: 'app', operator: 'Exists' }] },
    { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'example.com/team', operator: 'DoesNotExist' }] },
    {},
  ]);
}
