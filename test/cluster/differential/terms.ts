/** What expressions are made of: the fields of each kind, by the type that they mostly have. */
import type { KindName } from './kinds.ts';

export type TermType = 'int' | 'double' | 'string' | 'bool' | 'list' | 'map' | 'quantity';

/** Texts in CEL. `@` stands for the object. */
export type Terms = Readonly<Record<TermType, readonly string[]>>;

/** A list in an object whose items have terms of their own; `@` stands for the item there. */
export interface Collection {
  readonly list: string;
  readonly item: Terms;
}

const NONE: Terms = { int: [], double: [], string: [], bool: [], list: [], map: [], quantity: [] };

const METADATA: Terms = {
  ...NONE,
  int: ['size(@.metadata.name)', 'size(@.metadata.labels)', 'int(@.metadata.annotations["example.com/number"])'],
  string: [
    '@.metadata.name',
    '@.metadata.labels.app',
    '@.metadata.?labels[?"tier"].orValue("none")',
    '@.metadata.annotations.note',
    '@.metadata.?annotations.?note.orValue("")',
    '@.metadata.labels["example.com/team"]',
    '@.kind',
    '@.apiVersion',
  ],
  bool: ['has(@.metadata.labels)', 'has(@.metadata.annotations.note)', '"app" in @.metadata.labels'],
  map: ['@.metadata.labels', '@.metadata.annotations', '@.metadata.?labels.orValue({})'],
  quantity: ['quantity(@.metadata.annotations.note)'],
};

const POD_SPEC: Terms = {
  ...NONE,
  int: [
    '@.spec.terminationGracePeriodSeconds',
    'size(@.spec.containers)',
    '@.spec.securityContext.runAsUser',
    '@.spec.?securityContext.?runAsUser.orValue(0)',
    '@.spec.containers[0].ports[0].containerPort',
  ],
  string: [
    '@.spec.containers[0].image',
    '@.spec.restartPolicy',
    '@.spec.dnsPolicy',
    '@.spec.containers[1].name',
    '@.spec.nodeSelector.disk',
  ],
  bool: ['@.spec.hostPID', 'has(@.spec.hostPID)', '@.spec.securityContext.runAsNonRoot', 'has(@.spec.initContainers)'],
  list: ['@.spec.containers.map(c, c.image)', '@.spec.containers[0].args', '@.spec.?tolerations.orValue([])'],
  map: ['@.spec.nodeSelector', '@.spec.containers[0].resources.limits', '@.spec.securityContext'],
  quantity: [
    'quantity(@.spec.containers[0].resources.limits.cpu)',
    'quantity(@.spec.containers[0].resources.requests.memory)',
  ],
};

const CONTAINER: Terms = {
  ...NONE,
  int: ['size(@.name)', 'size(@.ports)', '@.ports[0].containerPort'],
  string: ['@.name', '@.image', '@.imagePullPolicy', '@.env[0].value', '@.image.lowerAscii()'],
  bool: [
    'has(@.resources.limits)',
    '@.securityContext.privileged',
    'has(@.ports)',
    '@.?securityContext.?readOnlyRootFilesystem.orValue(false)',
  ],
  list: ['@.args', '@.env.map(e, e.name)'],
  map: ['@.resources.limits', '@.resources'],
  quantity: ['quantity(@.resources.limits.memory)', 'quantity(@.resources.limits["cpu"])'],
};

const DEPLOYMENT: Terms = {
  ...on(POD_SPEC, '@.spec.template'),
  int: ['@.spec.replicas', '@.spec.minReadySeconds', '@.spec.revisionHistoryLimit', '@.spec.progressDeadlineSeconds'],
  bool: [
    '@.spec.paused',
    'has(@.spec.strategy.rollingUpdate)',
    '@.spec.template.spec.hostPID',
    'has(@.status.replicas)',
  ],
  map: ['@.spec.selector.matchLabels', '@.spec.template.metadata.labels', '@.spec.strategy', '@.status'],
};

const CONFIG_MAP: Terms = {
  ...NONE,
  int: ['int(@.data.max)', 'size(@.data)', 'size(@.data.name)', 'size(@.binaryData.blob)'],
  double: ['double(@.data.max)'],
  string: ['@.data.name', '@.data.mode', '@.data["text.file"]', '@.?data[?"max"].orValue("0")', '@.binaryData.blob'],
  bool: ['has(@.data)', '"max" in @.data', '@.immutable', 'has(@.immutable)', 'bool(@.data.mode)'],
  list: ['@.data.list.split(",")', '@.data.map(k, k).filter(k, k == "max")'],
  map: ['@.data', '@.binaryData'],
  quantity: ['quantity(@.data.max)', 'quantity(@.data.mode)'],
};

const SERVICE: Terms = {
  ...NONE,
  int: [
    '@.spec.ports[0].port',
    '@.spec.ports[1].targetPort',
    'size(@.spec.ports)',
    '@.spec.sessionAffinityConfig.clientIP.timeoutSeconds',
  ],
  string: [
    '@.spec.type',
    '@.spec.sessionAffinity',
    '@.spec.clusterIP',
    '@.spec.ports[0].protocol',
    '@.spec.selector.app',
  ],
  bool: ['@.spec.publishNotReadyAddresses', 'has(@.spec.selector)', 'has(@.status.loadBalancer)'],
  list: ['@.spec.ports.map(p, p.port)', '@.spec.ipFamilies', '@.spec.clusterIPs'],
  map: ['@.spec.selector', '@.status.loadBalancer', '@.status'],
};

const PORT: Terms = {
  ...NONE,
  int: ['@.port', '@.targetPort', '@.nodePort'],
  string: ['@.name', '@.protocol', '@.appProtocol'],
  bool: ['has(@.name)', '@.port > 100'],
};

const NAMESPACE: Terms = {
  ...NONE,
  string: ['@.status.phase', '@.metadata.labels["kubernetes.io/metadata.name"]', '@.metadata.labels.env'],
  bool: ['has(@.spec.finalizers)', 'has(@.status)', '"env" in @.metadata.labels'],
  list: ['@.spec.finalizers'],
  map: ['@.spec', '@.status'],
};

const WIDGET: Terms = {
  ...NONE,
  int: ['@.spec.size', '@.spec.big', '@.spec.parts[0].count', '@.spec.port', '@.status.seen', '@.metadata.generation'],
  double: ['@.spec.ratio', 'double(@.spec.size)', '@.spec.?ratio.orValue(0.5)'],
  string: [
    '@.spec.mode',
    '@.spec.maybe',
    '@.spec.wait',
    '@.spec.since',
    '@.spec.free',
    '@.spec.tags[1]',
    '@.spec.port',
  ],
  bool: [
    '@.spec.enabled',
    'has(@.spec.maybe)',
    '@.spec.maybe == null',
    '@.status.ready',
    'type(@.spec.port) == string',
    'has(@.spec.free.deep)',
  ],
  list: ['@.spec.tags', '@.spec.free', '@.spec.parts.map(p, p.name)', '@.spec.?tags.orValue([])'],
  map: ['@.spec.limits', '@.spec', '@.spec.free', '@.spec.parts[0]'],
  quantity: ['quantity(@.spec.limits.memory)', 'quantity(@.spec.limits.cpu)'],
};

const PART: Terms = {
  ...NONE,
  int: ['@.count', 'size(@.name)'],
  string: ['@.name'],
  bool: ['has(@.count)', '@.count > 3'],
};
const TEXT: Terms = { ...NONE, int: ['size(@)'], string: ['@', '@.upperAscii()'], bool: ['@ in ["a", "web"]'] };

/** Of the main object of a request. */
export const TERMS: Readonly<Record<KindName, Terms>> = {
  Pod: joined(METADATA, POD_SPEC),
  Deployment: joined(METADATA, DEPLOYMENT),
  ConfigMap: joined(METADATA, CONFIG_MAP),
  Service: joined(METADATA, SERVICE),
  Namespace: joined(METADATA, NAMESPACE),
  Widget: joined(METADATA, WIDGET),
};

export const COLLECTIONS: Readonly<Record<KindName, readonly Collection[]>> = {
  Pod: [
    { list: '@.spec.containers', item: CONTAINER },
    { list: '@.spec.initContainers', item: CONTAINER },
    { list: '@.metadata.labels', item: TEXT },
  ],
  Deployment: [{ list: '@.spec.template.spec.containers', item: CONTAINER }],
  ConfigMap: [
    { list: '@.data', item: TEXT },
    { list: '@.data.list.split(",")', item: TEXT },
  ],
  Service: [{ list: '@.spec.ports', item: PORT }],
  Namespace: [{ list: '@.spec.finalizers', item: TEXT }],
  Widget: [
    { list: '@.spec.parts', item: PART },
    { list: '@.spec.tags', item: TEXT },
  ],
};

/** Of `request`, whose type the compiler knows. */
export const REQUEST: Terms = {
  ...NONE,
  int: ['size(request.userInfo.groups)', 'size(request.name)'],
  string: [
    'request.operation',
    'request.name',
    'request.namespace',
    'request.kind.kind',
    'request.resource.resource',
    'request.subResource',
    'request.userInfo.username',
    'request.requestKind.version',
    'request.resource.group',
  ],
  bool: [
    'request.dryRun',
    'has(request.dryRun)',
    '"developers" in request.userInfo.groups',
    'has(request.subResource)',
    'has(request.options)',
  ],
  list: ['request.userInfo.groups', 'request.options.dryRun'],
};

/** Of `namespaceObject`, whose type the compiler knows; null for Namespaces. */
export const NAMESPACE_OBJECT: Terms = {
  ...NONE,
  int: ['size(namespaceObject.metadata.labels)'],
  string: [
    'namespaceObject.metadata.name',
    'namespaceObject.metadata.labels.env',
    'namespaceObject.metadata.annotations.note',
    'namespaceObject.status.phase',
  ],
  bool: [
    '"env" in namespaceObject.metadata.labels',
    'has(namespaceObject.metadata.labels.team)',
    'namespaceObject == null',
  ],
  list: ['namespaceObject.spec.finalizers'],
  map: ['namespaceObject.metadata.labels'],
};

/** Of `params`: a ConfigMap, or one of the custom kinds. */
export const PARAMS: Readonly<Record<'ConfigMap' | 'custom', Terms>> = {
  ConfigMap: {
    ...NONE,
    int: ['int(params.data.max)', 'int(params.data.modes)'],
    string: ['params.data.name', 'params.metadata.name', 'params.kind', 'params.data.modes'],
    bool: ['has(params.data.modes)', 'params == null', 'params != null && params.data.name == "web"'],
    list: ['params.data.modes.split(",")'],
    map: ['params.data', 'params.metadata.labels'],
  },
  custom: {
    ...NONE,
    int: ['params.spec.max', 'size(params.spec.modes)'],
    double: ['params.spec.factor'],
    string: ['params.spec.name', 'params.metadata.name', 'params.kind', 'params.apiVersion'],
    bool: ['has(params.spec.name)', 'params == null', '"a" in params.spec.modes'],
    list: ['params.spec.modes'],
    map: ['params.spec', 'params.metadata.labels'],
  },
};

export function joined(...all: readonly Terms[]): Terms {
  const types = Object.keys(NONE) as TermType[];
  return Object.fromEntries(types.map((type) => [type, all.flatMap((terms) => terms[type])])) as Record<
    TermType,
    string[]
  >;
}

/** The terms with the object in place of `@`. */
export function on(terms: Terms, object: string): Terms {
  const types = Object.keys(NONE) as TermType[];
  return Object.fromEntries(
    types.map((type) => [type, terms[type].map((text) => text.replaceAll('@', object))]),
  ) as Record<TermType, string[]>;
}
