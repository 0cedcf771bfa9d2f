/** The requests that Kubernetes' controllers send when they make the objects of a workload anew. */
import type { JsonMap, Value } from '../cel/value.ts';
import type { KubernetesObject, Request } from '../engine/decision.ts';
import { mapOf } from '../engine/object/equal.ts';
import { type Controller, controllerOf } from '../engine/owner.ts';
import { templateKind } from '../engine/template-kinds.ts';
import { valueAt } from '../policy/path.ts';

/** By the kind that is controlled by them. */
const CONTROLLERS: Readonly<Record<string, string>> = {
  'apps/Deployment': 'deployment-controller',
  'apps/ReplicaSet': 'replicaset-controller',
  'apps/StatefulSet': 'statefulset-controller',
  'apps/DaemonSet': 'daemon-set-controller',
  'batch/CronJob': 'cronjob-controller',
  'batch/Job': 'job-controller',
  '/ReplicationController': 'replication-controller',
};

/** The user who would make an object with this controller; of a kind unknown to Kubernetes it is some program. */
function userOf({ group, kind }: Pick<Controller, 'group' | 'kind'>): JsonMap {
  const name = CONTROLLERS[`${group}/${kind}`];
  return { username: `system:serviceaccount:${name === undefined ? 'operators:operator' : `kube-system:${name}`}` };
}

/** Of an object that is there: the request that its controller, or for lack of one anybody, would make it by once more. */
export function remade(request: Request): Request {
  const controller = controllerOf(request.object);
  return {
    ...request,
    userInfo: controller ? userOf(controller) : {},
    object: request.object && asNew(request.object),
  };
}

/** Without what only objects have that exist, and Pods that run. */
function asNew({ status: _, ...object }: KubernetesObject): KubernetesObject {
  const metadata = mapOf(object['metadata']);
  const kept = Object.entries(metadata).filter(([field]) => !OF_SERVER.has(field));
  const { nodeName: __, ...spec } = mapOf(object['spec']);
  return {
    ...object,
    metadata: Object.fromEntries(kept),
    ...(object['spec'] !== undefined && { spec: object['kind'] === 'Pod' ? spec : object['spec'] }),
  };
}

const OF_SERVER: ReadonlySet<string> = new Set([
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'managedFields',
  'generation',
  'selfLink',
]);

/** What a workload's controllers make of its template, the Pod last; empty for what has none. */
export function madeOf(workload: Request): readonly Request[] {
  const { kind, object } = workload;
  const template = templateKind(kind.group, kind.kind);
  if (object === null || template === undefined || template.prefix.length === 0 || kind.kind === 'PodTemplate')
    return [];
  const between = BETWEEN[`${kind.group}/${kind.kind}`];
  if (between === undefined) return [podOf(workload, mapOf(valueAt(object, template.prefix) as Value))];
  const made = childOf(workload, between, between.bodyOf(mapOf(object['spec'])));
  return [made, ...madeOf(made)];
}

interface Made {
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
}

/** What stands between a workload and its Pods. */
const BETWEEN: Readonly<Record<string, Made & { readonly bodyOf: (spec: JsonMap) => JsonMap }>> = {
  'apps/Deployment': {
    group: 'apps',
    kind: 'ReplicaSet',
    resource: 'replicasets',
    bodyOf: ({ replicas, selector, template }) => ({
      metadata: { labels: mapOf(mapOf(template)['metadata'])['labels'] ?? {} },
      spec: { ...(replicas !== undefined && { replicas }), selector: selector ?? {}, template: template ?? {} },
    }),
  },
  'batch/CronJob': {
    group: 'batch',
    kind: 'Job',
    resource: 'jobs',
    bodyOf: ({ jobTemplate }) => ({
      metadata: mapOf(jobTemplate)['metadata'] ?? {},
      spec: mapOf(jobTemplate)['spec'] ?? {},
    }),
  },
};

function podOf(owner: Request, template: JsonMap): Request {
  return childOf(owner, { group: '', kind: 'Pod', resource: 'pods' }, template);
}

function childOf(owner: Request, { group, kind, resource }: Made, body: JsonMap): Request {
  const { group: ownerGroup, version, kind: ownerKind } = owner.kind;
  const apiVersion = ownerGroup === '' ? version : `${ownerGroup}/${version}`;
  const name = `${owner.name ?? ''}-new`;
  const { uid = '' } = mapOf(mapOf(owner.object ?? {})['metadata']);
  const reference = { apiVersion, kind: ownerKind, name: owner.name ?? '', uid, controller: true };
  const { metadata, ...rest } = body;
  const gvk = { group, version: 'v1', kind };
  const gvr = { group, version: 'v1', resource };
  return {
    ...owner,
    kind: gvk,
    resource: gvr,
    requestKind: gvk,
    requestResource: gvr,
    name,
    userInfo: userOf({ group: ownerGroup, kind: ownerKind }),
    object: {
      apiVersion: group === '' ? 'v1' : `${group}/v1`,
      kind,
      metadata: { ...mapOf(metadata), name, namespace: owner.namespace ?? '', ownerReferences: [reference] },
      ...rest,
    },
    oldObject: null,
  };
}
