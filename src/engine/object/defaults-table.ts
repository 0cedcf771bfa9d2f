/** What the API server (1.36) fills in, kind by kind; what depends on other fields is in defaults-rules.ts. */
import type { JsonMap, Value } from '../../cel/value.ts';
import {
  autoscaled,
  completions,
  daemonSetRollout,
  deploymentRollout,
  directoryOfNothing,
  hostPorts,
  imageVolumePolicy,
  labelled,
  limitRangeItem,
  nameLabel,
  networkPolicyTypes,
  podRequests,
  pullPolicy,
  type Rule,
  requestsFromLimits,
  secretData,
  selecting,
  serviceAccount,
  servicePort,
  serviceTraffic,
  statefulSetRollout,
  textQuantities,
} from './defaults-rules.ts';

/** The defaults of a JSON object, or of each item of a list of them. They apply in the order of these members. */
export interface Defaults {
  /** Fields and what they are where they are missing: not there, null or an empty string. */
  readonly fill?: readonly (readonly [field: string, value: Value])[];
  /** As `fill`, but 0 is missing too. */
  readonly fillZero?: readonly (readonly [field: string, value: Value])[];
  readonly inside?: readonly (readonly [field: string, defaults: Defaults])[];
  /** What depends on more than one field. */
  readonly also?: Rule;
}

const fill = (fields: JsonMap): Defaults => ({ fill: Object.entries(fields) });
const inside = (fields: Readonly<Record<string, Defaults>>): Defaults => ({ inside: Object.entries(fields) });
const rules =
  (...all: readonly Rule[]): Rule =>
  (map) =>
    all.reduce((object, rule) => rule(object), map);

const HTTP_GET = fill({ path: '/', scheme: 'HTTP' });
const HANDLER = inside({ httpGet: HTTP_GET });
const PROBE: Defaults = {
  fillZero: Object.entries({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  ...inside({ httpGet: HTTP_GET, grpc: fill({ service: '' }) }),
};
const FIELD = inside({ fieldRef: fill({ apiVersion: 'v1' }) });
const AMOUNTS: Defaults = { also: textQuantities };
const RESOURCES = inside({ limits: AMOUNTS, requests: AMOUNTS });

const CONTAINER: Defaults = {
  ...fill({ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', resources: {} }),
  ...inside({
    ports: fill({ protocol: 'TCP' }),
    env: inside({ valueFrom: inside({ fieldRef: fill({ apiVersion: 'v1' }), fileKeyRef: fill({ optional: false }) }) }),
    resources: RESOURCES,
    livenessProbe: PROBE,
    readinessProbe: PROBE,
    startupProbe: PROBE,
    lifecycle: inside({ postStart: HANDLER, preStop: HANDLER }),
  }),
  also: pullPolicy,
};

const CLAIM_SPEC: Defaults = { ...fill({ volumeMode: 'Filesystem' }), ...inside({ resources: RESOURCES }) };

// 0644, as JSON has no octal numbers.
const MODE = { defaultMode: 0o644 };

const VOLUME: Defaults = {
  ...inside({
    hostPath: fill({ type: '' }),
    secret: fill(MODE),
    configMap: fill(MODE),
    downwardAPI: { ...fill(MODE), ...inside({ items: FIELD }) },
    projected: {
      ...fill(MODE),
      ...inside({
        sources: inside({
          downwardAPI: inside({ items: FIELD }),
          serviceAccountToken: fill({ expirationSeconds: 3600 }),
        }),
      }),
    },
    ephemeral: inside({ volumeClaimTemplate: inside({ spec: CLAIM_SPEC }) }),
    iscsi: fill({ iscsiInterface: 'default' }),
    rbd: fill({ pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
    azureDisk: fill({ cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' }),
    scaleIO: fill({ storageMode: 'ThinProvisioned', fsType: 'xfs' }),
  }),
  also: rules(directoryOfNothing, imageVolumePolicy),
};

/** Of Pods and of templates alike. */
const POD_SPEC: Defaults = {
  ...fill({
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
  }),
  ...inside({
    containers: CONTAINER,
    initContainers: CONTAINER,
    ephemeralContainers: CONTAINER,
    volumes: VOLUME,
    resources: RESOURCES,
    overhead: AMOUNTS,
  }),
  also: serviceAccount,
};

const POD = inside({
  spec: {
    ...POD_SPEC,
    fill: [...(POD_SPEC.fill ?? []), ['enableServiceLinks', true]],
    also: rules(serviceAccount, requestsFromLimits, podRequests, hostPorts),
  },
});

const TEMPLATE = inside({ spec: POD_SPEC });

const workload = (fields: JsonMap, also: Rule, more: Readonly<Record<string, Defaults>> = {}): Defaults =>
  inside({ spec: { ...fill(fields), ...inside({ template: TEMPLATE, ...more }), also } });

const same: Rule = (map) => map;

const FAILURE_POLICY = inside({ rules: inside({ onPodConditions: fill({ status: 'True' }) }) });

/** By group and kind, whatever the version. */
export const KIND_DEFAULTS: ReadonlyMap<string, Defaults> = new Map<string, Defaults>([
  ['/Pod', POD],
  ['/PodTemplate', inside({ template: TEMPLATE })],
  ['/ReplicationController', { ...workload({ replicas: 1 }, selecting), also: labelled }],
  ['apps/ReplicaSet', workload({ replicas: 1 }, same)],
  [
    'apps/Deployment',
    workload({ replicas: 1, strategy: {}, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }, deploymentRollout),
  ],
  ['apps/DaemonSet', workload({ updateStrategy: {}, revisionHistoryLimit: 10 }, daemonSetRollout)],
  [
    'apps/StatefulSet',
    workload(
      {
        replicas: 1,
        podManagementPolicy: 'OrderedReady',
        updateStrategy: {},
        revisionHistoryLimit: 10,
        persistentVolumeClaimRetentionPolicy: {},
      },
      statefulSetRollout,
      {
        volumeClaimTemplates: {
          ...fill({ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }),
          ...inside({ spec: CLAIM_SPEC }),
        },
        persistentVolumeClaimRetentionPolicy: fill({ whenDeleted: 'Retain', whenScaled: 'Retain' }),
      },
    ),
  ],
  [
    'batch/Job',
    {
      ...workload({ completionMode: 'NonIndexed', suspend: false, manualSelector: false }, completions, {
        podFailurePolicy: FAILURE_POLICY,
      }),
      also: labelled,
    },
  ],
  [
    'batch/CronJob',
    inside({
      spec: {
        ...fill({
          concurrencyPolicy: 'Allow',
          suspend: false,
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 1,
        }),
        ...inside({ jobTemplate: inside({ spec: inside({ template: TEMPLATE, podFailurePolicy: FAILURE_POLICY }) }) }),
      },
    }),
  ],
  [
    '/Service',
    inside({
      spec: {
        ...fill({ type: 'ClusterIP', sessionAffinity: 'None' }),
        ...inside({ ports: { ...fill({ protocol: 'TCP' }), also: servicePort } }),
        also: serviceTraffic,
      },
    }),
  ],
  ['/Namespace', { also: nameLabel }],
  ['/Secret', { ...fill({ type: 'Opaque' }), also: secretData }],
  ['/PersistentVolumeClaim', inside({ spec: CLAIM_SPEC })],
  [
    '/PersistentVolume',
    inside({
      spec: {
        ...fill({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }),
        ...inside({ hostPath: fill({ type: '' }), capacity: AMOUNTS }),
      },
    }),
  ],
  ['/LimitRange', inside({ spec: inside({ limits: { also: limitRangeItem } }) })],
  ['/ResourceQuota', inside({ spec: inside({ hard: AMOUNTS }) })],
  ['autoscaling/HorizontalPodAutoscaler', { also: autoscaled }],
  [
    'networking.k8s.io/NetworkPolicy',
    inside({
      spec: {
        ...inside({
          ingress: inside({ ports: fill({ protocol: 'TCP' }) }),
          egress: inside({ ports: fill({ protocol: 'TCP' }) }),
        }),
        also: networkPolicyTypes,
      },
    }),
  ],
  ['networking.k8s.io/IngressClass', inside({ spec: inside({ parameters: fill({ scope: 'Cluster' }) }) })],
  ['scheduling.k8s.io/PriorityClass', fill({ preemptionPolicy: 'PreemptLowerPriority' })],
  ['storage.k8s.io/StorageClass', fill({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' })],
]);
