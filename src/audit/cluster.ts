/** The objects of a cluster as an audit judges them: read page by page, never written, and never Secrets. */
import { type Connection, firstLine, getJson, StatusError } from '../kube/client.ts';
import { collectionPath, objectPath, pagesOf, slim } from '../kube/collection.ts';
import type { Discovery } from '../kube/discovery.ts';
import { clusterVersion } from '../kube/version.ts';
import type { Problem } from '../policy/problem.ts';
import { plural } from '../report/plural.ts';
import { clusterObject } from './cluster-object.ts';
import { knowledgeOf, type ReadParts } from './knowledge.ts';
import type { Given, GivenObject } from './manifests.ts';
import { kindName, mayNotRead, type UnreadKind } from './permissions.ts';
import { UnreadError } from './unread-error.ts';
import { groupProblems, type WantedResource } from './wanted.ts';

export interface ClusterReading {
  readonly config: Connection;
  /** As reports call the cluster. */
  readonly name: string;
  readonly discovery: Discovery;
  /** Of wantedResources. */
  readonly wanted: readonly WantedResource[];
  /** Only these Namespaces and what lies in them are judged, and only there things are looked up; all without it. */
  readonly namespaces?: readonly string[] | undefined;
  /** Waited for before each request. */
  readonly pace?: () => Promise<void>;
  /** Told after each page how many objects have been read so far. */
  readonly progress?: (objects: number) => void;
}

/**
 * Reads what is wanted. Kinds that may not be read are a problem that names them all, one that is gone is one of its own;
 * look-ups in them stay unknown. Rejects where the API server does not answer (UnreadError), or does not know the user (401).
 */
export async function readCluster(reading: ClusterReading): Promise<Given> {
  const { config, name, discovery, namespaces, wanted } = reading;
  const version = clusterVersion(config);
  await version.refresh();
  const found: Found = { manifests: [], beside: [], problems: [], forbidden: [], read: new Map(), objects: 0 };
  const tasks = wanted.flatMap((each) => tasksFor(each, namespaces));
  await inParallel(tasks, (task) => attempt(task, reading, found));
  const kubernetesVersion = version.current();
  return {
    cluster: name,
    manifests: found.manifests,
    beside: found.beside,
    problems: [...groupProblems(discovery.broken), ...mayNotRead(found.forbidden), ...found.problems],
    skipped: [],
    files: 0,
    knows: knowledgeOf(found.read, discovery),
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
  };
}

interface Found {
  readonly manifests: GivenObject[];
  readonly beside: GivenObject[];
  readonly problems: Problem[];
  readonly forbidden: UnreadKind[];
  readonly read: Map<string, ReadParts>;
  objects: number;
}

/** One collection, or the part of it in one namespace; with a name one object. */
interface Task {
  readonly wanted: WantedResource;
  readonly judged: boolean;
  readonly namespace?: string;
  readonly name?: string;
}

function tasksFor(wanted: WantedResource, namespaces: readonly string[] | undefined): readonly Task[] {
  const { judged, lookedUp, namespaced, apiVersion, resource } = wanted;
  if (namespaces === undefined) return [{ wanted, judged }];
  if (namespaced) return namespaces.map((namespace) => ({ wanted, judged, namespace }));
  // Who may see a namespace may see its Namespace, and often no other.
  if (`${apiVersion} ${resource}` === 'v1 namespaces') return namespaces.map((name) => ({ wanted, judged, name }));
  return lookedUp ? [{ wanted, judged: false }] : [];
}

// A few at a time hide the way to a cluster far away; how many in a second is for `pace` to say.
const AT_ONCE = 4;

async function inParallel(tasks: readonly Task[], work: (task: Task) => Promise<void>): Promise<void> {
  const left = tasks.values();
  const worker = async (): Promise<void> => {
    for (const task of left) await work(task);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function attempt(task: Task, reading: ClusterReading, found: Found): Promise<void> {
  const { wanted, namespace, name } = task;
  const kept = task.judged ? found.manifests : found.beside;
  let objects = 0;
  const keep = (items: readonly object[]): void => {
    for (const item of items) kept.push(clusterObject(item, wanted));
    objects += items.length;
    found.objects += items.length;
    reading.progress?.(found.objects);
  };
  try {
    await readTask(task, reading, keep);
    const key = `${wanted.apiVersion} ${wanted.resource}`;
    const parts = found.read.get(key) ?? { whole: false, namespaces: new Set(), names: new Set() };
    if (namespace !== undefined) parts.namespaces.add(namespace);
    else if (name !== undefined) parts.names.add(name);
    else parts.whole = true;
    found.read.set(key, parts);
  } catch (error) {
    if (!(error instanceof StatusError)) throw new UnreadError(placeOf(task), { cause: error });
    if (error.statusCode === 401) throw error;
    const { apiVersion, resource } = wanted;
    if (error.statusCode === 403) found.forbidden.push({ apiVersion, resource, namespace: namespace ?? name });
    else found.problems.push(unreadable(task, error, objects));
  }
}

// Pages of a few MB: what is parsed at once stays small beside what is kept.
const LIMIT = 250;

async function readTask(
  { wanted, namespace, name }: Task,
  { config, pace }: ClusterReading,
  keep: (items: readonly object[]) => void,
): Promise<void> {
  const place = { ...wanted, ...(namespace !== undefined && { namespace }) };
  if (name === undefined) {
    const pages = pagesOf(config, collectionPath(place), { limit: LIMIT, pace, patient: true });
    for await (const { items } of pages) keep(items);
    return;
  }
  await pace?.();
  keep([slim({ ...(await getJson(config, objectPath({ ...place, name }))) })]);
}

function placeOf({ wanted, namespace }: Task): string {
  const kind = kindName(wanted);
  return namespace === undefined ? kind : `${kind} in ${namespace}`;
}

/** `objects` were read before. */
function unreadable(task: Task, error: StatusError, objects: number): Problem {
  const { name } = task;
  const file = placeOf(task);
  if (error.statusCode === 404 && name !== undefined) return { file, message: `there is no namespace "${name}"` };
  const unread =
    objects === 0
      ? 'cannot be read, so nothing is known of it'
      : `cannot be read beyond the first ${plural(objects, 'object', 'objects')}`;
  return { file, message: `${unread}: ${firstLine(error)}` };
}
