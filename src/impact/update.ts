/** The smallest update that is judged: whether it passes says whether an object can still be changed. */
import type { JsonMap } from '../cel/value.ts';
import type { KubernetesObject, Path, Request } from '../engine/decision.ts';
import { isJsonMap } from '../engine/object/equal.ts';
import { templateKind } from '../engine/template-kinds.ts';

/** What `kubectl rollout restart` does to a workload, and an annotation to anything else. */
export function touched(request: Request): Request {
  const { kind, object } = request;
  if (object === null) return request;
  const prefix = templateKind(kind.group, kind.kind)?.prefix ?? [];
  return { ...request, operation: 'UPDATE', object: annotated(object, prefix), oldObject: object };
}

const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

function annotated(object: KubernetesObject, prefix: Path): KubernetesObject {
  const [step, ...rest] = prefix;
  if (step !== undefined) return { ...object, [step]: annotated(mapAt(object, String(step)), rest) };
  const metadata = mapAt(object, 'metadata');
  return {
    ...object,
    metadata: { ...metadata, annotations: { ...mapAt(metadata, 'annotations'), [RESTARTED]: 'now' } },
  };
}

function mapAt(object: JsonMap, field: string): JsonMap {
  const value = object[field];
  return isJsonMap(value) ? value : {};
}
