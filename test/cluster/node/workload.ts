/** Workloads of every kind with a Pod in it, as people write them: one that is right, one that leaves things out, one that is wrong. */
export const KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Pod',
  'Job',
  'CronJob',
] as const;
export type Kind = (typeof KINDS)[number];

/** good: nothing to say. plain: nothing wrong, and a preStop sleep to be filled in. bad: to be refused. */
export type Quality = 'good' | 'plain' | 'bad';

export interface WorkloadOptions {
  readonly kind: Kind;
  readonly name: string;
  readonly quality: Quality;
  readonly image: string;
  /** Two where it is left out. */
  readonly replicas?: number;
}

/** The manifest, as data. */
export function workload(options: WorkloadOptions): object {
  const { kind, name, replicas = 2 } = options;
  const labels = labelsOf(name);
  const metadata = { name, labels };
  const template = { metadata: { labels }, spec: podSpec(options) };
  const selector = { matchLabels: { 'app.kubernetes.io/name': name } };
  switch (kind) {
    case 'Pod':
      return { apiVersion: 'v1', kind, metadata, spec: podSpec(options) };
    case 'ReplicationController':
      return { apiVersion: 'v1', kind, metadata, spec: { replicas, selector: selector.matchLabels, template } };
    case 'Job':
      return { apiVersion: 'batch/v1', kind, metadata, spec: jobSpec(template) };
    case 'CronJob':
      return {
        apiVersion: 'batch/v1',
        kind,
        metadata,
        spec: { schedule: '0 3 * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec: jobSpec(template) } },
      };
    case 'DaemonSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { selector, template } };
    case 'StatefulSet':
      return { apiVersion: 'apps/v1', kind, metadata, spec: { serviceName: name, replicas, selector, template } };
    default:
      return { apiVersion: 'apps/v1', kind, metadata, spec: { replicas, selector, template } };
  }
}

const labelsOf = (name: string): Readonly<Record<string, string>> => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': 'shop',
  'app.kubernetes.io/version': '1.4.2',
});

const jobSpec = (template: object): object => ({
  backoffLimit: 3,
  activeDeadlineSeconds: 600,
  ttlSecondsAfterFinished: 600,
  template,
});

function podSpec({ kind, quality, image, name }: WorkloadOptions): object {
  const ends = kind === 'Job' || kind === 'CronJob';
  return {
    automountServiceAccountToken: false,
    ...(ends && { restartPolicy: 'OnFailure' }),
    securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    ...(quality !== 'bad' && { affinity: apart(name) }),
    containers: [
      {
        name: 'web',
        image: quality === 'bad' ? image.replace(/:[^:]*$/, ':latest') : image,
        ...(ends ? { command: ['/bin/busybox', 'true'] } : { ports: [{ name: 'http', containerPort: 8080 }] }),
        ...(quality === 'bad' ? { imagePullPolicy: 'IfNotPresent' } : { resources: RESOURCES }),
        ...(quality !== 'bad' && !ends && PROBES),
        ...(quality === 'good' && !ends && { lifecycle: { preStop: { sleep: { seconds: 1 } } } }),
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}

const RESOURCES = { requests: { cpu: '5m', memory: '16Mi' }, limits: { cpu: '100m', memory: '16Mi' } };

const PROBES = {
  readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 2, timeoutSeconds: 2 },
  livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 10, timeoutSeconds: 5 },
};

const apart = (name: string): object => ({
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 100,
        podAffinityTerm: {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
        },
      },
    ],
  },
});
