/** Versions of Kubernetes' own APIs that have been deprecated: since when, until when, and what took their place. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { DYN, map, STRING } from '../../cel/type.ts';

/** How long Kubernetes serves an API. Releases are given by their second number: 22 is Kubernetes 1.22. */
export interface ApiLife {
  /** 0 for an API that is not deprecated, or that is not known here. */
  readonly deprecated: number;
  /** The first release that does not serve it any more; 0 where none is announced. */
  readonly removed: number;
  /** `apiVersion` of what takes its place, with the kind where it has another one; empty where nothing does. */
  readonly replacement: string;
  /** Whether the very same fields may be given to the replacement. */
  readonly same: boolean;
}

/** `apiLife(apiVersion, kind)`: see the function of this name. */
export const API_LIFE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'apiLife',
    overloads: [
      {
        id: 'tidegate_api_life_string_string',
        parameters: [STRING, STRING],
        result: map(STRING, DYN),
        call: (apiVersion, kind) => ({ ...apiLife(String(apiVersion), String(kind)) }),
      },
    ],
  },
];

type Row = readonly [
  apiVersion: string,
  kinds: string,
  deprecated: number,
  removed: number,
  replacement: string,
  same?: 'same',
];

// From the Deprecated API Migration Guide of Kubernetes and the release numbers in its API types.
const ROWS: readonly Row[] = [
  ['v1', 'ComponentStatus', 19, 0, ''],
  ['v1', 'Endpoints', 33, 0, 'discovery.k8s.io/v1 EndpointSlice'],
  // Alpha versions that went without a notice count as deprecated from the release on that dropped them.
  [
    'admissionregistration.k8s.io/v1alpha1',
    'InitializerConfiguration',
    14,
    14,
    'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration',
  ],
  [
    'admissionregistration.k8s.io/v1alpha1',
    'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding',
    35,
    38,
    'admissionregistration.k8s.io/v1',
    'same',
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
    16,
    22,
    'admissionregistration.k8s.io/v1',
  ],
  [
    'admissionregistration.k8s.io/v1beta1',
    'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding',
    31,
    34,
    'admissionregistration.k8s.io/v1',
    'same',
  ],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', 16, 22, 'apiextensions.k8s.io/v1'],
  ['apiregistration.k8s.io/v1beta1', 'APIService', 19, 22, 'apiregistration.k8s.io/v1', 'same'],
  ['apps/v1beta1', 'ControllerRevision Deployment ReplicaSet StatefulSet', 9, 16, 'apps/v1'],
  ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', 9, 16, 'apps/v1'],
  ['auditregistration.k8s.io/v1alpha1', 'AuditSink', 19, 19, ''],
  ['authentication.k8s.io/v1beta1', 'TokenReview', 19, 22, 'authentication.k8s.io/v1', 'same'],
  [
    'authorization.k8s.io/v1beta1',
    'LocalSubjectAccessReview SelfSubjectAccessReview SubjectAccessReview',
    19,
    22,
    'authorization.k8s.io/v1',
  ],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', 22, 25, 'autoscaling/v2'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 23, 26, 'autoscaling/v2', 'same'],
  ['batch/v2alpha1', 'CronJob', 8, 21, 'batch/v1', 'same'],
  ['batch/v1beta1', 'CronJob', 21, 25, 'batch/v1', 'same'],
  ['certificates.k8s.io/v1alpha1', 'ClusterTrustBundle', 34, 37, 'certificates.k8s.io/v1beta1', 'same'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', 19, 22, 'certificates.k8s.io/v1'],
  ['coordination.k8s.io/v1beta1', 'Lease', 19, 22, 'coordination.k8s.io/v1', 'same'],
  ['coordination.k8s.io/v1alpha2', 'LeaseCandidate', 35, 38, 'coordination.k8s.io/v1beta1', 'same'],
  ['coordination.k8s.io/v1beta1', 'LeaseCandidate', 36, 39, ''],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', 21, 25, 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', 'Event', 22, 25, 'events.k8s.io/v1'],
  ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', 9, 16, 'apps/v1'],
  ['extensions/v1beta1', 'Ingress', 14, 22, 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', 9, 16, 'networking.k8s.io/v1', 'same'],
  ['extensions/v1beta1', 'PodSecurityPolicy', 11, 16, ''],
  [
    'flowcontrol.apiserver.k8s.io/v1beta1',
    'FlowSchema PriorityLevelConfiguration',
    23,
    26,
    'flowcontrol.apiserver.k8s.io/v1',
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta2',
    'FlowSchema PriorityLevelConfiguration',
    26,
    29,
    'flowcontrol.apiserver.k8s.io/v1',
  ],
  [
    'flowcontrol.apiserver.k8s.io/v1beta3',
    'FlowSchema PriorityLevelConfiguration',
    29,
    32,
    'flowcontrol.apiserver.k8s.io/v1',
  ],
  ['networking.k8s.io/v1alpha1', 'ClusterCIDR', 29, 29, ''],
  ['networking.k8s.io/v1beta1', 'Ingress', 19, 22, 'networking.k8s.io/v1'],
  ['networking.k8s.io/v1beta1', 'IngressClass', 19, 22, 'networking.k8s.io/v1', 'same'],
  ['networking.k8s.io/v1beta1', 'IPAddress ServiceCIDR', 34, 37, 'networking.k8s.io/v1', 'same'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', 22, 25, 'node.k8s.io/v1', 'same'],
  // An empty selector selects nothing there, and everything in v1.
  ['policy/v1beta1', 'PodDisruptionBudget', 21, 25, 'policy/v1'],
  ['policy/v1beta1', 'PodSecurityPolicy', 21, 25, ''],
  [
    'rbac.authorization.k8s.io/v1alpha1',
    'ClusterRole ClusterRoleBinding Role RoleBinding',
    17,
    23,
    'rbac.authorization.k8s.io/v1',
  ],
  [
    'rbac.authorization.k8s.io/v1beta1',
    'ClusterRole ClusterRoleBinding Role RoleBinding',
    17,
    22,
    'rbac.authorization.k8s.io/v1',
    'same',
  ],
  ['resource.k8s.io/v1alpha3', 'DeviceTaintRule', 36, 39, 'resource.k8s.io/v1beta2'],
  [
    'resource.k8s.io/v1beta1',
    'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
    35,
    38,
    'resource.k8s.io/v1',
  ],
  [
    'resource.k8s.io/v1beta2',
    'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice',
    36,
    39,
    'resource.k8s.io/v1',
    'same',
  ],
  ['scheduling.k8s.io/v1alpha1', 'PriorityClass', 14, 23, 'scheduling.k8s.io/v1', 'same'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', 14, 22, 'scheduling.k8s.io/v1', 'same'],
  ['settings.k8s.io/v1alpha1', 'PodPreset', 19, 20, ''],
  ['storage.k8s.io/v1beta1', 'CSIDriver CSINode StorageClass VolumeAttachment', 19, 22, 'storage.k8s.io/v1', 'same'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', 24, 27, 'storage.k8s.io/v1', 'same'],
  ['storage.k8s.io/v1beta1', 'VolumeAttributesClass', 34, 37, 'storage.k8s.io/v1', 'same'],
  ['storagemigration.k8s.io/v1alpha1', 'StorageVersionMigration', 35, 35, 'storagemigration.k8s.io/v1beta1'],
];

const LIVES: ReadonlyMap<string, ApiLife> = new Map(
  ROWS.flatMap(([apiVersion, kinds, deprecated, removed, replacement, same]) =>
    kinds
      .split(' ')
      .map((kind) => [`${apiVersion} ${kind}`, { deprecated, removed, replacement, same: same === 'same' }] as const),
  ),
);

const LASTING: ApiLife = { deprecated: 0, removed: 0, replacement: '', same: false };

/** Of an object with this apiVersion and kind. What is not known to be deprecated is taken to last. */
export function apiLife(apiVersion: string, kind: string): ApiLife {
  return LIVES.get(`${apiVersion} ${kind}`) ?? LASTING;
}
