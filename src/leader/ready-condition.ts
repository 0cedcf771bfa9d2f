/** What is to stand in the status of our resources: pure, from what is known of them and what stands there. */
import type { JsonMap } from '../cel/value.ts';
import { isCurrent } from '../engine/exempt.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import type { LiveObject } from '../policy/resource.ts';
import type { ExceptionState, PolicyState } from '../sources/live-catalog.ts';

/** Of status.conditions. */
export interface Condition {
  readonly type: 'Ready';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  /** RFC 3339: when `status` became what it is. */
  readonly lastTransitionTime: string;
}

export interface Status {
  readonly conditions: readonly [Condition];
  readonly action?: string;
  readonly inForce?: string;
}

interface Verdict {
  readonly reason: string;
  /** In its own words; none where all is well. */
  readonly problems: readonly Problem[];
}

/** The status that a Policy should have. `now` is in ms of the epoch. */
export function policyStatus(state: PolicyState, now: number): Status {
  const { problems, taken, action, inForce, object } = state;
  const reason = taken ? 'NameTaken' : problems.length > 0 ? 'Invalid' : 'InForce';
  return { conditions: [conditionOf(object, { reason, problems }, now)], action, inForce };
}

/** The status that a PolicyException should have at `now`, in ms of the epoch. */
export function exceptionStatus(state: ExceptionState, now: number): Status {
  return { conditions: [conditionOf(state.object, exceptionVerdict(state, now), now)] };
}

function exceptionVerdict({ source, problems, unknown, object }: ExceptionState, now: number): Verdict {
  if (source === undefined) return { reason: 'Invalid', problems };
  if (!isCurrent(source.exception, now)) {
    const { expiresAt } = source.exception.spec;
    const { name, namespace } = object.metadata;
    const file = `PolicyException/${namespace}/${name}`;
    return { reason: 'Expired', problems: [{ file, path: 'spec.expiresAt', message: `it has ended at ${expiresAt}` }] };
  }
  return unknown.length > 0 ? { reason: 'UnknownPolicy', problems: unknown } : { reason: 'InForce', problems: [] };
}

function conditionOf({ metadata, status }: LiveObject, { reason, problems }: Verdict, now: number): Condition {
  const value = problems.length === 0 ? 'True' : 'False';
  const before = readyOf(status);
  const since = before?.['status'] === value ? before['lastTransitionTime'] : undefined;
  return {
    type: 'Ready',
    status: value,
    reason,
    message: messageOf(problems),
    observedGeneration: metadata.generation,
    lastTransitionTime: typeof since === 'string' ? since : new Date(now).toISOString().replace(/\.\d+/, ''),
  };
}

/** The condition Ready that stands in a status. */
function readyOf(status: JsonMap | undefined): JsonMap | undefined {
  const conditions = status?.['conditions'];
  const all = Array.isArray(conditions) ? (conditions as readonly (JsonMap | null)[]) : [];
  return all.find((one) => one?.['type'] === 'Ready') ?? undefined;
}

/** Whether it says all that `wanted` says. */
export function says(status: JsonMap | undefined, { conditions: [wanted], ...fields }: Status): boolean {
  const ready = readyOf(status);
  return (
    Object.entries(fields).every(([key, value]) => status?.[key] === value) &&
    Object.entries(wanted).every(([key, value]) => ready?.[key] === value)
  );
}

// The schema allows 32768; what nobody reads to its end is not kept in etcd for each policy.
const LONGEST_MESSAGE = 4000;

/** The problems, a line each and then some; of which resource needs no saying in its own status. */
function messageOf(problems: readonly Problem[]): string {
  const lines = problems.map((problem) => formatProblem(problem).replace(/^Policy(Exception)?\/\S+: /, ''));
  const text = lines.join('\n');
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE)}…\n(${lines.length} problems)`;
}
