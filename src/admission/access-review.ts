/** What policies ask of `authorizer`: SubjectAccessReviews, collected by one judgement and answered before the next. */
import type { AccessAttributes, AccessDecision, AccessReviewer } from '../cel/library/authorization.ts';
import type { Request } from '../engine/decision.ts';

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

/** The answers to one request's questions. */
export interface AccessAnswers extends AccessReviewer {
  /** Whether something was asked since the last time whose answer is not known. */
  readonly wanting: boolean;
  /** Asks all of that at once. Never rejects: where the authorizer cannot be asked, that is the error of the decision. */
  ask(source: AccessReviewSource, signal: AbortSignal): Promise<void>;
}

/** As many as two policies may ask, by the cost of a check. What is asked beyond stays unknown. */
const MAX_QUESTIONS = 56;

/** Nothing is known yet. A question is asked once, however often policies ask it. */
export function accessAnswers({ userInfo }: Pick<Request, 'userInfo'>): AccessAnswers {
  const known = new Map<string, AccessDecision>();
  const open = new Map<string, AccessAttributes>();
  return {
    review(attributes) {
      const key = JSON.stringify(attributes);
      const answer = known.get(key);
      if (answer === undefined && known.size + open.size < MAX_QUESTIONS) open.set(key, attributes);
      return answer;
    },
    get wanting() {
      return open.size > 0;
    },
    async ask(source, signal) {
      const questions = [...open];
      open.clear();
      const answers = questions.map(([, attributes]) => answerTo(specOf(attributes, userInfo), source, signal));
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        known.set((questions[index] as (typeof questions)[number])[0], answer);
      }
    },
  };
}

/** In the API server too, an authorizer that fails allows nothing, and `errored()` says so. */
function answerTo(spec: AccessReviewSpec, source: AccessReviewSource, signal: AbortSignal): Promise<AccessDecision> {
  return source.review(spec, signal).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    return { allowed: false, reason: '', error: message };
  });
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
