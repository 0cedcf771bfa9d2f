/** The AdmissionReview that is measured: CREATE of a Deployment with three containers, as an API server sends it. */

export const UID = '00000000-0000-4000-8000-000000000000';

type Json = Readonly<Record<string, unknown>>;

const NAMES = ['web', 'cache', 'exporter'];

/** Follows every bundled practice: nothing to refuse, nothing to change. */
export function goodReview(): string {
  const labels = { 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/part-of': 'store' };
  return review({
    replicas: 3,
    revisionHistoryLimit: 5,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        ...podSpec(NAMES.map(goodContainer)),
        imagePullSecrets: [{ name: 'registry' }],
        affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [antiAffinity(labels)] } },
      },
    },
  });
}

/** Breaks rules in every container and in the template, and lets every bundled mutation find something to do. */
export function badReview(): string {
  const labels = { 'app.kubernetes.io/name': 'shop' };
  const annotations = { 'tidegate.dev/critical': 'true' };
  return review({
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels, annotations }, spec: podSpec(NAMES.map(badContainer)) },
  });
}

function antiAffinity(labels: Json): Json {
  return { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: labels } };
}

function podSpec(containers: readonly Json[]): Json {
  return {
    containers,
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'shop',
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    schedulerName: 'default-scheduler',
    volumes: [{ name: 'config', configMap: { name: 'shop', defaultMode: 420 } }],
  };
}

function goodContainer(name: string, index: number): Json {
  const port = 8080 + index;
  const amount = { cpu: '250m', memory: '256Mi' };
  const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
  return {
    ...container(name, port),
    image: `registry.example.com/shop/${name}:1.4.${index}`,
    imagePullPolicy: 'IfNotPresent',
    resources: { requests: amount, limits: amount },
    readinessProbe: { httpGet: { path: '/ready', port, scheme: 'HTTP' }, ...probe },
    livenessProbe: { httpGet: { path: '/live', port, scheme: 'HTTP' }, ...probe },
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

function badContainer(name: string, index: number): Json {
  return {
    ...container(name, 8080 + index),
    image: `registry.example.com/shop/${name}:latest`,
    imagePullPolicy: 'IfNotPresent',
    resources: { requests: { cpu: '100m' } },
  };
}

function container(name: string, containerPort: number): Json {
  return {
    name,
    ports: [{ name: 'http', containerPort, protocol: 'TCP' }],
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'DATABASE_HOST', valueFrom: { configMapKeyRef: { name: 'shop', key: 'database-host' } } },
      { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'shop', key: 'database-password' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ],
    volumeMounts: [{ name: 'config', mountPath: '/etc/shop', readOnly: true }],
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
}

function review(spec: Json): string {
  const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };
  const resource = { group: 'apps', version: 'v1', resource: 'deployments' };
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'shop',
      namespace: 'store',
      labels: { 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/part-of': 'store', team: 'storefront' },
      annotations: { 'kubernetes.io/description': 'What customers see of the store' },
      managedFields: [managed(spec)],
    },
    spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } }, ...spec },
    status: {},
  };
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: UID,
      kind: gvk,
      resource,
      requestKind: gvk,
      requestResource: resource,
      name: 'shop',
      namespace: 'store',
      operation: 'CREATE',
      userInfo: { username: 'deployer', groups: ['storefront', 'system:authenticated'] },
      object,
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'kubectl-client-side-apply' },
    },
  });
}

/** Every field has an entry in managedFields: a third of what a webhook is sent. */
function managed(spec: Json): Json {
  return {
    manager: 'kubectl-client-side-apply',
    operation: 'Update',
    apiVersion: 'apps/v1',
    time: '2026-11-21T12:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:spec': fields(spec) },
  };
}

function fields(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value);
  const named = entries.map(([key, item]) => [Array.isArray(value) ? keyOf(item) : `f:${key}`, fields(item)]);
  return Object.fromEntries(named);
}

function keyOf(item: unknown): string {
  const name = (item as { readonly name?: unknown } | null)?.name;
  return name === undefined ? `v:${JSON.stringify(item)}` : `k:${JSON.stringify({ name })}`;
}
