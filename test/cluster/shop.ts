/** What the tests of admission start from: a cluster, the webhook registered in it, and a namespace that it watches over. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LookupTarget } from '../../src/engine/compiled.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { loadCatalog } from '../../src/sources/catalog.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { expectOutput, type KubectlResult } from './kubectl.ts';
import { register, unregister } from './registration.ts';
import { serviceAccountKubeconfig } from './service-account.ts';
import { startTidegate, type Tidegate } from './tidegate.ts';
import { eventually } from './wait.ts';

export interface Shop {
  readonly cluster: Cluster;
  readonly tidegate: Tidegate;
  /** The namespace; requests in it reach the webhook. */
  readonly namespace: string;
  /** Another one, which the settings exclude. */
  readonly excluded: string;
  /** Runs kubectl in the namespace, whatever comes of it. */
  kubectl(args: readonly string[], input?: string): Promise<KubectlResult>;
  /** Runs kubectl in the namespace and throws where it fails. */
  output(args: readonly string[], input?: string): Promise<string>;
  /** A Deployment of the namespace as it is stored. */
  deployment(name: string): Promise<Deployment>;
  close(): Promise<void>;
}

export interface Deployment {
  readonly metadata: { readonly generation: number; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas: number;
    readonly revisionHistoryLimit: number;
    readonly template: { readonly spec: { readonly affinity?: object; readonly containers: readonly Container[] } };
  };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly lifecycle?: object;
}

const LABEL = 'tidegate.dev/test';

/** Everything in order, and proven: a bad Deployment is already refused when this returns. */
export async function openShop(): Promise<Shop> {
  const cluster = await startCluster();
  const namespace = `shop-${process.pid}`;
  const excluded = `${namespace}-excluded`;
  const namespaceLabel = { [LABEL]: namespace };
  const shop = { ...commandsIn(cluster, namespace), cluster, namespace, excluded };
  for (const name of [namespace, excluded]) {
    await shop.output(['create', 'namespace', name]);
    await shop.output(['label', 'namespace', name, `${LABEL}=${namespace}`]);
  }
  const tidegate = await startTidegate({
    settings: settings(excluded),
    kubeconfig: await watcher(cluster, namespace),
    pod: 'tidegate-0',
  });
  const { port, ca } = tidegate;
  await register(cluster.kubectl, { name: namespace, port, ca, namespaceLabel, failurePolicy: 'Fail' });
  const bad = await fixture('bad-deployment');
  await eventually('the API server asks the webhook', async () => {
    const { stderr } = await shop.kubectl(['apply', '--dry-run=server', '-f', '-'], bad);
    if (!stderr.includes('denied the request')) throw new Error(`${stderr}${tidegate.running.output()}`);
    return true;
  });
  const close = async (): Promise<void> => {
    await unregister(cluster.kubectl, namespace);
    await tidegate.running.stop();
    if (cluster.controlPlane === undefined) await removeTraces(cluster, [namespace, excluded]);
    await cluster.stop();
  };
  return { ...shop, tidegate, close };
}

/** The text of a file of fixtures/. */
export function fixture(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, 'fixtures', `${name}.yaml`), 'utf8');
}

function commandsIn(cluster: Cluster, namespace: string): Pick<Shop, 'kubectl' | 'output' | 'deployment'> {
  const output: Shop['output'] = (args, input) => expectOutput(cluster.kubectl, ['-n', namespace, ...args], input);
  return {
    kubectl: (args, input) => cluster.kubectl(['-n', namespace, ...args], input),
    output,
    deployment: async (name) => JSON.parse(await output(['get', 'deployment', name, '-o', 'json'])),
  };
}

function settings(excluded: string): object {
  const sandbox = { namespaceSelector: { matchLabels: { stage: 'sandbox' } }, action: 'Warn' };
  return {
    excludedNamespaces: ['kube-system', 'kube-public', 'kube-node-lease', excluded],
    policies: {
      'set-pod-anti-affinity': { enforcement: { action: 'Mutate' } },
      'require-liveness-probe': { enforcement: { action: 'Deny', overrides: [sandbox] } },
    },
  };
}

/** The kubeconfig of a user that may read what the bundled policies look up, and write Events, and nothing else. */
async function watcher(cluster: Cluster, namespace: string): Promise<string> {
  const { lookups } = loadCatalog({ settings: RECOMMENDED, paths: [], builtin: true }).catalog.current();
  // Secrets are never watched.
  const watched = lookups.filter(({ resource }) => resource !== 'secrets').map(qualified);
  const resources = ['namespaces', ...watched];
  const admin = (...args: readonly string[]): Promise<string> => expectOutput(cluster.kubectl, args);
  await admin('create', 'serviceaccount', 'tidegate', '-n', namespace);
  const events = `${namespace}-events`;
  await admin('create', 'clusterrole', namespace, '--verb=list,watch', `--resource=${resources.join(',')}`);
  await admin('create', 'clusterrole', events, '--verb=create,patch', '--resource=events.events.k8s.io');
  for (const role of [namespace, events]) {
    const account = `--serviceaccount=${namespace}:tidegate`;
    await admin('create', 'clusterrolebinding', role, `--clusterrole=${role}`, account);
  }
  return serviceAccountKubeconfig(cluster.kubectl, namespace, 'tidegate');
}

/** `deployments.apps`, as kubectl names them. */
function qualified({ apiVersion, resource }: LookupTarget): string {
  const [group] = apiVersion.split('/');
  return apiVersion.includes('/') ? `${resource}.${group}` : resource;
}

async function removeTraces(cluster: Cluster, namespaces: readonly string[]): Promise<void> {
  await expectOutput(cluster.kubectl, ['delete', 'namespace', ...namespaces, '--wait=false']);
  const roles = [namespaces[0] as string, `${namespaces[0]}-events`];
  await expectOutput(cluster.kubectl, ['delete', 'clusterrolebinding,clusterrole', ...roles]);
}
