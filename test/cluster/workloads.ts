/**
 * A cluster full of workloads, good and bad, with what their controllers would have made of them: nothing here is left to
 * chance, so that two clusters have the same. Written straight to the API server, a few connections at a time.
 */
import { Agent, type RequestOptions, request } from 'node:https';
import { json } from 'node:stream/consumers';
import { clusterConfig } from '../../src/kube/client.ts';

export interface Workloads {
  readonly namespaces: readonly string[];
  /** How many objects with a Pod template there are: Deployments, their ReplicaSets and Pods, and so on. */
  readonly count: number;
}

/** Makes about `size` of them, in namespaces that begin with `prefix`, and what they refer to. Takes some 10 seconds for 2000. */
export async function createWorkloads(kubeconfig: string, prefix: string, size = 2000): Promise<Workloads> {
  const create = await creator(kubeconfig);
  const namespaces = Array.from({ length: NAMESPACES }, (_, at) => `${prefix}-${at}`);
  await inParallel(namespaces, async (name, at) => {
    const labels = { tier: at % 2 === 0 ? 'gold' : 'tin' };
    await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    await create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  });
  const stacks = Array.from({ length: Math.ceil(size / PER_STACK) }, (_, at) => at);
  let count = 0;
  await inParallel(stacks, async (at) => {
    const made = await createStack(create, at, namespaces[at % NAMESPACES] as string);
    count += made;
  });
  return { namespaces, count };
}

const NAMESPACES = 8;
// Deployment with two ReplicaSets and three Pods, StatefulSet with a Pod, CronJob with a Job, DaemonSet, a Pod of its own.
const PER_STACK = 12;

type Created = { readonly metadata: { readonly name: string; readonly uid: string } };
type Create = (object: Draft) => Promise<Created>;

interface Draft {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** Everything of one application; every third is in order, the others are not, each in its own way. */
async function createStack(create: Create, at: number, namespace: string): Promise<number> {
  let made = 0;
  const make = async (apiVersion: string, kind: string, name: string, more: object, owner?: Owner): Promise<Owner> => {
    const { labels = { app: name }, ...fields } = more as { labels?: object };
    const ownerReferences = owner && { ownerReferences: [{ ...owner, controller: true }] };
    const metadata = { name, namespace, labels, ...ownerReferences };
    const { uid } = (await create({ apiVersion, kind, metadata, ...fields } as Draft)).metadata as { uid: string };
    made++;
    return { apiVersion, kind, name, uid };
  };
  const name = (kind: string): string => `${kind}-${at}`;

  const web = name('web');
  const deployment = await make('apps/v1', 'Deployment', web, { spec: { ...templated(web, at), replicas: at % 4 } });
  const labels = { app: web, 'pod-template-hash': 'new' };
  const set = { labels, spec: { ...templated(web, at, labels), replicas: at % 4 } };
  const current = await make('apps/v1', 'ReplicaSet', `${web}-new`, set, deployment);
  const old = { app: web, 'pod-template-hash': 'old' };
  const retired = { labels: old, spec: { ...templated(web, at + 1, old), replicas: 0 } };
  await make('apps/v1', 'ReplicaSet', `${web}-old`, retired, deployment);
  for (const pod of ['a', 'b', 'c'])
    await make('v1', 'Pod', `${web}-new-${pod}`, { labels, spec: podSpec(at) }, current);

  const db = name('db');
  const stateful = { spec: { ...templated(db, at + 2), serviceName: db, replicas: 1 + (at % 3) } };
  const database = await make('apps/v1', 'StatefulSet', db, stateful);
  await make('v1', 'Pod', `${db}-0`, { spec: podSpec(at + 2), labels: { app: db } }, database);
  const job = { template: { spec: { ...podSpec(at + 3), restartPolicy: 'Never' } } };
  const schedule = { schedule: '*/5 * * * *', jobTemplate: { spec: job } };
  const cron = await make('batch/v1', 'CronJob', name('cron'), { spec: schedule });
  await make('batch/v1', 'Job', `${name('cron')}-1`, { spec: job }, cron);
  await make('apps/v1', 'DaemonSet', name('agent'), { spec: templated(name('agent'), at + 4) });
  await make('v1', 'Pod', name('lone'), { spec: podSpec(at + 1) });
  const workloads = made;

  await make('v1', 'Service', web, { spec: { selector: { app: web }, ports: [{ port: 80 }] } });
  await make('v1', 'ConfigMap', name('settings'), { data: { mode: 'test' } });
  if (at % 2 === 0) {
    const spec = { minAvailable: 1, selector: { matchLabels: { app: web } } };
    await make('policy/v1', 'PodDisruptionBudget', web, { spec });
  }
  if (at % 5 === 0) {
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: web };
    const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 3 };
    await make('autoscaling/v2', 'HorizontalPodAutoscaler', web, { spec });
  }
  return workloads;
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

function templated(name: string, at: number, labels: Readonly<Record<string, string>> = { app: name }) {
  return { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(at) } };
}

function podSpec(at: number) {
  const wrong = at % 3 !== 0;
  const probe = { httpGet: { path: '/', port: 8080 } };
  return {
    containers: [
      {
        name: 'main',
        image: at % 4 === 1 ? 'example.com/shop/web:latest' : `example.com/shop/web:1.${at % 7}`,
        ports: [{ containerPort: 8080, ...(at % 11 === 1 && { hostPort: 8080 }) }],
        resources: { requests: { cpu: '100m', memory: '64Mi' }, ...(!wrong && { limits: { memory: '64Mi' } }) },
        ...(at % 2 === 0 && { readinessProbe: probe, livenessProbe: { ...probe, periodSeconds: 20 } }),
        ...(at % 5 === 1 && { securityContext: { privileged: true } }),
        ...(!wrong && { securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true } }),
        env: [
          { name: 'MODE', valueFrom: { configMapKeyRef: { name: `settings-${at % 13}`, key: 'mode' } } },
          ...(at % 7 === 2 ? [{ name: 'PASSWORD', value: 'hunter2-hunter2' }] : []),
        ],
      },
    ],
    ...(at % 6 === 1 && { hostNetwork: false, hostPID: true }),
    ...(!wrong && {
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    }),
  };
}

const CONNECTIONS = 8;

async function inParallel<T>(items: readonly T[], work: (item: T, at: number) => Promise<void>): Promise<void> {
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [at, item] of left) await work(item, at);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

async function creator(kubeconfig: string): Promise<Create> {
  const found = clusterConfig(kubeconfig);
  if (!found.ok) throw new Error(found.message);
  const options: RequestOptions = { method: 'POST', headers: { 'content-type': 'application/json' } };
  await found.config.applyToHTTPSOptions(options);
  const agent = new Agent({ ...(options.agent as Agent).options, keepAlive: true, maxSockets: CONNECTIONS });
  const server = found.config.getCurrentCluster()?.server;
  return (object) =>
    new Promise((resolve, reject) => {
      const url = `${server}${pathOf(object)}`;
      request(url, { ...options, agent }, async (response) => {
        const answer = await json(response).catch(reject);
        if (response.statusCode === 201) resolve(answer as Created);
        else reject(new Error(`${object.kind} ${object.metadata.name}: ${JSON.stringify(answer)}`));
      })
        .on('error', reject)
        .end(JSON.stringify(object));
    });
}

function pathOf({ apiVersion, kind, metadata: { namespace } }: Draft): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${kind.toLowerCase()}s`;
}
