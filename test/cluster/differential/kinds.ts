/** The resources that the cases are about, and how an object of each is made and changed. */
import type { JsonMap, Value } from '../../../src/cel/value.ts';
import type { Random } from './random.ts';

export type KindName = 'Pod' | 'Deployment' | 'ConfigMap' | 'Service' | 'Namespace' | 'Widget';

export interface Kind {
  readonly name: KindName;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** Subresources that take an UPDATE. */
  readonly subresources: readonly string[];
}

export const GROUP = 'differential.tidegate.dev';

export const KINDS: readonly Kind[] = [
  kind('Pod', '', 'pods', ['status', 'ephemeralcontainers']),
  kind('Deployment', 'apps', 'deployments', ['scale', 'status']),
  kind('ConfigMap', '', 'configmaps', []),
  kind('Service', '', 'services', ['status']),
  { ...kind('Namespace', '', 'namespaces', []), namespaced: false },
  kind('Widget', GROUP, 'widgets', ['status']),
];

function kind(name: KindName, group: string, resource: string, subresources: readonly string[]): Kind {
  return { name, group, version: 'v1', resource, namespaced: true, subresources };
}

export function apiVersionOf({ group, version }: Kind): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The path of all objects of the kind, or of the named one. */
export function pathOf(of: Kind, namespace: string, name?: string): string {
  const root = of.group === '' ? `/api/${of.version}` : `/apis/${apiVersionOf(of)}`;
  const scope = of.namespaced ? `/namespaces/${namespace}` : '';
  return `${root}${scope}/${of.resource}${name === undefined ? '' : `/${name}`}`;
}

/** A valid object as a user writes it, with all that expressions ask about now there and now missing. */
export function objectOf(random: Random, of: Kind, namespace: string, name: string): JsonMap {
  return {
    apiVersion: apiVersionOf(of),
    kind: of.name,
    metadata: { name, ...(of.namespaced && { namespace }), ...metadataOf(random) },
    ...BODIES[of.name](random),
  };
}

export function metadataOf(random: Random): JsonMap {
  return {
    ...(random.chance(0.8) && { labels: labelsOf(random) }),
    ...(random.chance(0.5) && { annotations: { note: random.pick(TEXTS), ...(random.chance(0.4) && NUMBERED) } }),
  };
}

export function labelsOf(random: Random): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  if (random.chance(0.8)) labels['app'] = random.pick(['web', 'db', 'cache']);
  if (random.chance(0.5)) labels['tier'] = random.pick(['front', 'back']);
  if (random.chance(0.3)) labels['example.com/team'] = random.pick(['red', 'blue']);
  return labels;
}

const TEXTS = [
  'hello',
  '',
  '3',
  '2.5',
  'ünï ☃ 😀',
  'a "quoted" \\ word',
  '10.0.0.1',
  '1Gi',
  'true',
  '2024-01-02T03:04:05Z',
];
const NUMBERED = { 'example.com/number': '7' };
const IMAGES = ['nginx', 'nginx:1.27', 'nginx:latest', 'registry.example.com:5000/team/app:v1.2.3'];
const QUANTITIES = { cpu: ['1', '250m', '1.5', '2'], memory: ['1Gi', '128Mi', '1e3', '512M'] } as const;

const BODIES: Readonly<Record<KindName, (random: Random) => JsonMap>> = {
  Pod: (random) => ({ spec: podSpec(random) }),
  Deployment: (random) => ({
    spec: {
      ...(random.chance(0.8) && { replicas: random.below(6) }),
      ...(random.chance(0.3) && { paused: random.chance(0.5), minReadySeconds: random.below(30) }),
      ...(random.chance(0.4) && { strategy: { type: random.pick(['Recreate', 'RollingUpdate']) } }),
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web', ...labelsAs(random) } }, spec: podSpec(random) },
    },
  }),
  ConfigMap: (random) => ({
    ...(random.chance(0.85) && { data: dataOf(random) }),
    ...(random.chance(0.2) && { binaryData: { blob: 'AAEC/w==' } }),
    ...(random.chance(0.1) && { immutable: false }),
  }),
  Service: (random) => ({
    spec: {
      clusterIP: 'None',
      ...(random.chance(0.8) && { selector: { app: 'web' } }),
      ...(random.chance(0.2) && { sessionAffinity: 'ClientIP' }),
      ...(random.chance(0.3) && { publishNotReadyAddresses: true }),
      ports: portsOf(random).map((port, index) => ({ name: `p${index}`, port })),
    },
  }),
  Namespace: () => ({}),
  Widget: (random) => ({ spec: widgetSpec(random) }),
};

function labelsAs(random: Random): JsonMap {
  return { ...labelsOf(random), app: 'web' };
}

export function dataOf(random: Random): JsonMap {
  const entries = random.some(['max', 'name', 'mode', 'list', 'text.file'], 1 + random.below(5));
  return Object.fromEntries(entries.map((key) => [key, random.pick([...TEXTS, 'web', 'a,b,c', '5'])]));
}

function portsOf(random: Random): readonly number[] {
  return random.some([80, 443, 8080, 9090], 1 + random.below(3));
}

function podSpec(random: Random): JsonMap {
  const containers = ['app', 'side', 'log'].slice(0, 1 + random.below(3)).map((name) => containerOf(random, name));
  return {
    // Or the API server would add a volume with a random name, and mount it in what a policy adds as well.
    automountServiceAccountToken: false,
    ...(random.chance(0.2) && { hostPID: random.chance(0.5) }),
    ...(random.chance(0.3) && { terminationGracePeriodSeconds: random.below(90) }),
    ...(random.chance(0.4) && {
      securityContext: {
        runAsNonRoot: random.chance(0.5),
        ...(random.chance(0.5) && { runAsUser: random.below(3000) }),
      },
    }),
    ...(random.chance(0.3) && { initContainers: [containerOf(random, 'init')] }),
    ...(random.chance(0.3) && { nodeSelector: { disk: 'ssd' } }),
    ...(random.chance(0.2) && { tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }] }),
    containers,
  };
}

function containerOf(random: Random, name: string): JsonMap {
  const limits = { cpu: random.pick(QUANTITIES.cpu), memory: random.pick(QUANTITIES.memory) };
  return {
    name,
    image: random.pick(IMAGES),
    ...(random.chance(0.5) && {
      resources: { limits: Object.fromEntries(random.some(Object.entries(limits), 1 + random.below(2))) },
    }),
    ...(random.chance(0.4) && { ports: portsOf(random).map((containerPort) => ({ containerPort })) }),
    ...(random.chance(0.4) && { env: [{ name: 'MODE', value: random.pick(TEXTS) }, { name: 'EMPTY' }] }),
    ...(random.chance(0.3) && {
      securityContext: { privileged: random.chance(0.3), ...(random.chance(0.5) && { readOnlyRootFilesystem: true }) },
    }),
    ...(random.chance(0.3) && { args: ['--level', String(random.below(5))] }),
  };
}

/** Numbers are never integral doubles such as 2.0: JSON does not carry the difference to a webhook. */
function widgetSpec(random: Random): JsonMap {
  const free: readonly Value[] = [1, 1.5, 'text', null, true, [1, 'two', null], { deep: { er: [1, 2] } }];
  return {
    size: random.below(20),
    ...(random.chance(0.7) && { ratio: random.pick([0.5, 1.25, 2, -3.75]) }),
    ...(random.chance(0.7) && { tags: random.some(['a', 'b', 'c', 'd'], random.below(5)) }),
    ...(random.chance(0.6) && { limits: { cpu: random.pick(QUANTITIES.cpu), memory: random.pick(QUANTITIES.memory) } }),
    ...(random.chance(0.5) && { enabled: random.chance(0.5) }),
    ...(random.chance(0.5) && { port: random.pick([80, 'http']) }),
    ...(random.chance(0.5) && { maybe: random.pick([null, 'set']) }),
    ...(random.chance(0.5) && { free: random.pick(free) }),
    ...(random.chance(0.5) && {
      parts: ['x', 'y', 'z'].slice(0, 1 + random.below(3)).map((name) => ({ name, count: random.below(9) })),
    }),
    ...(random.chance(0.4) && { since: '2024-01-02T03:04:05Z', wait: random.pick(['90s', '1h30m']) }),
    ...(random.chance(0.2) && { big: random.pick([9007199254740991, -9007199254740991]) }),
  };
}
