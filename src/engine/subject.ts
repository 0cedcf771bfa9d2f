/** What a policy's expressions see of a request: the object as it is, or the Pod in it. */
import type { JsonMap } from '../cel/value.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { GroupVersionKind, KubernetesObject, Path, Request } from './decision.ts';
import { isJsonMap, jsonEqual } from './object/equal.ts';
import { controllerOf } from './owner.ts';
import { podView } from './podview.ts';
import { templateKind } from './template-kinds.ts';

export interface Subject {
  readonly kind: GroupVersionKind;
  /** Value of `object`: null on DELETE. */
  readonly object: KubernetesObject | null;
  readonly oldObject: KubernetesObject | null;
  /** The object that encloses `object`; the same one where nothing does. */
  readonly workload: KubernetesObject | null;
  readonly oldWorkload: KubernetesObject | null;
  /** Where `object` lies in `workload`. */
  readonly prefix: Path;
}

/** The subjects of one request, each made when the first policy asks for it, and shared by all. */
export interface Subjects {
  /** Undefined where the policy's subject is a Pod and the object of the request holds none. */
  of(policy: CompiledPolicy): Subject | undefined;
  /** The Pod in the object; undefined where it holds none. */
  pod(): Subject | undefined;
  /** False for an UPDATE that leaves everything alone that the policy judges. */
  changed(policy: CompiledPolicy): boolean;
  /** False for an UPDATE that leaves the Pod in the object alone, or an object that holds none. */
  podChanged(): boolean;
  owner(): Owner;
}

/**
 * What made the object, as far as that may be believed: a controller of a kind that is judged itself, for a Pod a
 * controller of another kind (an operator's), or nobody.
 */
export type Owner = 'judged' | 'other' | 'nobody';

const POD: GroupVersionKind = { group: '', version: 'v1', kind: 'Pod' };

/** `ofFile` says that the object is one of a file. */
export function subjectsOf(request: Request, ofFile = false): Subjects {
  const whole = wholeOf(request);
  const pod = memo(() => podOf(request));
  const podChanged = memo(() => podDiffers(pod()));
  const workloadChanged = memo(() => podChanged() || significantDiffers(request.object, request.oldObject));
  const objectChanged = memo(() => objectDiffers(request.object, request.oldObject));
  const owner = memo(() => ownerOf(request, ofFile));
  return {
    pod,
    of: (policy) => (policy.subject === 'PodTemplate' ? pod() : whole),
    changed(policy) {
      if (request.operation !== 'UPDATE') return true;
      if (policy.subject === 'Resource') return objectChanged();
      return policy.reads.has('workload') || policy.reads.has('oldWorkload') ? workloadChanged() : podChanged();
    },
    // No getters: V8 makes a hidden class for every literal that has some, and that keeps the whole request in memory until
    // a full collection.
    podChanged: () => request.operation !== 'UPDATE' || podChanged(),
    owner,
  };
}

function wholeOf({ kind, object, oldObject }: Request): Subject {
  return { kind, object, oldObject, workload: object, oldWorkload: oldObject, prefix: [] };
}

function podOf({ kind, object, oldObject }: Request): Subject | undefined {
  const template = templateKind(kind.group, kind.kind);
  if (template === undefined) return undefined;
  const { prefix } = template;
  return {
    kind: POD,
    object: podView(object, prefix),
    oldObject: podView(oldObject, prefix),
    workload: object,
    oldWorkload: oldObject,
    prefix,
  };
}

function podDiffers(pod: Subject | undefined): boolean {
  return pod !== undefined && significantDiffers(pod.object, pod.oldObject);
}

/** Labels, annotations and spec: what a workload is asked for, as Pod Security admission takes an update for significant. */
function significantDiffers(object: KubernetesObject | null, oldObject: KubernetesObject | null): boolean {
  if (object === null || oldObject === null) return true;
  if (!jsonEqual(object['spec'], oldObject['spec'])) return true;
  const [metadata, oldMetadata] = [metadataOf(object), metadataOf(oldObject)];
  return (
    !jsonEqual(metadata['labels'], oldMetadata['labels']) ||
    !jsonEqual(metadata['annotations'], oldMetadata['annotations'])
  );
}

// What the API server writes there itself.
const SERVER_METADATA = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
]);

/** Everything but the API server's own bookkeeping; taking finalizers away is no change either. */
function objectDiffers(object: KubernetesObject | null, oldObject: KubernetesObject | null): boolean {
  if (object === null || oldObject === null) return true;
  const { metadata: _new, ...rest } = object;
  const { metadata: _old, ...oldRest } = oldObject;
  return !jsonEqual(rest, oldRest) || metadataDiffers(metadataOf(object), metadataOf(oldObject));
}

function metadataDiffers(metadata: JsonMap, oldMetadata: JsonMap): boolean {
  for (const key of new Set([...Object.keys(metadata), ...Object.keys(oldMetadata)])) {
    if (SERVER_METADATA.has(key) || jsonEqual(metadata[key], oldMetadata[key])) continue;
    if (key !== 'finalizers' || addsFinalizer(metadata[key], oldMetadata[key])) return true;
  }
  return false;
}

function addsFinalizer(finalizers: unknown, oldFinalizers: unknown): boolean {
  const old = Array.isArray(oldFinalizers) ? oldFinalizers : [];
  return Array.isArray(finalizers) && finalizers.some((name) => !old.includes(name));
}

function metadataOf(object: KubernetesObject): JsonMap {
  const metadata = object['metadata'];
  return isJsonMap(metadata) ? metadata : {};
}

/** Whether `metadata.ownerReferences` names a controller: any at all, or one whose kind carries a Pod template itself. */
export function hasController(
  object: KubernetesObject | null,
  counts: (group: string, kind: string) => boolean,
): boolean {
  const controller = controllerOf(object);
  return controller !== undefined && counts(controller.group, controller.kind);
}

const CONTROLLER_MANAGER = 'system:kube-controller-manager';
const ITS_CONTROLLERS = 'system:serviceaccount:kube-system:';

/**
 * Anybody may write any owner into an object. That it was judged is believed of a controller of Kubernetes itself; that
 * there is one, of programs (operators, and nodes for the Pods of their own files). In an audit there is nobody to doubt.
 */
function ownerOf({ kind, object, oldObject, userInfo: { username } }: Request, ofFile: boolean): Owner {
  const made = object ?? oldObject;
  const anonymous = ofFile || username === undefined;
  if (hasController(made, isJudged)) return anonymous || isOfControlPlane(username) ? 'judged' : 'nobody';
  const isPod = kind.group === '' && kind.kind === 'Pod';
  return isPod && (anonymous || isOfProgram(username)) && hasController(made, () => true) ? 'other' : 'nobody';
}

/** Whether a controller of Kubernetes itself asks. */
export function isOfControlPlane(username: unknown): boolean {
  return typeof username === 'string' && (username === CONTROLLER_MANAGER || username.startsWith(ITS_CONTROLLERS));
}

function isOfProgram(username: unknown): boolean {
  return typeof username === 'string' && /^system:(serviceaccount|node):/.test(username);
}

function isJudged(group: string, kind: string): boolean {
  return templateKind(group, kind) !== undefined;
}

function memo<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
