/** One request at one door, with all that the cluster has to say to it. */
import type { PolicySet } from '../engine/compiled.ts';
import type { Request } from '../engine/decision.ts';
import { type AccessAnswers, type AccessReviewSource, accessAnswers } from './access-review.ts';
import { type Admission, admit, type Door } from './admit.ts';
import { type ClusterView, contextOf } from './cluster-view.ts';

// The API server waits 3 s for us; what is not answered by then must not take the whole request with it.
const ASKING_MS = 2000;

// Each one brings the questions that depend on the answers to the ones before: few policies need a second.
const MAX_ROUNDS = 8;

/**
 * Judges the request by the policies in force. At once, and never a promise, as long as none of them asks `authorizer`
 * something; else the cluster is asked and the request judged again with the answers. What is still not known after
 * several rounds is not judged. An authorizer that fails, or does not answer in time, allows nothing.
 */
export function judge(
  door: Door,
  set: PolicySet,
  request: Request,
  cluster: ClusterView,
): Admission | Promise<Admission> {
  const context = contextOf(request, cluster);
  const { accessReviews } = cluster;
  if (accessReviews === undefined) return admit(door, set, request, context);
  const answers = accessAnswers(request);
  const judgeNow = (): Admission => admit(door, set, request, { ...context, authorization: answers });
  const admission = judgeNow();
  if (!answers.wanting) return admission;
  return judgeAgain(admission, judgeNow, answers, accessReviews);
}

async function judgeAgain(
  first: Admission,
  judgeNow: () => Admission,
  answers: AccessAnswers,
  source: AccessReviewSource,
): Promise<Admission> {
  const signal = AbortSignal.timeout(ASKING_MS);
  let admission = first;
  for (let round = 1; round < MAX_ROUNDS && answers.wanting; round++) {
    await answers.ask(source, signal);
    admission = judgeNow();
  }
  return admission;
}
