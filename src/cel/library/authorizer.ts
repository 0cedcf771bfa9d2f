import type { FunctionDeclaration, Library } from '../function.ts';
import { BOOL, STRING } from '../type.ts';
import { CelError, type Result } from '../value.ts';
import {
  Authorizer,
  type Decision,
  GroupCheck,
  PathCheck,
  type ResourceAttributes,
  ResourceCheck,
} from './authorization.ts';
import { sizeOf, traversal } from './cost.ts';
import { declare, member } from './declare.ts';
import {
  AUTHORIZER_TYPE,
  DECISION_TYPE,
  GROUP_CHECK_TYPE,
  PATH_CHECK_TYPE,
  RESOURCE_CHECK_TYPE,
} from './kubernetes-types.ts';
import { labelProblems, subdomainProblems } from './name-format.ts';

/** Two checks fit into the budget of an expression: each one may ask a webhook. */
const CHECK_COST = 350_000;
const LIST_COST = 10;
const REQUIREMENT_COST = 50;

const isBlank = (text: string): boolean => text.trim() === '';

/** `<Authorizer>.path(<string>) -> <PathCheck>`. Errors: `path must not be empty`. */
function path(authorizer: Authorizer, text: string): Result {
  return isBlank(text) ? new CelError('path must not be empty') : new PathCheck(authorizer, text);
}

/** `<Authorizer>.group(<string>) -> <GroupCheck>`: `''` is the core group. */
function group(authorizer: Authorizer, name: string): Result {
  return new GroupCheck(authorizer, name);
}

/**
 * `<Authorizer>.serviceAccount(<string>, <string>) -> <Authorizer>`: asks for the account of that namespace and name.
 * Errors: `Invalid service account name`, `Invalid service account namespace`.
 */
function serviceAccount({ reviewer }: Authorizer, namespace: string, name: string): Result {
  if (subdomainProblems(name).length > 0) return new CelError('Invalid service account name');
  if (labelProblems(namespace).length > 0) return new CelError('Invalid service account namespace');
  return new Authorizer(reviewer, { namespace, name });
}

/** `<GroupCheck>.resource(<string>) -> <ResourceCheck>`: the plural name. Errors: `resource must not be empty`. */
function resource(check: GroupCheck, name: string): Result {
  if (isBlank(name)) return new CelError('resource must not be empty');
  return new ResourceCheck(check.authorizer, { group: check.group, resource: name });
}

/**
 * `<ResourceCheck>.subresource(<string>) -> <ResourceCheck>`, and so `namespace`, `name`, `fieldSelector` and
 * `labelSelector`: the check with that attribute; `''` unsets it.
 */
function withAttribute(attribute: keyof ResourceAttributes): (check: ResourceCheck, value: string) => Result {
  return (check, value) => new ResourceCheck(check.authorizer, { ...check.attributes, [attribute]: value });
}

/**
 * `<PathCheck>.check(<string>) -> <Decision>`, `<ResourceCheck>.check(<string>) -> <Decision>`: whether the verb is
 * allowed. Unknown where the answer has still to be asked for.
 */
function check(asked: PathCheck | ResourceCheck, verb: string): Result {
  const subject = asked instanceof PathCheck ? { path: asked.path } : { resource: asked.attributes };
  return asked.authorizer.review(verb, subject) ?? new CelError('authorization is not known', 'unknown');
}

/** `<Decision>.allowed() -> <bool>`: false where the authorizer has no opinion. */
function allowed({ decision }: Decision): Result {
  return decision.allowed;
}

/** `<Decision>.reason() -> <string>`. */
function reason({ decision }: Decision): Result {
  return decision.reason;
}

/** `<Decision>.errored() -> <bool>`: whether the authorizer failed. */
function errored({ decision }: Decision): Result {
  return decision.error !== undefined;
}

/** `<Decision>.error() -> <string>`: why the authorizer failed, `''` where it did not. */
function error({ decision }: Decision): Result {
  return decision.error ?? '';
}

/** A selector has at most one requirement for every two characters. */
const selectorCost: FunctionDeclaration['cost'] = ([, selector]) => {
  const size = sizeOf(selector);
  return LIST_COST + traversal(size) + Math.ceil(size / 2) * REQUIREMENT_COST;
};

function attribute(
  name: keyof ResourceAttributes,
  id: string,
  cost?: FunctionDeclaration['cost'],
): FunctionDeclaration {
  return declare(name, [member(id, [RESOURCE_CHECK_TYPE, STRING], RESOURCE_CHECK_TYPE, withAttribute(name))], cost);
}

/** Kubernetes' `authz` library, since 1.27, with the selectors of 1.31. All but `check` and the selectors cost 1. */
export const AUTHORIZER: Library = {
  name: 'authorizer',
  functions: [
    declare('path', [member('authorizer_path', [AUTHORIZER_TYPE, STRING], PATH_CHECK_TYPE, path)]),
    declare('group', [member('authorizer_group', [AUTHORIZER_TYPE, STRING], GROUP_CHECK_TYPE, group)]),
    declare('serviceAccount', [
      member('authorizer_serviceaccount', [AUTHORIZER_TYPE, STRING, STRING], AUTHORIZER_TYPE, serviceAccount),
    ]),
    declare('resource', [member('groupcheck_resource', [GROUP_CHECK_TYPE, STRING], RESOURCE_CHECK_TYPE, resource)]),
    attribute('subresource', 'resourcecheck_subresource'),
    attribute('namespace', 'resourcecheck_namespace'),
    attribute('name', 'resourcecheck_name'),
    attribute('fieldSelector', 'authorizer_fieldselector', selectorCost),
    attribute('labelSelector', 'authorizer_labelselector', selectorCost),
    declare(
      'check',
      [
        member('pathcheck_check', [PATH_CHECK_TYPE, STRING], DECISION_TYPE, check),
        member('resourcecheck_check', [RESOURCE_CHECK_TYPE, STRING], DECISION_TYPE, check),
      ],
      () => CHECK_COST,
    ),
    declare('allowed', [member('decision_allowed', [DECISION_TYPE], BOOL, allowed)]),
    declare('reason', [member('decision_reason', [DECISION_TYPE], STRING, reason)]),
    declare('errored', [member('decision_errored', [DECISION_TYPE], BOOL, errored)]),
    declare('error', [member('decision_error', [DECISION_TYPE], STRING, error)]),
  ],
};
