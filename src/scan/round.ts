/** One round of the scan: a look at every object, and a judgement of those that may have another verdict than last time. */
import { kindName } from '../audit/permissions.ts';
import type { WantedResource } from '../audit/wanted.ts';
import type { JsonMap } from '../cel/value.ts';
import type { PolicySet } from '../engine/compiled.ts';
import { isCurrent } from '../engine/exempt.ts';
import { isJsonMap } from '../engine/object/equal.ts';
import { StatusError } from '../kube/client.ts';
import type { PolicyException } from '../policy/exception.ts';
import { errorMessage, type Problem } from '../policy/problem.ts';
import type { Basis, Memory, Remembered } from './memory.ts';
import type { Turns } from './turns.ts';
import { judgeLive, type ScanView } from './verdict.ts';

export interface RoundParts {
  /** Of this round; another one for each. */
  readonly number: number;
  readonly set: PolicySet;
  readonly exceptions: readonly PolicyException[];
  readonly view: ScanView;
  /** All that are wanted; only what is judged is looked at. */
  readonly resources: readonly WantedResource[];
  /** The objects of a resource, some at a time; rejects where they cannot be read. */
  readonly objects: (resource: WantedResource, signal: AbortSignal) => AsyncIterable<readonly object[]>;
  /** Whether the objects of a namespace (empty: those without one) are ours to scan. */
  readonly isOurs: (namespace: string) => boolean;
  readonly memory: Memory;
  readonly turns: Turns;
  readonly now: number;
  readonly signal: AbortSignal;
}

export interface Round {
  /** Kinds that could not be read: what was known of them stays. */
  readonly problems: readonly Problem[];
  /** How many objects were judged; the others had their verdict. */
  readonly judged: number;
}

/** Brings the memory up to date. Rejects with the signal's reason once that aborts, and leaves the memory usable. */
export async function scanRound(parts: RoundParts): Promise<Round> {
  const { memory, number, signal, isOurs } = parts;
  const problems: Problem[] = [];
  const unread = new Set<string>();
  const forbidden: string[] = [];
  const basisOf = basesFor(parts);
  let judged = 0;
  for (const resource of parts.resources.filter((one) => one.judged)) {
    try {
      for await (const objects of parts.objects(resource, signal)) {
        for (const object of objects) {
          await parts.turns.next();
          if (await look(object as JsonMap, resource, basisOf, parts)) judged++;
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StatusError && error.statusCode === 403) forbidden.push(kindName(resource));
      else {
        unread.add(kindOf(resource));
        problems.push({ file: kindName(resource), message: `cannot be scanned: ${errorMessage(error)}` });
      }
    }
  }
  if (forbidden.length > 0) problems.push(mayNotList(forbidden));
  await parts.turns.next();
  memory.forget(number, (one) => unread.has(kindOf(one)) && isOurs(one.namespace));
  return { problems, judged };
}

/** True where the object was judged. */
async function look(
  object: JsonMap,
  resource: WantedResource,
  basisOf: (namespace: string) => Basis,
  parts: RoundParts,
): Promise<boolean> {
  const { memory, number, isOurs } = parts;
  const metadata = (object['metadata'] ?? {}) as unknown as Metadata;
  const { namespace = '', name, uid } = metadata;
  if (!isOurs(namespace)) return false;
  const basis = basisOf(isNamespace(resource) ? name : namespace);
  const known = memory.get(uid);
  const same = known !== undefined && known.version === metadata.resourceVersion && known.basis === basis;
  if (same && !known.passing) {
    known.seen = number;
    return false;
  }
  await parts.turns.judge(same);
  const { set, exceptions } = basis;
  const { outcome, passing } = judgeLive(object, resource, { set, exceptions, view: parts.view, now: parts.now });
  const identity = identityOf(object, resource, metadata);
  memory.set(uid, { ...identity, passing, outcome: outcome && memory.lean(outcome), basis, seen: number });
  return true;
}

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly ownerReferences?: readonly { readonly controller?: boolean }[];
}

function identityOf(
  object: JsonMap,
  { apiVersion, kind }: WantedResource,
  { name, namespace = '', resourceVersion, ownerReferences = [] }: Metadata,
): Omit<Remembered, 'basis' | 'passing' | 'outcome' | 'seen'> {
  const owner = ownerReferences.find(({ controller }) => controller === true);
  const spec = object['spec'];
  const retired = kind === 'ReplicaSet' && isJsonMap(spec) && spec['replicas'] === 0;
  return { apiVersion, kind, namespace, name, owner, retired, version: resourceVersion };
}

/** What verdicts rest on in each namespace, found once in a round. */
function basesFor({ set, exceptions, view, memory, now }: RoundParts): (namespace: string) => Basis {
  const current = exceptions.filter((exception) => isCurrent(exception, now));
  const byNamespace = Map.groupBy(current, ({ metadata }) => metadata.namespace ?? 'default');
  const kubernetesVersion = view.kubernetesVersion() ?? '';
  const found = new Map<string, Basis>();
  return (namespace) => {
    const known = found.get(namespace);
    if (known !== undefined) return known;
    const metadata = view.namespace(namespace)?.['metadata'] as Partial<Metadata> | undefined;
    const namespaceVersion = metadata?.resourceVersion ?? '';
    const granted = byNamespace.get(namespace) ?? [];
    const basis = memory.basisOf(namespace, { set, exceptions: granted, namespaceVersion, kubernetesVersion });
    found.set(namespace, basis);
    return basis;
  };
}

function isNamespace({ apiVersion, resource }: WantedResource): boolean {
  return apiVersion === 'v1' && resource === 'namespaces';
}

function kindOf({ apiVersion, kind }: Pick<WantedResource, 'apiVersion' | 'kind'>): string {
  return `${apiVersion} ${kind}`;
}

const MOST_NAMED = 10;

/** One for all: custom kinds come by the dozen. */
function mayNotList(resources: readonly string[]): Problem {
  const more = resources.length > MOST_NAMED ? ` and ${resources.length - MOST_NAMED} more` : '';
  return {
    file: 'scan',
    message: `may not list ${resources.slice(0, MOST_NAMED).join(', ')}${more}: nothing is said of them`,
    hint: 'grant list on them, with the chart by permissions.scan',
  };
}
