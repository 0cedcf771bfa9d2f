/** A batch of cases, from the requests without any policy to the comparison. */
import type { JsonMap } from '../../../src/cel/value.ts';
import type { Context, KubernetesObject, Request } from '../../../src/engine/decision.ts';
import { type Answer, type ApiServer, inParallel } from './api-server.ts';
import type { Case } from './cases.ts';
import { compareObjects, compareVerdicts, type Difference } from './compare.ts';
import { type Ours, ours } from './ours.ts';
import { outcomeOf, type Result } from './outcome.ts';
import type { Recorder, Recording } from './recorder.ts';
import type { World } from './world.ts';

export interface Laboratory {
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
  /** Our mutated object, as the API server completes it; the request's own where it is the same. */
  readonly completed: KubernetesObject | undefined;
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
export function compare(
  laboratory: Laboratory,
  prepared: readonly Prepared[],
  refusals: ReadonlyMap<Case, Answer>,
): Promise<readonly Result[]> {
  return inParallel(prepared, async (one) => {
    const refusal = refusals.get(one.case);
    if (refusal || one.ours.kind === 'refused') return compareRefusals(one, refusal);
    const sent = await send(laboratory, one.case, laboratory.world.live(one.case.slot, one.case.target.kind));
    return one.case.door === 'validating' ? validated(one, sent) : mutated(one, sent);
  });
}

async function send(
  { server, recorder }: Laboratory,
  one: Case,
  live: KubernetesObject,
  object?: KubernetesObject,
): Promise<Sent> {
  const call = one.call(live, object);
  recorder.take(String(one.index));
  const answer = await server.call(call);
  return { answer, recording: recorder.take(String(one.index)) };
}

function contextOf({ world }: Laboratory, { slot, target }: Case): Context {
  return {
    namespace: target.kind.namespaced ? world.namespace(slot) : null,
    lookup: world.lookup,
    kubernetesVersion: '1.36',
  };
}

/** What we make of the object is defaulted by the API server as what it makes itself. */
async function complete(
  laboratory: Laboratory,
  one: Case,
  request: Request,
  judged: Ours,
): Promise<KubernetesObject | undefined> {
  if (judged.kind === 'refused' || one.door === 'validating' || judged.object === null) return undefined;
  if (judged.object === request.object) return judged.object;
  const { recording } = await send(laboratory, one, {}, withoutManagedFields(judged.object));
  return recording.mutating?.object ?? undefined;
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

function validated({ ours, usual, case: { door } }: Prepared, { answer }: Sent): Result {
  if (ours.kind === 'refused') throw new Error('a refused policy has no verdict');
  return resultOf(compareVerdicts({ answer, usual: usual.warnings }, ours), ours, door === 'mutating', false);
}

function mutated(prepared: Prepared, sent: Sent): Result {
  const { ours, usual, request, completed } = prepared;
  if (ours.kind === 'refused') throw new Error('a refused policy has no verdict');
  const theirs = sent.recording.mutating?.object ?? undefined;
  const undecodable = theirs === undefined && completed === undefined && ours.verdict.allowed && ours.object !== null;
  if (undecodable)
    return { kind: 'explained', why: 'the mutated object does not fit its type: refused by the API server' };
  if (theirs && completed) {
    const changed = compareObjects(theirs, request.object ?? {}) !== undefined;
    return resultOf(compareObjects(theirs, completed), ours, true, changed);
  }
  return resultOf(compareVerdicts({ answer: sent.answer, usual: usual.warnings }, ours), ours, true, false);
}

function resultOf(difference: Difference | undefined, ours: Ours, mutates: boolean, changed: boolean): Result {
  return difference ? { kind: 'different', difference } : { kind: 'same', outcome: outcomeOf(ours, mutates, changed) };
}

function unusable({ seed, index }: Case, { code, body }: Answer): string {
  return `case ${index} of seed ${seed} makes a request that fails without any policy: ${code} ${JSON.stringify(body)}`;
}
