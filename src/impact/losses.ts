/** Workloads whose Pods would not be made again, and the nodes whose drain would take them away. */
import type { GivenObject } from '../audit/manifests.ts';
import { topOwners } from '../audit/owners.ts';
import type { Scene } from '../audit/scenes.ts';
import type { Context, Lookup, Request } from '../engine/decision.ts';
import { mapOf } from '../engine/object/equal.ts';
import { controllerOf } from '../engine/owner.ts';
import { templateKind } from '../engine/template-kinds.ts';
import { groupOf } from '../policy/api-version.ts';
import { objectName } from '../policy/object-name.ts';
import type { ImpactFinding, LostWorkload, NodeLosses } from '../report/impact-report.ts';
import { type Asked, asOfCluster, nameOf } from './impact.ts';
import { madeOf, remade } from './recreation.ts';

/** A Pod that a drain would evict: those of a DaemonSet stay. */
export interface RunningPod {
  readonly node: string;
  readonly workload: string;
}

export interface Losses {
  readonly lost: readonly LostWorkload[];
  /** How many would not come back already, as policies are now. */
  readonly lostBefore: number;
  /** How many workloads there are. */
  readonly workloads: number;
  readonly running: readonly RunningPod[];
}

/** Asks for each workload, by the Pods that it has, by its template where it has none, and for what is made on the way there. */
export function lossesOf(scenes: readonly Scene[], asked: Asked): Losses {
  const workloads = scenes.filter(({ given }) => isWorkload(given) && !isOfNode(given));
  const top = topOwners(workloads.map(({ given }) => given));
  const families = Map.groupBy(workloads.keys(), (at) => workloads[top(at)] as Scene);
  const found = Array.from(families, ([owner, members]) => ({
    owner,
    pods: members.map((at) => workloads[at] as Scene).filter(isRunning),
  }));
  const losses = found.map(({ owner, pods }) => lossOf(owner, pods, asked));
  const lost = losses.filter((loss) => typeof loss === 'object');
  const lostBefore = losses.filter((loss) => loss === 'before').length;
  const running = found.flatMap(({ owner, pods }) =>
    pods.filter(isEvicted).flatMap((pod) => ({ node: nodeOf(pod), workload: objectName(nameOf(owner)) })),
  );
  return { lost, lostBefore, workloads: families.size, running: running.filter(({ node }) => node !== '') };
}

/** The nodes that lose something by a drain, by name. */
export function nodesOf(lost: readonly LostWorkload[], running: readonly RunningPod[]): readonly NodeLosses[] {
  const gone = new Map(lost.map((workload) => [objectName(workload), new Set(workload.nodes)]));
  const byNode = [...Map.groupBy(running, ({ node }) => node)].sort(([a], [b]) => (a < b ? -1 : 1));
  return byNode.flatMap(([node, pods]) => {
    const all = [...new Set(pods.map(({ workload }) => workload))].sort();
    const workloads = all.filter((workload) => gone.get(workload)?.has(node));
    return workloads.length === 0 ? [] : [{ node, workloads, of: all.length }];
  });
}

function isWorkload({ apiVersion, kind }: GivenObject): boolean {
  return templateKind(groupOf(apiVersion), kind) !== undefined && kind !== 'PodTemplate';
}

/** A Pod that the kubelet shows of a file of its own: nobody's answer stops it. */
function isOfNode({ object }: GivenObject): boolean {
  return controllerOf(object)?.kind === 'Node';
}

function isRunning({ given }: Scene): boolean {
  const phase = mapOf(given.object['status'])['phase'];
  return (
    given.kind === 'Pod' &&
    given.metadata['deletionTimestamp'] === undefined &&
    phase !== 'Succeeded' &&
    phase !== 'Failed'
  );
}

function isEvicted({ given }: Scene): boolean {
  return controllerOf(given.object)?.kind !== 'DaemonSet';
}

function nodeOf({ given }: Scene): string {
  const node = mapOf(given.object['spec'])['nodeName'];
  return typeof node === 'string' ? node : '';
}

/** What of it is refused first on the way to its Pods; `before` where that is so already, undefined where all of it comes back. */
function lossOf(owner: Scene, pods: readonly Scene[], asked: Asked): LostWorkload | 'before' | undefined {
  const made = madeOf(owner.request);
  const context = withMade(asOfCluster(owner), made);
  const steps = (pods.length > 0 ? made.filter(({ kind }) => kind.kind !== 'Pod') : made).map((request) => ({
    request,
    answer: asked(request, context),
  }));
  const again = pods.map((pod) => ({ pod, answer: asked(remade(pod.request), asOfCluster(pod)) }));
  const step = steps.find(({ answer }) => answer.isNew);
  const refused = again.filter(({ answer }) => answer.isNew);
  const [first] = refused;
  if (step === undefined && first === undefined) {
    return [...steps, ...again].some(({ answer }) => answer.before.refused) ? 'before' : undefined;
  }
  const gone = step === undefined ? refused.map(({ pod }) => pod) : pods;
  const by = controllerOf(step === undefined ? (first?.pod.given.object ?? null) : step.request.object)?.kind;
  return {
    ...nameOf(owner),
    refused: step?.request.kind.kind ?? 'Pod',
    ...(by !== undefined && { by }),
    findings: distinct((step ?? first)?.answer.after.findings ?? []),
    pods: gone.length,
    nodes: [...new Set(gone.map(nodeOf).filter((node) => node !== ''))].sort(),
  };
}

/** As if these were there: the owner of the last of them is one of them. */
function withMade(context: Context, made: readonly Request[]): Context {
  const get: Lookup['get'] = (apiVersion, resource, namespace, name) => {
    const found = context.lookup.get(apiVersion, resource, namespace, name);
    return found ?? made.find((one) => one.resource.resource === resource && one.name === name)?.object ?? found;
  };
  return { ...context, lookup: { ...context.lookup, get } };
}

function distinct(findings: readonly ImpactFinding[]): readonly ImpactFinding[] {
  return [...new Map(findings.map((finding) => [`${finding.policy} ${finding.message}`, finding])).values()];
}
