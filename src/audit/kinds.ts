/** What a file does not say about its objects: the resource that a kind is served as, and whether it lives in a namespace. */
import type { JsonMap } from '../cel/value.ts';
import type { GroupVersionKind, GroupVersionResource } from '../engine/decision.ts';
import { pluralOf } from '../engine/object/plural.ts';
import { templateKind } from '../engine/template-kinds.ts';

export interface ResourceKind {
  /** As the API server would hand it to a webhook: the current version of a kind that has moved. */
  readonly kind: GroupVersionKind;
  readonly resource: GroupVersionResource;
  readonly namespaced: boolean;
}

// The kinds without a namespace, bygone ones too, by group: of every other kind of Kubernetes an object lives in one.
const CLUSTER_SCOPED: Readonly<Record<string, readonly string[]>> = {
  '': ['ComponentStatus', 'Namespace', 'Node', 'PersistentVolume'],
  'admissionregistration.k8s.io': [
    'InitializerConfiguration',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'ValidatingWebhookConfiguration',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'auditregistration.k8s.io': ['AuditSink'],
  'authentication.k8s.io': ['SelfSubjectReview', 'TokenReview'],
  'authorization.k8s.io': ['SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['ClusterCIDR', 'IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  policy: ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'DeviceTaintRule', 'ResourceSlice'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass'],
};

const NAMESPACED_GROUPS = [
  'apps',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
];

/** True for the groups of Kubernetes itself, whose objects all have metadata. */
export function isBuiltInGroup(group: string): boolean {
  return Object.hasOwn(CLUSTER_SCOPED, group) || NAMESPACED_GROUPS.includes(group);
}

/** Custom resources by `group/kind`, as the CustomResourceDefinitions among the given objects define them. */
export type CustomKinds = ReadonlyMap<string, { readonly plural: string; readonly namespaced: boolean }>;

/** Reads the CustomResourceDefinitions among `objects`; incomplete ones are left out. */
export function customKinds(objects: Iterable<JsonMap>): CustomKinds {
  const kinds = new Map<string, { plural: string; namespaced: boolean }>();
  for (const object of objects) {
    if (object['kind'] !== 'CustomResourceDefinition') continue;
    const spec = object['spec'] as
      | { group?: unknown; scope?: unknown; names?: { kind?: unknown; plural?: unknown } }
      | undefined;
    const { kind, plural } = spec?.names ?? {};
    if (typeof spec?.group !== 'string' || typeof kind !== 'string' || typeof plural !== 'string') continue;
    kinds.set(`${spec.group}/${kind}`, { plural, namespaced: spec.scope !== 'Cluster' });
  }
  return kinds;
}

/**
 * The resource of an object with this apiVersion and kind. `hasNamespace` decides where nothing else is known: for a
 * custom resource without its definition.
 */
export function resourceKind(
  apiVersion: string,
  kind: string,
  hasNamespace: boolean,
  custom: CustomKinds,
): ResourceKind {
  const [version = '', writtenGroup = ''] = apiVersion.split('/').reverse();
  const group = currentGroup(writtenGroup, kind);
  const defined = custom.get(`${group}/${kind}`);
  const resource = {
    group,
    version: currentVersion(group, version, kind),
    resource: defined?.plural ?? pluralOf(kind),
  };
  return {
    kind: { group, version: resource.version, kind },
    resource,
    namespaced: defined?.namespaced ?? (isBuiltInGroup(group) ? !CLUSTER_SCOPED[group]?.includes(kind) : hasNamespace),
  };
}

/** Deployments and their like began in `extensions`; a webhook that asks for `apps` is given those too. */
function currentGroup(group: string, kind: string): string {
  if (group !== 'extensions') return group;
  return templateKind('apps', kind) === undefined ? group : 'apps';
}

/**
 * The Pod template is the same in all versions of its kinds, and policies name the last. Of autoscalers they ask what is
 * scaled, and between which numbers: so far every version agrees.
 */
function currentVersion(group: string, version: string, kind: string): string {
  if (group === 'autoscaling' && kind === 'HorizontalPodAutoscaler') return 'v2';
  return templateKind(group, kind) === undefined ? version : 'v1';
}
