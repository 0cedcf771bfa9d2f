/** One request at one door, with all that the cluster has to say to it. */
import type { PolicySet } from '../engine/compiled.ts';
import type { Context, Request } from '../engine/decision.ts';
import { accessAnswers } from './access-review.ts';
import { type Admission, admit, type Door } from './admit.ts';
import { type ClusterView, contextOf } from './cluster-view.ts';
import type { Ledger } from './ledger.ts';
import type { Pending } from './questions.ts';
import { withSecrets } from './secret-lookup.ts';

// The API server waits 3 s for us; what is not answered by then must not take the whole request with it.
const ASKING_MS = 2000;

// Each one brings the questions that depend on the answers to the ones before: few policies need a second.
const MAX_ROUNDS = 8;

/**
 * Judges the request by the policies in force. At once, and never a promise, as long as none of them asks for a Secret or
 * asks `authorizer` something; else the cluster is asked and the request judged again with the answers. What is still not
 * known after several rounds is not judged. An authorizer that fails, or does not answer in time, allows nothing.
 */
export function judge(
  door: Door,
  set: PolicySet,
  request: Request,
  cluster: ClusterView,
  ledger?: Ledger,
): Admission | Promise<Admission> {
  const { context, pending } = asking(request, cluster);
  const judgeNow = (): Admission => admit(door, set, request, context, ledger);
  const admission = judgeNow();
  return pending.some(({ wanting }) => wanting) ? judgeAgain(admission, judgeNow, pending) : admission;
}

async function judgeAgain(
  first: Admission,
  judgeNow: () => Admission,
  pending: readonly Pending[],
): Promise<Admission> {
  const signal = AbortSignal.timeout(ASKING_MS);
  let admission = first;
  for (let round = 1; round < MAX_ROUNDS && pending.some(({ wanting }) => wanting); round++) {
    await Promise.all(pending.map((questions) => questions.ask(signal)));
    admission = judgeNow();
  }
  return admission;
}

/** The context of the request, and what in it may have to be asked for. */
function asking(
  request: Request,
  cluster: ClusterView,
): { readonly context: Context; readonly pending: readonly Pending[] } {
  const context = contextOf(request, cluster);
  const authorization = cluster.accessReviews && accessAnswers(request, cluster.accessReviews);
  const lookup = cluster.secrets && withSecrets(context.lookup, cluster.secrets);
  return {
    context: { ...context, ...(authorization && { authorization }), ...(lookup && { lookup }) },
    pending: [authorization, lookup].filter((questions) => questions !== undefined),
  };
}
