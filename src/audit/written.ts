/** The engine on an object of a file: it judges what a server would make of it, and the answer is about what was written. */
import type { PolicySet } from '../engine/compiled.ts';
import { decide } from '../engine/decide.ts';
import type { Context, Decision, KubernetesObject, Mutation, Request } from '../engine/decision.ts';
import { mutate } from '../engine/mutate.ts';
import { rebased } from '../engine/object/rebase.ts';

/** A context that knows the object as its user wrote it, while the one of the request has its defaults filled in. */
export interface WrittenContext extends Context {
  readonly written: KubernetesObject;
}

/** decide(), with fixes of the object as it was written. Paths may lead to what only defaulting filled in. */
export function decideWritten(set: PolicySet, request: Request, context: WrittenContext): Decision {
  const decision = decide(set, request, context);
  if (request.object === null || !decision.findings.some(({ fix }) => fix)) return decision;
  const { object } = request;
  const findings = decision.findings.map((finding) =>
    finding.fix ? { ...finding, fix: rebased(finding.fix, object, context.written) } : finding,
  );
  return { ...decision, findings };
}

/** mutate(), with a patch of the object as it was written; `object` is the whole outcome, with defaults. */
export function mutateWritten(set: PolicySet, request: Request, context: WrittenContext): Mutation {
  const mutation = mutate(set, request, context);
  if (request.object === null || mutation.patch.length === 0) return mutation;
  return { ...mutation, patch: rebased(mutation.patch, request.object, context.written) };
}
