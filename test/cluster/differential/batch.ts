/** A batch of cases, from the requests without any policy to the comparison. */
import type { JsonMap } from '../../../src/cel/value.ts';
import type { Context, KubernetesObject, Request } from '../../../src/engine/decision.ts';
import { type Answer, type ApiServer, inParallel } from './api-server.ts';
import type { Annotations, AuditLog } from './audit-log.ts';
import type { Case } from './cases.ts';
import { compareAnnotations, compareObjects, compareVerdicts, type Difference } from './compare.ts';
import { type Judged, type Ours, ours } from './ours.ts';
import { type Outcome, outcomeOf, type Result } from './outcome.ts';
import { hasUnknownKind } from './policies.ts';
import type { Recorder, Recording } from './recorder.ts';
import type { World } from './world.ts';

export interface Laboratory {
  readonly auditLog: AuditLog;
  readonly server: ApiServer;
  readonly recorder: Recorder;
  readonly world: World;
}

/** What is known of a case before its policies are in force. */
export interface Prepared {
  readonly case: Case;
  /** The request without any policy: what the policies are asked about. */
  readonly request: Request;
  readonly usual: Answer;
  readonly ours: Ours;
  /** Our mutated objects, as the API server completes them; the request's own where it is the same. */
  readonly completed: readonly KubernetesObject[];
}

interface Sent {
  readonly answer: Answer;
  readonly recording: Recording;
}

/** Asks the API server without any policy in the slots of the cases, and our engine with them. */
export function prepare(laboratory: Laboratory, cases: readonly Case[]): Promise<readonly Prepared[]> {
  return inParallel(cases, async (one) => {
    const live = laboratory.world.live(one.slot, one.target.kind);
    const { answer, recording } = await send(laboratory, one, live);
    const request = one.door === 'validating' ? recording.validating : recording.mutating;
    if (request === undefined || answer.code > 299) throw new Error(unusable(one, answer));
    const judged = ours(one.policies, request, contextOf(laboratory, one));
    return {
      case: one,
      request,
      usual: answer,
      ours: judged,
      completed: await complete(laboratory, one, request, judged),
    };
  });
}

/** Asks the API server with the policies in force, and compares. `refusals` are its answers to policies it does not take. */
export async function compare(
  laboratory: Laboratory,
  prepared: readonly Prepared[],
  refusals: ReadonlyMap<Case, Answer>,
): Promise<readonly Result[]> {
  const live = prepared.filter((one) => !refusals.has(one.case) && one.ours.kind === 'judged');
  const sent = new Map<Prepared, Sent>();
  await inParallel(live, async (one) => {
    const { slot, target } = one.case;
    sent.set(
      one,
      await send(laboratory, one.case, laboratory.world.live(slot, target.kind), { auditId: auditIdOf(one) }),
    );
  });
  const annotations = await laboratory.auditLog.take(live.map(auditIdOf));
  return prepared.map((one) => {
    const answered = sent.get(one);
    if (answered === undefined) return compareRefusals(one, refusals.get(one.case));
    const result = one.case.door === 'validating' ? validated(one, answered) : mutated(one, answered);
    return result.kind === 'same' ? annotated(one, result, annotations.get(auditIdOf(one)) ?? {}) : result;
  });
}

function auditIdOf({ case: one }: Prepared): string {
  return `case-${one.index}`;
}

interface Sending {
  /** In place of the case's own. */
  readonly object?: KubernetesObject;
  readonly auditId?: string;
}

async function send(
  { server, recorder }: Laboratory,
  one: Case,
  live: KubernetesObject,
  { object, auditId }: Sending = {},
): Promise<Sent> {
  recorder.take(String(one.index));
  const answer = await server.call({ ...one.call(live, object), ...(auditId !== undefined && { auditId }) });
  return { answer, recording: recorder.take(String(one.index)) };
}

function contextOf({ world }: Laboratory, { slot, target }: Case): Context {
  return {
    namespace: target.kind.namespaced ? world.namespace(slot) : null,
    lookup: world.lookup,
    kubernetesVersion: '1.36',
    now: Date.now(),
  };
}

/** What we make of the object is defaulted by the API server as what it makes itself. */
async function complete(
  laboratory: Laboratory,
  one: Case,
  request: Request,
  judged: Ours,
): Promise<readonly KubernetesObject[]> {
  if (judged.kind === 'refused' || one.door === 'validating') return [];
  const completed: KubernetesObject[] = [];
  // One after the other: the recorder knows a request by its case.
  for (const object of judged.objects) {
    const sent = object === request.object ? object : await completeOne(laboratory, one, object);
    if (sent) completed.push(sent);
  }
  return completed;
}

async function completeOne(
  laboratory: Laboratory,
  one: Case,
  object: KubernetesObject,
): Promise<KubernetesObject | null | undefined> {
  const { recording } = await send(laboratory, one, {}, { object: withoutManagedFields(object) });
  return recording.mutating?.object;
}

function withoutManagedFields(object: KubernetesObject): KubernetesObject {
  const { managedFields, ...metadata } = (object['metadata'] ?? {}) as JsonMap;
  return { ...object, metadata };
}

function compareRefusals({ ours }: Prepared, refusal: Answer | undefined): Result {
  if (refusal && ours.kind === 'refused') return { kind: 'same', outcome: 'policy refused' };
  const theirs = refusal ? refusal.body['message'] : 'takes the policy';
  const difference = { what: 'policy', theirs, ours: ours.kind === 'refused' ? ours.problems : 'takes the policy' };
  return { kind: 'different', difference };
}

function validated({ case: one, ours, usual }: Prepared, { answer }: Sent): Result {
  const difference = compareVerdicts({ answer, usual: usual.warnings }, asJudged(ours));
  return resultOf(one, difference, outcomeOf(ours, false, false));
}

function mutated({ case: one, ours, usual, request, completed }: Prepared, { answer, recording }: Sent): Result {
  const judged = asJudged(ours);
  const theirs = recording.mutating?.object ?? undefined;
  // A second round may fail after the first has been recorded.
  const refused = !judged.verdict.allowed || String(answer.body['message']).startsWith('policy ');
  if (!refused && theirs && completed.length > 0) {
    const changed = compareObjects(theirs, request.object ?? {}) !== undefined;
    const differences = completed.map((object) => compareObjects(theirs, object));
    const difference = differences.includes(undefined) ? undefined : differences[0];
    return resultOf(one, difference, outcomeOf(ours, true, changed));
  }
  if (!refused && !theirs && completed.length === 0 && request.object) return { kind: 'explained', why: UNDECODABLE };
  const difference = compareVerdicts({ answer, usual: usual.warnings }, judged);
  return resultOf(one, difference, outcomeOf(ours, true, false));
}

/** The annotations of the audit event: of the validating policies alone. */
function annotated({ ours }: Prepared, same: Result, theirs: Annotations): Result {
  const difference = compareAnnotations(theirs, asJudged(ours));
  return difference ? { kind: 'different', difference } : same;
}

const UNKNOWN_KIND = 'a paramKind that is not served: we do not know what a cluster serves';
const UNDECODABLE = 'a mutated object that does not fit its type: the API server does not take it, from us neither';

function resultOf({ policies }: Case, difference: Difference | undefined, outcome: Outcome): Result {
  if (difference === undefined) return { kind: 'same', outcome };
  return hasUnknownKind(policies) ? { kind: 'explained', why: UNKNOWN_KIND } : { kind: 'different', difference };
}

function asJudged(ours: Ours): Judged {
  if (ours.kind === 'refused') throw new Error('a refused policy has no verdict');
  return ours;
}

function unusable({ seed, index }: Case, { code, body }: Answer): string {
  return `case ${index} of seed ${seed} makes a request that fails without any policy: ${code} ${JSON.stringify(body)}`;
}
