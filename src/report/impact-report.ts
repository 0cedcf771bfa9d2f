/** What `tidegate impact` found: what a change of policies would refuse, and what would be gone by it. Plain data. */
import type { Finding } from '../engine/decision.ts';
import type { Problem } from '../policy/problem.ts';

export interface ImpactReport {
  /** The cluster that the objects live in; left out where they come from files. */
  readonly cluster?: string;
  /** In words: `profile strict`. */
  readonly change: string;
  /** Objects that would be refused if they were applied anew, by namespace, kind and name. */
  readonly refused: readonly RefusedObject[];
  /** Workloads whose Pods would not be made again, by namespace, kind and name. */
  readonly lost: readonly LostWorkload[];
  /** The nodes with Pods of these, by name. */
  readonly nodes: readonly NodeLosses[];
  readonly counts: ImpactCounts;
  readonly problems: readonly Problem[];
}

export interface ImpactCounts {
  /** Objects of no controller, which people apply. */
  readonly objects: number;
  /** Of these, the ones that are refused already, as policies are now. */
  readonly refusedBefore: number;
  /** Workloads that would not come back already. */
  readonly lostBefore: number;
  /** Workloads with Pods, or with a template for some. */
  readonly workloads: number;
  /** Of the refused objects, those whose updates pass: their debt is old. */
  readonly tolerated: number;
}

export interface ImpactName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface RefusedObject extends ImpactName {
  readonly file?: string;
  readonly line?: number;
  readonly findings: readonly ImpactFinding[];
  /** Whether an update that changes nothing else passes too. */
  readonly updates: 'pass' | 'refused';
}

export type ImpactFinding = Pick<Finding, 'policy' | 'rule' | 'message' | 'path' | 'container' | 'severity'>;

export interface LostWorkload extends ImpactName {
  /** The kind of what is refused: Pod, ReplicaSet, Job. */
  readonly refused: string;
  /** Who would make it: the kind of its controller; left out for a Pod on its own. */
  readonly by?: string;
  readonly findings: readonly ImpactFinding[];
  /** How many of its Pods run now and would be refused. */
  readonly pods: number;
  /** Where these run. */
  readonly nodes: readonly string[];
}

export interface NodeLosses {
  readonly node: string;
  /** What a drain would take away: `Pod shop/debug`. */
  readonly workloads: readonly string[];
  /** Workloads with a Pod there that a drain would move. */
  readonly of: number;
}
