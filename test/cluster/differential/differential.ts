/** Runs cases on a real API server and on our engine, batch by batch. */
import { type ControlPlane, startControlPlane } from '../control-plane.ts';
import { type Answer, connect } from './api-server.ts';
import { type AuditLog, startAuditLog } from './audit-log.ts';
import { compare, type Laboratory, type Prepared, prepare } from './batch.ts';
import { type Case, caseOf } from './cases.ts';
import { create, remove, untilInForce } from './in-force.ts';
import type { Result } from './outcome.ts';
import { startRecorder } from './recorder.ts';
import { BATCH, furnish, SLOTS } from './world.ts';

export interface Run {
  readonly seed: string;
  /** Numbers of the cases. */
  readonly cases: readonly number[];
}

export interface Judged {
  readonly prepared: Prepared;
  readonly result: Result;
}

/** Judges every case and hands it on as soon as it is known. Starts an API server of its own, and ends it. */
export async function differential({ seed, cases }: Run, take: (judged: Judged) => void): Promise<void> {
  const auditLog = await startAuditLog();
  const controlPlane = await startControlPlane({ flags: auditLog.flags });
  try {
    await runOn(controlPlane, auditLog, { seed, cases }, take);
  } finally {
    await controlPlane.stop();
  }
}

async function runOn(
  { kubeconfig }: ControlPlane,
  auditLog: AuditLog,
  { seed, cases: indices }: Run,
  take: (judged: Judged) => void,
): Promise<void> {
  const server = await connect(kubeconfig);
  const slots = [...new Set(indices.map((index) => index % SLOTS))];
  const world = await furnish(server, seed, slots);
  const recorder = await startRecorder(server);
  const laboratory = { auditLog, server, recorder, world };
  try {
    await untilInForce(server, 0);
    for (const [number, batch] of batchesOf(indices).entries()) {
      await runBatch(
        laboratory,
        batch.map((index) => caseOf(seed, index)),
        number + 1,
        take,
      );
    }
  } finally {
    server.close();
    await recorder.close();
  }
}

/** The policies of the batch before are removed in the same breath: they are in the other half of the slots. */
async function runBatch(
  laboratory: Laboratory,
  cases: readonly Case[],
  number: number,
  take: (judged: Judged) => void,
): Promise<void> {
  const { server } = laboratory;
  const prepared = await prepare(laboratory, cases);
  const refusals = await createPolicies(laboratory, cases, number);
  await remove(server, number - 1);
  await untilInForce(server, number);
  const results = await compare(laboratory, prepared, refusals);
  for (const [index, result] of results.entries()) take({ prepared: prepared[index] as Prepared, result });
}

async function createPolicies(
  { server }: Laboratory,
  cases: readonly Case[],
  number: number,
): Promise<ReadonlyMap<Case, Answer>> {
  const answers = await create(
    server,
    number,
    cases.flatMap(({ policies }) => policies),
  );
  const refusals = new Map<Case, Answer>();
  let next = 0;
  for (const one of cases) {
    for (const _ of one.policies) {
      const answer = answers[next++] as Answer;
      if (answer.code > 299 && !refusals.has(one)) refusals.set(one, answer);
    }
  }
  return refusals;
}

/** Numbers of one half of the slots at a time, each slot once. */
function batchesOf(indices: readonly number[]): readonly (readonly number[])[] {
  const batches = new Map<number, number[]>();
  for (const index of indices) {
    const batch = Math.floor(index / BATCH);
    batches.set(batch, [...(batches.get(batch) ?? []), index]);
  }
  return [...batches.values()];
}
