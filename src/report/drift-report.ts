/** What `tidegate drift` found: objects that admission would change today. Plain data. */
import type { KubernetesObject, Patch } from '../engine/decision.ts';
import type { Problem } from '../policy/problem.ts';

export interface DriftReport {
  /** The cluster that the objects live in; left out where they come from files. */
  readonly cluster?: string;
  /** By kind, namespace and name. */
  readonly objects: readonly DriftedObject[];
  /** How many objects were looked at: those of no controller. */
  readonly judged: number;
  /** What could not be read or judged. */
  readonly problems: readonly Problem[];
}

export interface DriftedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** Where it comes from a file. */
  readonly file?: string;
  readonly line?: number;
  /** Those that change it, each once, sorted. */
  readonly policies: readonly string[];
  /** From the object as it is. */
  readonly patch: Patch;
  /** The part of the object that would be changed, for its source. */
  readonly source: KubernetesObject;
  readonly ignored: IgnoredFields;
  /** As YAML, without what the API server writes itself. */
  readonly before: string;
  readonly after: string;
}

/** Fields as Argo CD names them in `ignoreDifferences`. */
export interface IgnoredFields {
  readonly jsonPointers: readonly string[];
  readonly jqPathExpressions: readonly string[];
}
