/** Policies and requests that pry at what our policies and native ones say differently. */
import type { JsonMap } from '../../src/cel/value.ts';
import type { Request } from '../../src/engine/decision.ts';
import { deployment, pod, policy, requestOf } from '../support/policies.ts';

const PARAMETERS = {
  type: 'object',
  properties: {
    names: { type: 'array', items: { type: 'string' }, default: ['a', 'b'] },
    least: { type: 'integer', default: 2 },
    nothing: { type: 'array', default: [] },
    deep: { type: 'object', default: { list: [1, 'x', { a: null, b: -0.5 }], on: true } },
  },
};

const POD_RULES = { subject: 'PodTemplate', parameters: PARAMETERS };
export const OF_SERVICES = {
  resourceRules: [
    { apiGroups: [''], apiVersions: ['v1'], resources: ['services'], operations: ['CREATE', 'UPDATE', 'DELETE'] },
  ],
};

/** Each with what it is about; all of their rules can go. */
const POLICIES: Readonly<Record<string, JsonMap>> = {
  'parameters of every sort': {
    ...POD_RULES,
    validations: [
      { expression: "object.metadata.?name.orValue('a') in params.names && params.nothing.size() == 0", message: 'a' },
      {
        expression:
          "params.deep.list[1] == object.metadata.?name.orValue('x') && params.deep.list[2].b < 0.0 && params.deep.on",
        message: 'b',
      },
    ],
  },
  'the workload, and the view of a Pod': {
    ...POD_RULES,
    validations: [
      { expression: "workload.kind == 'Pod' || workload.spec.replicas >= params.least", message: 'a' },
      {
        expression:
          "object.kind == 'Pod' && object.apiVersion == 'v1' && has(object.metadata) && has(object.metadata.labels)",
        message: 'b',
      },
      {
        expression:
          'oldObject == null || oldObject.spec == object.spec || oldWorkload.metadata.name != workload.metadata.name',
        message: 'c',
      },
    ],
  },
  'items of maps, of anything, and of lists in loops': {
    ...POD_RULES,
    variables: [{ name: 'labels', expression: 'object.metadata.?labels.orValue({})' }],
    validations: [
      { forEach: 'variables.labels', expression: "item != 'web'", messageExpression: "'Label ' + item + '.'" },
      {
        forEach: "{'a': 1, 'b': 2}",
        expression: 'item < params.least',
        messageExpression: "'Number ' + string(item) + '.'",
      },
      {
        forEach: 'object.spec.containers.filter(c, object.spec.containers.exists(object, object.name == c.name))',
        expression: "![item.name].exists(item, item == 'web') && params.names.all(params, params != item.name)",
        messageExpression: 'item.name + [1].map(item, string(item))[0]',
      },
    ],
  },
  conditions: {
    ...POD_RULES,
    matchConditions: [
      { name: 'first', expression: "!(object.metadata.?name.orValue('') in params.names)" },
      { name: 'second', expression: "request.operation in ['CREATE', 'UPDATE'] || false" },
    ],
    validations: [{ expression: 'false', message: 'refused' }],
  },
  'levels of rules': {
    ...POD_RULES,
    parameters: {
      properties: { level: { type: 'string', default: 'warn' }, none: { type: 'string', default: 'off' } },
    },
    validations: [
      { expression: 'false', message: 'refused', reason: 'Forbidden' },
      { expression: 'false', message: 'milder', action: 'Warn' },
      { expression: 'false', message: 'by parameter', actionExpression: 'params.level' },
      { expression: 'false', message: 'audited', action: 'Audit' },
      { expression: 'false', message: 'off', actionExpression: 'params.none' },
    ],
  },
  'in excluded namespaces too': {
    ...POD_RULES,
    excludedNamespaces: 'Judge',
    validations: [{ expression: 'false', message: 'refused' }],
  },
  'whatever owns it': { ...POD_RULES, ownedPods: 'Judge', validations: [{ expression: 'false', message: 'refused' }] },
  errors: { ...POD_RULES, validations: [{ expression: 'object.spec.nowhere.x == 1', message: 'refused' }] },
  'whole objects': {
    matchConstraints: OF_SERVICES,
    validations: [
      {
        expression: "request.operation == 'DELETE' ? oldObject.metadata.name != 'web' : object.metadata.name != 'web'",
        message: 'a',
      },
      {
        // Functions of ours, in an expression that holds for anything.
        expression:
          "selects({'matchLabels': {'a': 'b'}}, {'a': 'b'}) || image(object.metadata.name).registry == object.kind",
        message: 'b',
      },
    ],
  },
};

export const ALL = Object.entries(POLICIES).map(([about, spec]) => tolerating(about, spec));
/** Each by itself, and beside all the others. */
export const SETS: Readonly<Record<string, readonly JsonMap[]>> = {
  ...Object.fromEntries(ALL.map((one, index) => [Object.keys(POLICIES)[index], [one]])),
  'all together': ALL,
};

function tolerating(about: string, spec: JsonMap): JsonMap {
  const enforcement = { action: 'Deny', existing: 'Enforce' };
  return policy(about.toLowerCase().replace(/\W+/g, '-'), { enforcement, ...spec });
}

const PATCHES = {
  subject: 'PodTemplate',
  mutations: [
    {
      name: 'label',
      jsonPatch: {
        expression:
          "has(object.metadata.labels) ? [JSONPatch{op: 'add', path: '/metadata/labels/x', value: workload.kind}] : []",
      },
    },
    {
      name: 'first-name',
      jsonPatch: {
        expression: "[JSONPatch{op: 'copy', from: '/spec/containers/0/name', path: '/spec/' + 'hostname'}]",
      },
    },
  ],
};
const CONFIGURATION = {
  matchConstraints: {
    resourceRules: [
      { apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'], operations: ['CREATE', 'UPDATE'] },
    ],
  },
  matchConditions: [{ name: 'web', expression: "object.metadata.name == 'web'" }],
  mutations: [{ applyConfiguration: { expression: 'Object{spec: Object.spec{paused: true}}' } }],
};
/** A jsonPatch of Pods and an applyConfiguration of whole objects. */
export const MUTATIONS: readonly JsonMap[] = [policy('patches', PATCHES), policy('configuration', CONFIGURATION)];

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', finalizers: ['a', 'b'] },
};
const CONTROLLER = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'x', controller: true };
const by = (username: string, apiVersion: string): Request =>
  requestOf(pod([{ name: 'web' }], { ownerReferences: [{ ...CONTROLLER, apiVersion }] }), null, {
    userInfo: { username },
  });
export const WEB = deployment([{ name: 'web' }, { name: 'b' }]);

export const REQUESTS: Readonly<Record<string, Request>> = {
  'a Deployment': requestOf(WEB),
  'a scaled Deployment': requestOf({ ...WEB, spec: { ...(WEB['spec'] as JsonMap), replicas: 1 } }, WEB),
  'a Deployment with another label': requestOf({ ...WEB, metadata: { name: 'web', labels: { a: 'b' } } }, WEB),
  'a Deployment with another template': requestOf(deployment([{ name: 'a' }]), WEB),
  'a Deployment with another status': requestOf({ ...WEB, status: { replicas: 1 } }, WEB),
  'a Pod': requestOf(pod([{ name: 'web' }])),
  'another Pod': requestOf(pod([{ name: 'x' }], { name: 'a', labels: { app: 'web' } })),
  'a Pod of a ReplicaSet': requestOf(pod([{ name: 'web' }], { ownerReferences: [CONTROLLER] })),
  'a Pod of a ReplicaSet that is no controller': requestOf(
    pod([{ name: 'web' }], { ownerReferences: [{ ...CONTROLLER, controller: false }] }),
  ),
  'a Pod of an operator': requestOf(
    pod([{ name: 'web' }], { ownerReferences: [{ ...CONTROLLER, apiVersion: 'acme.io/v1' }] }),
  ),
  'a Pod of a ReplicaSet, by its controller': by('system:serviceaccount:kube-system:replicaset-controller', 'apps/v1'),
  'a Pod of an operator, by the operator': by('system:serviceaccount:acme:operator', 'acme.io/v1'),
  'a Pod of a node': by('system:node:a', 'v1'),
  'a Pod that claims to be of a ReplicaSet, by a program': by('system:serviceaccount:acme:operator', 'apps/v1'),
  'a mirrored Pod': requestOf(pod([{ name: 'web' }], { annotations: { 'kubernetes.io/config.mirror': 'x' } })),
  'a CronJob': requestOf({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 3, jobTemplate: { spec: { template: (WEB['spec'] as JsonMap)['template'] as JsonMap } } },
  }),
  'a PodTemplate': requestOf({
    apiVersion: 'v1',
    kind: 'PodTemplate',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { replicas: 1 },
    template: { metadata: {}, spec: { containers: [{ name: 'b' }] } },
  }),
  'a Job that is updated': requestOf(
    { ...deployment([{ name: 'a' }]), kind: 'Job', apiVersion: 'batch/v1' },
    { ...WEB, kind: 'Job', apiVersion: 'batch/v1' },
  ),
  'in an excluded namespace': requestOf(WEB, null, { namespace: 'kube-system' }),
  'a Service': requestOf(SERVICE),
  'a Service that stays': requestOf(
    { ...SERVICE, metadata: { ...SERVICE.metadata, resourceVersion: '2', managedFields: [] } },
    SERVICE,
  ),
  'a Service that loses a finalizer': requestOf(
    { ...SERVICE, metadata: { ...SERVICE.metadata, finalizers: ['b'] } },
    SERVICE,
  ),
  'a Service that gains a finalizer': requestOf(
    { ...SERVICE, metadata: { ...SERVICE.metadata, finalizers: ['c'] } },
    SERVICE,
  ),
  'a Service that loses a field': requestOf(SERVICE, { ...SERVICE, spec: {} }),
  'a Service that loses its labels': requestOf(SERVICE, { ...SERVICE, metadata: { ...SERVICE.metadata, labels: {} } }),
  'a Service that goes': { ...requestOf(SERVICE, SERVICE), operation: 'DELETE', object: null },
};
