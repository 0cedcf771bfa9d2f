/** The variable `authorizer`: who may do what, as far as the host has asked. */

import type { Activation } from '../cel/activation.ts';
import { type AccessReviewer, Authorizer, ResourceCheck } from '../cel/library/authorization.ts';
import type { Request } from './decision.ts';
import { SLOTS } from './environment.ts';

/** Makes `authorizer` ask that reviewer about the user of the request; without one, all that it is asked is unknown. */
export function bindAuthorizer(
  { variables }: Pick<Activation, 'variables'>,
  request: Request,
  reviewer: AccessReviewer = NOBODY,
): void {
  const authorizer = new Authorizer(reviewer);
  variables[SLOTS.authorizer] = authorizer;
  variables[SLOTS.requestResource] = requestResource(authorizer, request);
}

/** Evaluates messages of native policies: in the API server even a variable that they read gets no answer from `authorizer`. */
export function withoutAuthorizer<T>({ variables }: Activation, request: Request, evaluateAll: () => T): T {
  const { [SLOTS.authorizer]: authorizer, [SLOTS.requestResource]: resource } = variables;
  bindAuthorizer({ variables }, request);
  const results = evaluateAll();
  variables[SLOTS.authorizer] = authorizer;
  variables[SLOTS.requestResource] = resource;
  return results;
}

const NOBODY: AccessReviewer = { review: () => undefined };

/** What the request is about, as its client named it: the version and kind that a policy matched play no part. */
function requestResource(authorizer: Authorizer, request: Request): ResourceCheck {
  const { group, resource } = request.requestResource ?? request.resource;
  const { requestSubResource, subResource, namespace = '', name = '' } = request;
  return new ResourceCheck(authorizer, {
    group,
    resource,
    subresource: requestSubResource ?? subResource ?? '',
    namespace,
    name,
  });
}
