/** The resources that a cluster serves as one and the same: what `matchPolicy: Equivalent` reaches beyond the rule's words. */
import type { GroupVersionResource } from '../decision.ts';

// The built-in ones that Kubernetes 1.36 serves in more than one group and version by default.
const FAMILIES: readonly (readonly GroupVersionResource[])[] = [
  [
    { group: '', version: 'v1', resource: 'events' },
    { group: 'events.k8s.io', version: 'v1', resource: 'events' },
  ],
  [
    { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' },
    { group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' },
  ],
];

/**
 * The other groups and versions under which the objects of this resource are served. Those of a custom resource are not
 * known here: every version that a rule names (`versions`) is taken to be one of them.
 */
export function equivalentResources(
  given: GroupVersionResource,
  versions: readonly string[],
): readonly GroupVersionResource[] {
  const family = FAMILIES.find((members) => members.some((member) => isSame(member, given)));
  if (family) return family.filter((member) => !isSame(member, given));
  if (!isCustomGroup(given.group)) return [];
  return versions.filter((version) => version !== given.version).map((version) => ({ ...given, version }));
}

/** The groups in which the resource is served too, for an index by group. */
export function equivalentGroups(group: string, resource: string): readonly string[] {
  const [name] = resource.split('/');
  const family = FAMILIES.find((members) => members.some((one) => one.group === group && one.resource === name));
  return [...new Set(family?.map((member) => member.group))].filter((other) => other !== group);
}

function isSame(a: GroupVersionResource, b: GroupVersionResource): boolean {
  return a.group === b.group && a.version === b.version && a.resource === b.resource;
}

/** True for the groups of custom resources: Kubernetes' own have no dot, or are one word before `k8s.io`. */
export function isCustomGroup(group: string): boolean {
  return group.includes('.') && !/^([a-z]+|[a-z]+\.apiserver|rbac\.authorization)\.k8s\.io$/.test(group);
}
