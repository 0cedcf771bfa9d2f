/** A cluster with people in it: workloads by the thousand, good and bad, and what controllers would have made of them. */
import { clusterConfig, postJson } from '../../src/kube/client.ts';
import { collectionPath } from '../../src/kube/collection.ts';

export interface Population {
  readonly namespaces: readonly string[];
  /** How many objects were made, Namespaces apart. */
  readonly objects: number;
}

const AT_ONCE = 16;

/**
 * Makes `deployments` Deployments, each with its ReplicaSet and two Pods, and for every four of them a StatefulSet, a CronJob, a
 * Pod of nobody and a Service, spread over the namespaces. Without a controller or a webhook: all of it is written at once.
 */
export async function populate(
  kubeconfig: string,
  namespaces: readonly string[],
  deployments: number,
): Promise<Population> {
  const found = clusterConfig(kubeconfig);
  if (!found.ok) throw new Error(found.message);
  const { config } = found;
  let objects = 0;
  const make = async (apiVersion: string, resource: string, object: Made): Promise<Owner> => {
    objects++;
    const { namespace } = object.metadata;
    const path = collectionPath({ apiVersion, resource, ...(namespace !== undefined && { namespace }) });
    const made = await postJson(config, path, { apiVersion, ...object });
    const { uid } = made['metadata'] as { readonly uid: string };
    return { apiVersion, kind: object.kind, name: object.metadata.name, uid, controller: true };
  };
  for (const name of namespaces) {
    await make('v1', 'namespaces', { kind: 'Namespace', metadata: { name } });
  }
  // Pods need one, and its controller is not here.
  for (const namespace of namespaces) {
    await make('v1', 'serviceaccounts', { kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
  }
  await inParallel(deployments, async (index) => {
    const namespace = namespaces[index % namespaces.length] as string;
    const place = (name: string, owner?: Owner): Made['metadata'] => ({
      name,
      namespace,
      labels: { app: `web-${index}` },
      ...(owner && { ownerReferences: [owner] }),
    });
    const spec = podSpec(index);
    const template = { metadata: { labels: { app: `web-${index}` } }, spec };
    const selector = { matchLabels: { app: `web-${index}` } };
    const scale = { replicas: 2, selector, template };
    const web = await make('apps/v1', 'deployments', {
      kind: 'Deployment',
      metadata: place(`web-${index}`),
      spec: scale,
    });
    const set = await make('apps/v1', 'replicasets', {
      kind: 'ReplicaSet',
      metadata: place(`web-${index}-5d9c7`, web),
      spec: scale,
    });
    for (const suffix of ['a', 'b']) {
      // One of the Pods was changed by somebody: what is found on it is not in the template.
      const own = suffix === 'b' && index % 5 === 0 ? { ...spec, hostNetwork: true } : spec;
      await make('v1', 'pods', { kind: 'Pod', metadata: place(`web-${index}-5d9c7-${suffix}`, set), spec: own });
    }
    if (index % 4 !== 0) return;
    await make('apps/v1', 'statefulsets', {
      kind: 'StatefulSet',
      metadata: place(`db-${index}`),
      spec: { ...scale, serviceName: `db-${index}` },
    });
    await make('batch/v1', 'cronjobs', {
      kind: 'CronJob',
      metadata: place(`job-${index}`),
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: { spec: { template: { spec: { ...podSpec(index), restartPolicy: 'Never' } } } },
      },
    });
    await make('v1', 'pods', { kind: 'Pod', metadata: place(`naked-${index}`), spec: podSpec(index + 1) });
    await make('v1', 'services', {
      kind: 'Service',
      metadata: place(`web-${index}`),
      spec: { selector: { app: index % 8 === 0 ? `web-${index}` : 'nobody' }, ports: [{ port: 80 }] },
    });
  });
  return { namespaces, objects: objects - namespaces.length };
}

interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
}

interface Made {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly Owner[];
  };
  readonly spec?: object;
}

/** Every third is as it should be, as far as one sees at a glance. */
function podSpec(index: number): object {
  const bad = { name: 'web', image: index % 2 === 0 ? 'nginx:latest' : 'nginx', securityContext: { privileged: true } };
  const good = {
    name: 'web',
    image: 'ghcr.io/example/web:1.4.2',
    ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '100m', memory: '64Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
    livenessProbe: { httpGet: { path: '/live', port: 8080 } },
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
  };
  return { containers: [index % 3 === 0 ? good : bad] };
}

async function inParallel(count: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
