/** One live object through the engine, as `tidegate audit --cluster` puts it there, and what the answer rested on. */

import { PROOFS } from '../audit/audit.ts';
import { clusterObject } from '../audit/cluster-object.ts';
import { judgeObject } from '../audit/judge.ts';
import { requestOf } from '../audit/request.ts';
import type { WantedResource } from '../audit/wanted.ts';
import type { JsonMap } from '../cel/value.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { KubernetesObject, Lookup } from '../engine/decision.ts';
import type { PolicyException } from '../policy/exception.ts';
import { hasAnything, type ObjectOutcome } from '../report/report.ts';

/** What is known of the cluster beside the object: the same as admission knows. */
export interface ScanView {
  /** Undefined where it is not known. */
  namespace(name: string): KubernetesObject | undefined;
  readonly lookup: Lookup;
  /** As `1.36`. */
  kubernetesVersion(): string | undefined;
}

export interface Verdict {
  /** Undefined where there is nothing to say. */
  readonly outcome: ObjectOutcome | undefined;
  /** It rests on other objects or on the time: it may be another one tomorrow, though the object is the same. */
  readonly passing: boolean;
}

export interface Judging {
  readonly set: PolicySet;
  readonly exceptions: readonly PolicyException[];
  readonly view: ScanView;
  readonly now: number;
}

/** Judges `object`, which is not changed. */
export function judgeLive(object: JsonMap, resource: WantedResource, judging: Judging): Verdict {
  const { set, exceptions, view, now } = judging;
  const given = clusterObject(structuredClone(object), resource);
  const request = requestOf(given, NO_DEFINITIONS);
  const { lookup, asked } = noticing(view.lookup);
  const { namespace = '' } = request;
  const clusterScoped = namespace === '' || request.resource.resource === 'namespaces';
  const kubernetesVersion = view.kubernetesVersion();
  const outcome = judgeObject(given, request, set, {
    namespace: clusterScoped ? null : view.namespace(namespace),
    lookup,
    written: given.object,
    exceptions,
    now,
    proofs: PROOFS,
    ...(kubernetesVersion !== undefined && { kubernetesVersion }),
  });
  const { validating, mutating } = set.matching(request);
  const passing = asked() || [...validating, ...mutating].some(({ reads }) => reads.has('now'));
  return { outcome: hasAnything(outcome) ? outcome : undefined, passing };
}

/** The resource is known: nothing has to be guessed from definitions. */
const NO_DEFINITIONS = new Map();

/** The same lookup, and whether anybody has used it. */
function noticing(lookup: Lookup): { readonly lookup: Lookup; asked(): boolean } {
  let used = false;
  return {
    lookup: {
      get: (...place) => {
        used = true;
        return lookup.get(...place);
      },
      list: (...place) => {
        used = true;
        return lookup.list(...place);
      },
    },
    asked: () => used,
  };
}
