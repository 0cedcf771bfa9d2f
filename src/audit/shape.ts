/**
 * What a server refuses to decode: a string where it expects an object. Policies are written for decoded objects, so such
 * an object is named and not judged. Only what policies read is checked: metadata, the Pod-shaped parts, and what a ConfigMap
 * or a Secret holds.
 */
import type { JsonMap, Value } from '../cel/value.ts';
import { templateKind } from '../engine/template-kinds.ts';
import type { Path } from '../policy/path.ts';

export interface ShapeError {
  readonly path: Path;
  /** `is a string, expected an object`. */
  readonly message: string;
}

type Shape = 'string' | 'number' | 'boolean' | 'any' | ListShape | MapShape | ObjectShape;
interface ListShape {
  readonly items: Shape;
}
interface MapShape {
  readonly values: Shape;
}
interface ObjectShape {
  readonly fields: Readonly<Record<string, Shape>>;
}

const list = (items: Shape): ListShape => ({ items });
const object = (fields: Readonly<Record<string, Shape>> = {}): ObjectShape => ({ fields });
const STRINGS: Shape = { values: 'string' };

const PROBE = object({
  exec: object({ command: list('string') }),
  httpGet: object(),
  tcpSocket: object(),
  grpc: object(),
});
const HANDLER = object({ exec: object({ command: list('string') }), httpGet: object(), sleep: object() });

const CONTAINER = object({
  name: 'string',
  image: 'string',
  imagePullPolicy: 'string',
  command: list('string'),
  args: list('string'),
  env: list(object({ name: 'string', value: 'string', valueFrom: object() })),
  envFrom: list(object()),
  ports: list(object({ containerPort: 'number', hostPort: 'number', name: 'string' })),
  resources: object({ limits: { values: 'any' }, requests: { values: 'any' } }),
  readinessProbe: PROBE,
  livenessProbe: PROBE,
  startupProbe: PROBE,
  lifecycle: object({ preStop: HANDLER, postStart: HANDLER }),
  securityContext: object({ capabilities: object({ add: list('string'), drop: list('string') }) }),
  volumeMounts: list(object()),
  restartPolicy: 'string',
});

const AFFINITY = object({
  requiredDuringSchedulingIgnoredDuringExecution: list(object({ labelSelector: object(), topologyKey: 'string' })),
  preferredDuringSchedulingIgnoredDuringExecution: list(object({ podAffinityTerm: object() })),
});

const POD_SPEC = object({
  containers: list(CONTAINER),
  initContainers: list(CONTAINER),
  ephemeralContainers: list(CONTAINER),
  imagePullSecrets: list(object({ name: 'string' })),
  volumes: list(object({ name: 'string' })),
  affinity: object({ nodeAffinity: object(), podAffinity: AFFINITY, podAntiAffinity: AFFINITY }),
  topologySpreadConstraints: list(object()),
  tolerations: list(object()),
  nodeSelector: STRINGS,
  securityContext: object(),
  priorityClassName: 'string',
  serviceAccountName: 'string',
  restartPolicy: 'string',
  terminationGracePeriodSeconds: 'number',
  hostNetwork: 'boolean',
});

const METADATA = object({
  name: 'string',
  namespace: 'string',
  generateName: 'string',
  labels: STRINGS,
  annotations: STRINGS,
  ownerReferences: list(object()),
});

const ANY_OBJECT = object({ metadata: METADATA });
const OF_CORE: ReadonlyMap<string, Shape> = new Map([
  ['ConfigMap', object({ metadata: METADATA, data: STRINGS, binaryData: STRINGS })],
  ['Secret', object({ metadata: METADATA, data: STRINGS, stringData: STRINGS })],
]);
const POD = object({ metadata: METADATA, spec: POD_SPEC });

/** Every place where the object cannot be what its kind says, in order of the document. */
export function shapeErrors(group: string, kind: string, value: JsonMap): ShapeError[] {
  const errors: ShapeError[] = [];
  check(value, shapeOf(group, kind), [], errors);
  return errors;
}

/** What a server fills in when it decodes, for it never hands a webhook a Pod template without these. */
export interface Completed {
  /** The same object where nothing was missing. */
  readonly object: JsonMap;
  /** What was: no server accepts the object like this, so it may be a patch of a whole one. */
  readonly missing: readonly Path[];
}

/** The object with a list of containers, be it empty, and a name for each container, be it empty. */
export function completed(group: string, kind: string, value: JsonMap): Completed {
  const template = templateKind(group, kind);
  if (template === undefined) return { object: value, missing: [] };
  const spec = [...template.prefix.map(String), 'spec'];
  const missing: Path[] = [];
  const withContainers = updateAt(value, [...spec, 'containers'], (containers) => {
    if (containers === undefined) missing.push([...spec, 'containers']);
    return containers ?? [];
  });
  const object = ['containers', 'initContainers', 'ephemeralContainers'].reduce((whole, field) => {
    const path = [...spec, field];
    return updateAt(whole, path, (list) => named(list as readonly JsonMap[] | undefined, path, missing));
  }, withContainers);
  return { object, missing };
}

function named(list: readonly JsonMap[] | undefined, path: Path, missing: Path[]): readonly JsonMap[] | undefined {
  if (list === undefined || list.every((container) => 'name' in container)) return list;
  return list.map((container, index) => {
    if ('name' in container) return container;
    missing.push([...path, index, 'name']);
    return { ...container, name: '' };
  });
}

/** A copy of the object with another value at `path`; the same object where that value is the same. */
function updateAt(
  object: JsonMap,
  path: readonly string[],
  update: (value: Value | undefined) => Value | undefined,
): JsonMap {
  const [field = '', ...rest] = path;
  const inner = object[field];
  const next = rest.length === 0 ? update(inner) : updateAt((inner ?? {}) as JsonMap, rest, update);
  return next === undefined || next === inner ? object : { ...object, [field]: next };
}

const SHAPES = new Map<string, Shape>();

function shapeOf(group: string, kind: string): Shape {
  const template = templateKind(group, kind);
  if (template === undefined) return (group === '' && OF_CORE.get(kind)) || ANY_OBJECT;
  const known = SHAPES.get(kind);
  if (known !== undefined) return known;
  const shape = template.prefix.length === 0 ? POD : workload(template.prefix.map(String));
  SHAPES.set(kind, shape);
  return shape;
}

function workload(prefix: readonly string[]): Shape {
  const inner = prefix.reduceRight<Shape>((shape, field) => object({ [field]: shape }), POD) as ObjectShape;
  const spec = { ...(inner.fields['spec'] as ObjectShape | undefined)?.fields, replicas: 'number' as const };
  return object({ ...inner.fields, metadata: METADATA, ...(prefix[0] === 'spec' ? { spec: object(spec) } : {}) });
}

/** `path` is one array for the whole walk: an object has many fields and hardly ever an error. */
function check(value: Value | undefined, shape: Shape, path: (string | number)[], errors: ShapeError[]): void {
  if (value === undefined || shape === 'any') return;
  const expected = typeof shape === 'string' ? shape : 'items' in shape ? 'list' : 'object';
  const found = typeName(value);
  if (found !== expected) {
    errors.push({ path: [...path], message: `is ${article(found)}, expected ${article(expected)}` });
  } else if (typeof shape !== 'string') {
    checkInside(value as readonly Value[] & JsonMap, shape, path, errors);
  }
}

type Inner = ListShape | MapShape | ObjectShape;

function checkInside(
  value: readonly Value[] & JsonMap,
  shape: Inner,
  path: (string | number)[],
  errors: ShapeError[],
): void {
  const steps = 'fields' in shape ? Object.keys(shape.fields) : 'items' in shape ? value.keys() : Object.keys(value);
  for (const step of steps) {
    if (typeof step === 'string' && !Object.hasOwn(value, step)) continue;
    path.push(step);
    check(value[step as keyof typeof value] as Value, innerShape(shape, step), path, errors);
    path.pop();
  }
}

function innerShape(shape: Inner, step: string | number): Shape {
  if ('items' in shape) return shape.items;
  return 'values' in shape ? shape.values : (shape.fields[step] ?? 'any');
}

function typeName(value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value;
}

function article(type: string): string {
  if (type === 'null') return type;
  return `${type === 'object' ? 'an' : 'a'} ${type}`;
}
