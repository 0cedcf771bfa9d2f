/** The objects that admission would change today: they came before the policies did, or before the policies were changed. */
import type { Given } from '../audit/manifests.ts';
import { type Scene, scenesOf } from '../audit/scenes.ts';
import { mutateWritten } from '../audit/written.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { KubernetesObject } from '../engine/decision.ts';
import { isJsonMap, mapOf } from '../engine/object/equal.ts';
import { applyPatch } from '../engine/object/patch.ts';
import { toPath } from '../engine/object/pointer.ts';
import { controllerOf } from '../engine/owner.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { kubernetesYaml } from '../policy/kubernetes-yaml.ts';
import { objectName } from '../policy/object-name.ts';
import type { Problem } from '../policy/problem.ts';
import type { DriftedObject, DriftReport } from '../report/drift-report.ts';
import { ignoredFields } from './ignored.ts';
import { sourcePatch } from './source-patch.ts';

export interface DriftBeside {
  readonly problems?: readonly Problem[];
  readonly exceptions?: readonly ExceptionSource[];
  /** In milliseconds of the epoch. */
  readonly now: number;
}

/**
 * Asks of each object what its policies would change if it were applied now. Left out is what controllers make, which follows its
 * owner, and Pods and Jobs, whose templates cannot change. A mutation that fails is a problem.
 */
export function drift(given: Given, set: PolicySet, { problems = [], exceptions = [], now }: DriftBeside): DriftReport {
  const { scenes, problems: own } = scenesOf(given, now, exceptions);
  const judged = scenes.filter(({ given: { kind, object } }) => !FIXED.has(kind) && controllerOf(object) === undefined);
  const found = judged.map((scene) => driftOf(scene, set));
  return {
    ...(given.cluster !== undefined && { cluster: given.cluster }),
    objects: found.flatMap(({ object }) => object ?? []).toSorted(byName),
    judged: judged.length,
    problems: [...problems, ...given.problems, ...own, ...found.flatMap((one) => one.problems)],
  };
}

const FIXED: ReadonlySet<string> = new Set(['Pod', 'Job']);

interface Found {
  readonly object?: DriftedObject;
  readonly problems: readonly Problem[];
}

function driftOf({ given, request, context }: Scene, set: PolicySet): Found {
  const { patch, changes, failures } = mutateWritten(set, request, context);
  const { object, file } = given;
  const name = String(given.metadata['name'] ?? given.metadata['generateName'] ?? '');
  const place = { ...(file !== undefined && { file }), ...(given.locate && { line: given.locate([]).line }) };
  const words = objectName({ kind: given.kind, namespace: request.namespace, name });
  const problems = failures.map(({ policy, message }) => ({ file: words, ...place, message: `${policy}: ${message}` }));
  const patched = applyPatch(object, patch);
  if (patch.length === 0 || !patched.ok || !isJsonMap(patched.object)) return { problems };
  const after = patched.object;
  const whole = request.namespace ? { namespace: request.namespace } : {};
  const drifted: DriftedObject = {
    apiVersion: given.apiVersion,
    kind: given.kind,
    ...whole,
    name,
    ...place,
    policies: [...new Set(changes.filter(({ action }) => action === 'Mutate').map(({ policy }) => policy))].sort(),
    patch,
    source: sourcePatch(request.kind, object, after),
    ignored: ignoredFields(
      after,
      patch.map(({ path }) => toPath(path)),
    ),
    before: textOf(object),
    after: textOf(after),
  };
  return { object: drifted, problems };
}

/** What people write of an object. */
function textOf({ status: _, ...object }: KubernetesObject): string {
  const metadata = mapOf(object['metadata']);
  const written = Object.entries(metadata).filter(([field]) => !BOOKKEEPING.has(field));
  const { [LAST_APPLIED]: applied, ...annotations } = mapOf(metadata['annotations']);
  const others = Object.keys(annotations).length > 0 ? annotations : undefined;
  const described = { ...Object.fromEntries(written), ...(applied !== undefined && { annotations: others }) };
  return kubernetesYaml({ ...object, metadata: described });
}

// The whole object once more, in one line.
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const BOOKKEEPING = new Set(['managedFields', 'resourceVersion', 'uid', 'creationTimestamp', 'generation', 'selfLink']);

function byName(a: DriftedObject, b: DriftedObject): number {
  const [left, right] = [a, b].map(({ kind, namespace = '', name }) => `${kind} ${namespace}/${name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
