import type { Value } from '../value.ts';
import type { Attribute, HeldStep } from './attribute.ts';
import type { Step } from './step.ts';

/** What a node is planned to: a step, and what its parent may know about it. */
export interface Plan {
  readonly step: Step;
  /** The value of a node that needs no evaluation, which costs nothing. */
  readonly constant?: Value;
  /** A path that selections and indexing make longer instead of evaluating it. */
  readonly attribute?: Attribute;
  /** Of an optional path: what it holds, for parents that take the optional off at once. */
  readonly held?: HeldStep;
}

/** The plan of a value that is known. */
export function constantPlan(value: Value): Plan {
  return { step: () => value, constant: value };
}
