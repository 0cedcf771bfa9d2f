/** Generated mutations: JSON patches and configurations, about the fields of the request's own kind. */
import type { JsonMap } from '../../../src/cel/value.ts';
import type { Grammar } from './expressions.ts';
import type { KindName } from './kinds.ts';
import type { Target } from './matching.ts';
import type { Random } from './random.ts';

/** One or two mutations, of either type. */
export function mutationsOf(random: Random, target: Target, grammar: Grammar): readonly JsonMap[] {
  return Array.from({ length: 1 + random.below(2) }, () =>
    random.chance(0.5)
      ? { patchType: 'JSONPatch', jsonPatch: { expression: jsonPatchOf(random, target, grammar) } }
      : {
          patchType: 'ApplyConfiguration',
          applyConfiguration: { expression: configurationOf(random, target, grammar) },
        },
  );
}

function jsonPatchOf(random: Random, { kind, subresource }: Target, grammar: Grammar): string {
  const operations = subresource === 'scale' ? SCALE_PATCHES : [...PATCHES[kind.name], ...METADATA_PATCHES];
  const chosen = random.some(operations, 1 + random.below(2)).map((text) => filled(text, grammar));
  const list = `[${chosen.map((fields) => `JSONPatch{${fields}}`).join(', ')}]`;
  return random.chance(0.3) ? `${grammar.condition(0)} ? ${list} : []` : list;
}

function configurationOf(random: Random, { kind, subresource }: Target, grammar: Grammar): string {
  const configurations =
    subresource === 'scale' ? SCALE_CONFIGURATIONS : [...CONFIGURATIONS[kind.name], ...METADATA_CONFIGURATIONS];
  const configuration = filled(random.pick(configurations), grammar);
  return random.chance(0.3) ? `${grammar.condition(0)} ? ${configuration} : Object{}` : configuration;
}

/** `$string` and `$int` are expressions of that type, whatever the fields hold. */
function filled(text: string, grammar: Grammar): string {
  return text.replace(/\$(string|int)/g, (_, type: 'string' | 'int') => `${type}(${grammar.of(type, 1)})`);
}

const METADATA_PATCHES: readonly string[] = [
  'op: "add", path: "/metadata/labels/added", value: "yes"',
  'op: "add", path: "/metadata/labels", value: {"only": "this"}',
  'op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("example.com/a~b"), value: $string',
  'op: "replace", path: "/metadata/labels/app", value: $string',
  'op: "remove", path: "/metadata/labels/tier"',
  'op: "test", path: "/metadata/labels/app", value: "web"',
  'op: "copy", from: "/metadata/name", path: "/metadata/labels/copied"',
  'op: "move", from: "/metadata/labels/app", path: "/metadata/labels/moved"',
  'op: "remove", path: "/metadata/annotations"',
  'op: "add", path: "/metadata/labels/count", value: string($int)',
];

const METADATA_CONFIGURATIONS: readonly string[] = [
  'Object{metadata: Object.metadata{labels: {"added": $string}}}',
  'Object{metadata: Object.metadata{annotations: {"example.com/number": "8", "note": $string}}}',
  'Object{metadata: Object.metadata{labels: {"app": "other"}}}',
  'Object{}',
];

const SCALE_PATCHES: readonly string[] = [
  'op: "replace", path: "/spec/replicas", value: $int',
  'op: "add", path: "/metadata/annotations", value: {"a": "b"}',
];

const SCALE_CONFIGURATIONS: readonly string[] = ['Object{spec: Object.spec{replicas: $int}}'];

const PATCHES: Readonly<Record<KindName, readonly string[]>> = {
  Pod: [
    'op: "replace", path: "/spec/containers/0/image", value: "nginx:" + $string',
    'op: "add", path: "/spec/containers/-", value: Object.spec.containers{name: "more", image: "nginx"}',
    'op: "add", path: "/spec/containers/0", value: {"name": "zero", "image": "nginx", "ports": [{"containerPort": 9}]}',
    'op: "remove", path: "/spec/containers/1"',
    'op: "remove", path: "/spec/containers/9"',
    'op: "add", path: "/spec/nodeSelector", value: {"disk": $string}',
    'op: "add", path: "/spec/securityContext/runAsUser", value: $int',
    'op: "add", path: "/spec/tolerations/-", value: {"key": "k", "operator": "Exists"}',
    'op: "test", path: "/spec/containers/0/ports/0/containerPort", value: 80',
    'op: "replace", path: "/spec/hostPID", value: true',
  ],
  Deployment: [
    'op: "replace", path: "/spec/replicas", value: $int',
    'op: "add", path: "/spec/replicas", value: object.spec.replicas + 1',
    'op: "add", path: "/spec/template/metadata/labels/added", value: $string',
    'op: "replace", path: "/spec/template/spec/containers/0/image", value: object.spec.template.spec.containers[0].image + "-x"',
    'op: "test", path: "/spec/strategy/type", value: "Recreate"',
    'op: "add", path: "/spec/paused", value: true',
  ],
  ConfigMap: [
    'op: "add", path: "/data/added", value: $string',
    'op: "copy", from: "/metadata/labels/app", path: "/metadata/labels/copied"',
    'op: "add", path: "/data", value: {"all": "new"}',
    'op: "add", path: "/data/grown", value: object.data.?grown.orValue("") + "x"',
    'op: "remove", path: "/data/max"',
    'op: "test", path: "/data/name", value: "web"',
    'op: "add", path: "/immutable", value: true',
    'op: "add", path: "/binaryData", value: {"more": "AAAA"}',
  ],
  Service: [
    'op: "add", path: "/spec/ports/-", value: Object.spec.ports{name: "more", port: 7000}',
    'op: "replace", path: "/spec/ports/0/port", value: $int',
    'op: "add", path: "/spec/selector", value: {"app": $string}',
    'op: "replace", path: "/spec/sessionAffinity", value: "None"',
  ],
  Namespace: ['op: "add", path: "/metadata/labels/more", value: $string'],
  Widget: [
    'op: "replace", path: "/spec/size", value: $int',
    'op: "add", path: "/spec/size", value: object.spec.size + 1',
    'op: "add", path: "/spec/tags/-", value: $string',
    'op: "add", path: "/spec/tags/0", value: "front"',
    'op: "add", path: "/spec/free", value: {"list": [1, 2.5, null, "x"], "n": $int}',
    'op: "add", path: "/spec/ratio", value: 1.5',
    'op: "remove", path: "/spec/parts/0"',
    'op: "copy", from: "/spec/size", path: "/spec/big"',
    'op: "test", path: "/spec/ratio", value: 0.5',
    'op: "test", path: "/spec/limits", value: {"cpu": "1", "memory": "1Gi"}',
  ],
};

const CONFIGURATIONS: Readonly<Record<KindName, readonly string[]>> = {
  Pod: [
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "app", image: "nginx:" + $string}]}}',
    'Object{spec: Object.spec{containers: [Object.spec.containers{name: "more", image: "nginx"}]}}',
    'Object{spec: Object.spec{initContainers: [Object.spec.initContainers{name: "init", image: "x", restartPolicy: "Always"}]}}',
    'Object{spec: Object.spec{nodeSelector: {"disk": $string}, terminationGracePeriodSeconds: $int}}',
    'Object{spec: Object.spec{securityContext: Object.spec.securityContext{runAsNonRoot: true}}}',
    'Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, imagePullPolicy: "Always"})}}',
    'Object{spec: Object.spec{containers: object.spec.containers.map(c, Object.spec.containers{name: c.name, env: [Object.spec.containers.env{name: "MODE", value: "m"}]})}}',
    'Object{spec: Object.spec{tolerations: [Object.spec.tolerations{key: "a", operator: "Exists"}]}}',
    'Object{spec: Object.spec{volumes: [Object.spec.volumes{name: "v", emptyDir: Object.spec.volumes.emptyDir{}}]}}',
  ],
  Deployment: [
    'Object{spec: Object.spec{replicas: $int}}',
    'Object{spec: Object.spec{replicas: object.spec.replicas + 1}}',
    'Object{spec: Object.spec{template: Object.spec.template{metadata: Object.spec.template.metadata{labels: {"added": $string}}}}}',
    'Object{spec: Object.spec{strategy: Object.spec.strategy{type: "RollingUpdate", rollingUpdate: Object.spec.strategy.rollingUpdate{maxSurge: 1}}}}',
    'Object{spec: Object.spec{template: Object.spec.template{spec: Object.spec.template.spec{containers: [Object.spec.template.spec.containers{name: "app", ports: [Object.spec.template.spec.containers.ports{containerPort: 80, protocol: "TCP", name: "http"}]}]}}}}',
  ],
  ConfigMap: [
    'Object{data: {"added": $string}}',
    'Object{data: object.?data.orValue({})}',
    'Object{immutable: true}',
    'Object{data: {"grown": object.?data[?"grown"].orValue("") + "x"}}',
  ],
  Service: [
    'Object{spec: Object.spec{ports: [Object.spec.ports{name: "more", port: 7000, protocol: "TCP"}]}}',
    'Object{spec: Object.spec{ports: [Object.spec.ports{port: 80, protocol: "TCP", name: "renamed"}]}}',
    'Object{spec: Object.spec{selector: {"tier": $string}}}',
    'Object{spec: Object.spec{sessionAffinity: "None"}}',
  ],
  Namespace: ['Object{metadata: Object.metadata{labels: {"more": $string}}}'],
  Widget: [
    'Object{spec: Object.spec{size: $int}}',
    'Object{spec: Object.spec{size: object.spec.size + 1, tags: ["z", "a"]}}',
    'Object{spec: Object.spec{parts: [Object.spec.parts{name: "x", count: 100}, Object.spec.parts{name: "new"}]}}',
    'Object{spec: Object.spec{limits: {"cpu": $string}, enabled: true}}',
    'Object{spec: Object.spec{ratio: 2.5, mode: $string}}',
    'Object{spec: Object.spec{port: 8080}}',
  ],
};
