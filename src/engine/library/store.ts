/** Databases, queues and other stores: known by their images, and whether only one of them may write its data. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { BOOL, DYN, list, STRING } from '../../cel/type.ts';
import { Boxed, isMap, type JsonMap, type Value } from '../../cel/value.ts';
import { TEMPLATE_KINDS } from '../template-kinds.ts';
import { globMatches, parseImage } from './image.ts';

/** `isStore(ref, storeImages, helpers)`, `singleWriter(workload, storeImages, helpers)`: see the functions of these names. */
export const STORE_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'isStore',
    overloads: [
      {
        id: 'tidegate_is_store_string_list_list',
        parameters: [STRING, list(STRING), list(STRING)],
        result: BOOL,
        call: (ref, images, helpers) => isStore(String(ref), { images: asList(images), helpers: asList(helpers) }),
      },
    ],
  },
  {
    name: 'singleWriter',
    overloads: [
      {
        id: 'tidegate_single_writer_dyn_list_list',
        parameters: [DYN, list(STRING), list(STRING)],
        result: BOOL,
        call: (workload, images, helpers) =>
          singleWriter(asMap(workload), { images: asList(images), helpers: asList(helpers) }),
      },
    ],
  },
];

/** Globs of image names: of stores, and of what is called like a store and is none (exporters, clients). */
export interface StoreNames {
  readonly images: readonly Value[];
  readonly helpers: readonly Value[];
}

/** By the last component of the image's path, or the one before it: `bitnami/mysql`, `mysql/mysql-server`. */
export function isStore(reference: string, { images, helpers }: StoreNames): boolean {
  const answers = answersFor(images, helpers);
  const known = answers.get(reference) ?? judge(reference, { images, helpers });
  if (answers.size >= MAX_ANSWERS) answers.clear();
  answers.set(reference, known);
  return known;
}

// Several policies ask about each image, with the same lists of their parameters.
const asked = new WeakMap<readonly Value[], WeakMap<readonly Value[], Map<string, boolean>>>();

const MAX_ANSWERS = 1000;

function answersFor(images: readonly Value[], helpers: readonly Value[]): Map<string, boolean> {
  const byHelpers = asked.get(images) ?? new WeakMap<readonly Value[], Map<string, boolean>>();
  const answers = byHelpers.get(helpers) ?? new Map<string, boolean>();
  asked.set(images, byHelpers.set(helpers, answers));
  return answers;
}

function judge(reference: string, { images, helpers }: StoreNames): boolean {
  const [name = '', folder = ''] = parseImage(reference).repository.split('/').reverse();
  const isOne = (globs: readonly Value[], text: string) => globs.some((glob) => globMatches(String(glob), text));
  return (isOne(images, name) || isOne(images, folder)) && !isOne(helpers, name);
}

const MARK = 'tidegate.dev/single-writer';

/**
 * Whether two Pods of this workload at a time would damage its data: it says so by an annotation, or it runs a store that
 * may write to a directory of the node, or to a claim. False for an object that holds no Pod.
 */
export function singleWriter(workload: JsonMap, names: StoreNames): boolean {
  const kind = TEMPLATE_KINDS.find((entry) => entry.kind === workload['kind']);
  if (kind === undefined) return false;
  const pod = kind.prefix.reduce((at, step) => asMap(at[step]), workload);
  if (isMarked(workload) || isMarked(pod)) return true;
  const data = dataVolumes(asMap(pod['spec']), asMap(workload['spec']));
  return data.size > 0 && containersOf(asMap(pod['spec'])).some((one) => writesTo(data, one) && runsStore(one, names));
}

function isMarked(object: JsonMap): boolean {
  return asMap(asMap(object['metadata'])['annotations'])[MARK] === 'true';
}

function containersOf(spec: JsonMap): readonly JsonMap[] {
  const sidecars = asList(spec['initContainers']).map(asMap);
  return [
    ...asList(spec['containers']).map(asMap),
    ...sidecars.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ];
}

// What stores mount from there is the time zone, certificates and the state of the node.
const SYSTEM_PATH = /^\/(?:dev|etc|lib|proc|run|sys|usr|var\/run)(?:\/|$)/;

/** The names of the volumes that outlive a Pod and that the next one finds. */
function dataVolumes(pod: JsonMap, workload: JsonMap): ReadonlySet<unknown> {
  const volumes = asList(pod['volumes']).map(asMap);
  const kept = volumes.filter(({ hostPath, persistentVolumeClaim }) =>
    hostPath === undefined
      ? persistentVolumeClaim !== undefined && asMap(persistentVolumeClaim)['readOnly'] !== true
      : !SYSTEM_PATH.test(String(asMap(hostPath)['path'])),
  );
  const templates = asList(workload['volumeClaimTemplates']).map((claim) => asMap(asMap(claim)['metadata']));
  return new Set([...kept, ...templates].map(({ name }) => name));
}

function writesTo(volumes: ReadonlySet<unknown>, container: JsonMap): boolean {
  const mounts = asList(container['volumeMounts']).map(asMap);
  return mounts.some(({ name, readOnly }) => readOnly !== true && volumes.has(name));
}

function runsStore({ image }: JsonMap, names: StoreNames): boolean {
  return typeof image === 'string' && isStore(image, names);
}

function asList(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? (value as readonly Value[]) : [];
}

function asMap(value: Value | undefined): JsonMap {
  return value !== undefined && isMap(value) && !(value instanceof Boxed) ? value : {};
}
