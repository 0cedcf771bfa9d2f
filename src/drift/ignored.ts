/** Where a GitOps controller is to look away: the fields that the webhook sets, as Argo CD names them. */
import type { KubernetesObject, Path } from '../engine/decision.ts';
import { toPointer } from '../engine/object/pointer.ts';
import { stepInto } from '../policy/path.ts';
import type { IgnoredFields } from '../report/drift-report.ts';

/**
 * Each place once, sorted. Items of lists are found by their name, in an expression of jq; where they have none the whole
 * list is named. `object` is the one that the paths lead into.
 */
export function ignoredFields(object: KubernetesObject, paths: readonly Path[]): IgnoredFields {
  const places = paths.map((path) => placeOf(object, path));
  const of = (kind: Place['kind']): readonly string[] =>
    [...new Set(places.filter((place) => place.kind === kind).map(({ text }) => text))].sort();
  return { jsonPointers: of('pointer'), jqPathExpressions: of('jq') };
}

interface Place {
  readonly kind: 'pointer' | 'jq';
  readonly text: string;
}

function placeOf(object: KubernetesObject, path: Path): Place {
  let at: unknown = object;
  let jq = '';
  let isNamed = false;
  for (const [depth, step] of path.entries()) {
    const item = stepInto(at, step);
    const inList = Array.isArray(at);
    const name = inList ? stepInto(item, 'name') : undefined;
    if (inList && typeof name !== 'string') {
      return isNamed ? { kind: 'jq', text: jq } : { kind: 'pointer', text: toPointer(path.slice(0, depth)) };
    }
    if (inList) {
      jq += `[] | select(.name == ${JSON.stringify(name)}) | `;
      isNamed = true;
    } else jq += memberOf(String(step));
    at = item;
  }
  return isNamed ? { kind: 'jq', text: jq.replace(/ \| $/, '') } : { kind: 'pointer', text: toPointer(path) };
}

function memberOf(step: string): string {
  return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `.[${JSON.stringify(step)}]`;
}
