/** What policies ask of `authorizer`: SubjectAccessReviews. */
import type { AccessAttributes, AccessDecision, AccessReviewer } from '../cel/library/authorization.ts';
import type { Request } from '../engine/decision.ts';
import { errorMessage } from '../policy/problem.ts';
import { type Pending, questions } from './questions.ts';

/** `spec` of a SubjectAccessReview of authorization.k8s.io/v1. */
export interface AccessReviewSpec {
  readonly user?: unknown;
  readonly uid?: unknown;
  readonly groups?: unknown;
  readonly extra?: unknown;
  readonly nonResourceAttributes?: { readonly verb: string; readonly path: string };
  readonly resourceAttributes?: Readonly<Record<string, unknown>>;
}

/** Who answers: the API server's authorizer. */
export interface AccessReviewSource {
  /** The decision. Rejects where it could not be had, and at once when the signal aborts. */
  review(spec: AccessReviewSpec, signal: AbortSignal): Promise<AccessDecision>;
}

/** As many as two policies may ask, by the cost of a check. */
const MAX_QUESTIONS = 56;

/**
 * What the authorizer says to the questions of one request. Where it cannot be asked, that is the error of the decision.
 */
export function accessAnswers(
  { userInfo }: Pick<Request, 'userInfo'>,
  source: AccessReviewSource,
): AccessReviewer & Pending {
  const asked = questions<AccessAttributes, AccessDecision>(MAX_QUESTIONS, (attributes, signal) =>
    answerTo(specOf(attributes, userInfo), source, signal),
  );
  return {
    review: asked.answer,
    get wanting() {
      return asked.wanting;
    },
    ask: asked.ask,
  };
}

/** In the API server too, an authorizer that fails allows nothing, and `errored()` says so. */
function answerTo(spec: AccessReviewSpec, source: AccessReviewSource, signal: AbortSignal): Promise<AccessDecision> {
  return source.review(spec, signal).catch((error: unknown) => ({
    allowed: false,
    reason: '',
    error: errorMessage(error),
  }));
}

function specOf(attributes: AccessAttributes, userInfo: Request['userInfo']): AccessReviewSpec {
  const { serviceAccount, verb, path, resource } = attributes;
  const user = serviceAccount === undefined ? requester(userInfo) : accountOf(serviceAccount);
  if (path !== undefined) return { ...user, nonResourceAttributes: { verb, path } };
  const { fieldSelector, labelSelector, ...rest } = resource ?? {};
  return {
    ...user,
    resourceAttributes: {
      verb,
      version: '*',
      ...rest,
      ...(fieldSelector && { fieldSelector: { rawSelector: fieldSelector } }),
      ...(labelSelector && { labelSelector: { rawSelector: labelSelector } }),
    },
  };
}

function requester({ username, uid, groups, extra }: Request['userInfo']): AccessReviewSpec {
  return { user: username, uid, groups, extra };
}

/** As the API server makes it up: without the group of all who are authenticated. */
function accountOf({ namespace, name }: NonNullable<AccessAttributes['serviceAccount']>): AccessReviewSpec {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}
