/** Replicas of an installation as processes: the chart's objects and its environment, without a node to run on. */
import { get } from 'node:https';
import { join } from 'node:path';
import { expectOutput, type Kubectl } from './kubectl.ts';
import { freePort, type Running, start } from './process.ts';
import { HOST } from './tidegate.ts';

export interface Replica {
  readonly pod: string;
  readonly port: number;
  readonly running: Running;
  /** Of /readyz; undefined where nobody answers. */
  readyz(): Promise<number | undefined>;
}

export interface ReplicaOptions {
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly pod: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** Starts it and does not wait for anything. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { kubeconfig, namespace, pod, port = await freePort(), env = {} } = options;
  const running = await start(process.execPath, [MAIN, 'serve', '--host', HOST, '--port', String(port)], {
    ...process.env,
    TIDEGATE_KUBECONFIG: kubeconfig,
    TIDEGATE_NAMESPACE: namespace,
    TIDEGATE_POD: pod,
    TIDEGATE_INSTALLATION: namespace,
    TIDEGATE_BUILTIN: 'false',
    ...env,
  });
  return { pod, port, running, readyz: () => statusOf(port, '/readyz') };
}

/** Of a page that the probes of a node ask for: they do not look at the certificate either. */
export function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const asked = get({ host: HOST, port, path, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.setTimeout(2000, () => asked.destroy());
    asked.on('error', () => resolve(undefined));
  });
}

/** What the chart makes beside the Deployment: both configurations without webhooks, and the Service. */
export async function install(kubectl: Kubectl, name: string): Promise<void> {
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: name },
      spec: { ports: [{ port: 443 }], clusterIP: 'None' },
    },
    ...['Mutating', 'Validating'].map((kind) => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name },
    })),
  ];
  await apply(kubectl, ...items);
}

/** Says, as a node and the controller of EndpointSlices would, which replicas are ready. */
export async function setReady(kubectl: Kubectl, name: string, pods: readonly string[]): Promise<void> {
  await apply(kubectl, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace: name, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    ports: [{ name: '', port: 443 }],
    endpoints: pods.map((pod, index) => ({
      addresses: [`10.0.0.${index + 1}`],
      conditions: { ready: true },
      targetRef: { kind: 'Pod', name: pod, namespace: name },
    })),
  });
}

export async function apply(kubectl: Kubectl, ...items: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items };
  const args = ['apply', '--server-side', '--field-manager=chart', '--force-conflicts', '-f', '-'];
  await expectOutput(kubectl, args, JSON.stringify(list));
}
