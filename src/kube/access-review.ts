/** SubjectAccessReviews: what the API server's own authorizer says of a user and a verb. */
import type { KubeConfig } from '@kubernetes/client-node';
import { postJson } from './client.ts';

export interface AccessDecision {
  readonly allowed: boolean;
  /** '' where the authorizer gives none. */
  readonly reason: string;
  /** Present where the authorizer failed. */
  readonly error?: string;
}

export interface AccessReviews {
  /**
   * Asks for the decision on the `spec` of a SubjectAccessReview v1. Rejects with a StatusError, with the error of the
   * connection, or when the signal aborts.
   */
  review(spec: object, signal: AbortSignal): Promise<AccessDecision>;
}

const PATH = '/apis/authorization.k8s.io/v1/subjectaccessreviews';

/** Asks the cluster of the configuration, each review by a request of its own. */
export function accessReviews(config: KubeConfig): AccessReviews {
  return {
    review: async (spec, signal) => {
      const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
      return decisionOf((await postJson(config, PATH, review, signal))['status']);
    },
  };
}

function decisionOf(status: unknown): AccessDecision {
  const { allowed, reason, evaluationError } = (status ?? {}) as Readonly<Record<string, unknown>>;
  const error = typeof evaluationError === 'string' ? ofAuthorizer(evaluationError) : '';
  return {
    allowed: allowed === true,
    reason: typeof reason === 'string' ? reason : '',
    ...(error !== '' && { error }),
  };
}

/**
 * Only what the authorizer itself says: that it was given a selector that cannot be parsed, and ignores it, is added by the
 * endpoint, and no error to a policy that the API server evaluates.
 */
function ofAuthorizer(evaluationError: string): string {
  return evaluationError.replace(
    /(?:(?:^|; )spec\.resourceAttributes\.\w+ (?:partially )?ignored due to parse error)+$/,
    '',
  );
}
