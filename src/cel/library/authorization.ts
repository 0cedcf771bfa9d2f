import { Boxed, type Value } from '../value.ts';

/** What an expression asks to be allowed: a SubjectAccessReview, but for the user, whom the host knows. */
export interface AccessAttributes {
  /** In whose place the question is asked, or undefined for the user of the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly verb: string;
  /** Present for a request that is not about a resource. */
  readonly path?: string;
  /** Present otherwise. */
  readonly resource?: ResourceAttributes;
}

/**
 * A resource; empty strings mean "unset": all names, the cluster scope, no subresource, no selector. Selectors are as
 * written; Kubernetes asks without one that it cannot parse.
 */
export interface ResourceAttributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector: string;
  readonly labelSelector: string;
}

/** The answer of the API server's authorizer. */
export interface AccessDecision {
  readonly allowed: boolean;
  readonly reason: string;
  /** Why the authorizer failed, where it did. */
  readonly error?: string;
}

/**
 * Who answers. It returns undefined for what it does not know yet, and remembers the question: the evaluation is then
 * unknown, and repeated once the host has asked.
 */
export interface AccessReviewer {
  review(attributes: AccessAttributes): AccessDecision | undefined;
}

/** The values of the authorizer library: they have members, no fields, and are equal to nothing but themselves. */
abstract class Receiver extends Boxed {
  override comparable(_other: Value): boolean {
    return false;
  }
}

/** The variable `authorizer`, or one for a service account made from it. */
export class Authorizer extends Receiver {
  readonly typeName = 'kubernetes.authorization.Authorizer';
  readonly reviewer: AccessReviewer;
  readonly serviceAccount: AccessAttributes['serviceAccount'];

  constructor(reviewer: AccessReviewer, serviceAccount?: AccessAttributes['serviceAccount']) {
    super();
    this.reviewer = reviewer;
    this.serviceAccount = serviceAccount;
  }

  /** The decision on a verb, or undefined where it is not known yet. */
  review(verb: string, subject: Pick<AccessAttributes, 'path' | 'resource'>): Decision | undefined {
    const account = this.serviceAccount === undefined ? {} : { serviceAccount: this.serviceAccount };
    const decision = this.reviewer.review({ ...account, verb, ...subject });
    return decision === undefined ? undefined : new Decision(decision);
  }
}

/** A question about a path that is no resource, such as `/healthz`. */
export class PathCheck extends Receiver {
  readonly typeName = 'kubernetes.authorization.PathCheck';
  readonly authorizer: Authorizer;
  readonly path: string;

  constructor(authorizer: Authorizer, path: string) {
    super();
    this.authorizer = authorizer;
    this.path = path;
  }
}

/** A question about resources of an API group, without the resource yet. */
export class GroupCheck extends Receiver {
  readonly typeName = 'kubernetes.authorization.GroupCheck';
  readonly authorizer: Authorizer;
  readonly group: string;

  constructor(authorizer: Authorizer, group: string) {
    super();
    this.authorizer = authorizer;
    this.group = group;
  }
}

const UNSET = { subresource: '', namespace: '', name: '', fieldSelector: '', labelSelector: '' };

/** A question about a resource; also the variable `authorizer.requestResource`. */
export class ResourceCheck extends Receiver {
  readonly typeName = 'kubernetes.authorization.ResourceCheck';
  readonly authorizer: Authorizer;
  readonly attributes: ResourceAttributes;

  constructor(
    authorizer: Authorizer,
    attributes: Pick<ResourceAttributes, 'group' | 'resource'> & Partial<ResourceAttributes>,
  ) {
    super();
    this.authorizer = authorizer;
    this.attributes = { ...UNSET, ...attributes };
  }
}

/** An answer. */
export class Decision extends Receiver {
  readonly typeName = 'kubernetes.authorization.Decision';
  readonly decision: AccessDecision;

  constructor(decision: AccessDecision) {
    super();
    this.decision = decision;
  }
}
