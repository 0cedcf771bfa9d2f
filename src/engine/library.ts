/** Our additions to CEL: functions over images and selectors, and `resources`, the other objects of the cluster. */
import type { FunctionDeclaration } from '../cel/function.ts';
import { BOOL, DYN, list, map, opaque, STRING } from '../cel/type.ts';
import { Boxed, CelError, type Result, type Value } from '../cel/value.ts';
import type { Lookup } from './decision.ts';
import { API_LIFE_FUNCTIONS } from './library/api-life.ts';
import { BOOTSTRAP_TOKEN_FUNCTIONS } from './library/bootstrap-token.ts';
import { CERTIFICATE_FUNCTIONS } from './library/certificate.ts';
import { CREDENTIAL_FUNCTIONS } from './library/credential.ts';
import { DATA_SIZE_FUNCTIONS } from './library/data-size.ts';
import { ENV_FUNCTIONS } from './library/env.ts';
import { HOST_FUNCTIONS } from './library/host.ts';
import { imageMatches, parseImage } from './library/image.ts';
import { IMAGE_SIZE_FUNCTIONS } from './library/image-size.ts';
import { IP_HOST_FUNCTIONS } from './library/ip-host.ts';
import { NODE_FUNCTIONS } from './library/node.ts';
import { PROBE_FUNCTIONS } from './library/probe.ts';
import { PULL_SECRET_FUNCTIONS } from './library/pull-secret.ts';
import { QOS_FUNCTIONS } from './library/qos.ts';
import { REFERENCE_FUNCTIONS } from './library/reference.ts';
import { secretView } from './library/secret.ts';
import { selectsUntyped } from './library/selector.ts';
import { SHELL_FUNCTIONS } from './library/shell.ts';
import { STORE_FUNCTIONS } from './library/store.ts';
import { WRITTEN_FUNCTIONS } from './library/written.ts';

export const RESOURCES_TYPE = opaque('tidegate.Resources');

/** The value of `resources` on one request. */
export class Resources extends Boxed {
  readonly typeName = 'tidegate.Resources';
  readonly lookup: Lookup;

  constructor(lookup: Lookup) {
    super();
    this.lookup = lookup;
  }

  override equals(other: Value): boolean {
    return this === other;
  }
}

/**
 * `image(ref)`, `imageMatches(ref, patterns)`, `selects(selector, labels)`, `resources.get(apiVersion, resource,
 * namespace, name)` (null for an object that does not exist), `resources.list(apiVersion, resource, namespace)`, and
 * `resources.knows(apiVersion, resource, namespace)`, whether `list` has an answer. An
 * empty namespace is that of cluster-scoped objects; for `list` it means every namespace. Secrets come without their content.
 */
const OWN_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'image',
    overloads: [
      {
        id: 'tidegate_image_string',
        parameters: [STRING],
        result: map(STRING, STRING),
        call: (reference) => ({ ...parseImage(String(reference)) }),
      },
    ],
  },
  {
    name: 'imageMatches',
    overloads: [
      {
        id: 'tidegate_image_matches_string_list',
        parameters: [STRING, list(STRING)],
        result: BOOL,
        call: (reference, patterns) => imageMatches(String(reference), patterns as readonly Value[]),
      },
    ],
  },
  {
    name: 'selects',
    overloads: [
      {
        id: 'tidegate_selects_dyn_dyn',
        parameters: [DYN, DYN],
        result: BOOL,
        call: (selector, labels) => selectsUntyped(selector, labels),
      },
    ],
  },
  {
    name: 'get',
    overloads: [
      {
        id: 'tidegate_resources_get',
        member: true,
        parameters: [RESOURCES_TYPE, STRING, STRING, STRING, STRING],
        result: DYN,
        call: getResource,
      },
    ],
  },
  {
    name: 'list',
    overloads: [
      {
        id: 'tidegate_resources_list',
        member: true,
        parameters: [RESOURCES_TYPE, STRING, STRING, STRING],
        result: list(DYN),
        call: listResources,
      },
    ],
  },
  {
    name: 'knows',
    overloads: [
      {
        id: 'tidegate_resources_knows',
        member: true,
        parameters: [RESOURCES_TYPE, STRING, STRING, STRING],
        result: BOOL,
        call: knowsResources,
      },
    ],
  },
];

/** All of our functions: docs/policy.md describes them. */
export const LIBRARY: readonly FunctionDeclaration[] = [
  ...OWN_FUNCTIONS,
  ...API_LIFE_FUNCTIONS,
  ...IMAGE_SIZE_FUNCTIONS,
  ...QOS_FUNCTIONS,
  ...PULL_SECRET_FUNCTIONS,
  ...CERTIFICATE_FUNCTIONS,
  ...BOOTSTRAP_TOKEN_FUNCTIONS,
  ...HOST_FUNCTIONS,
  ...WRITTEN_FUNCTIONS,
  ...SHELL_FUNCTIONS,
  ...PROBE_FUNCTIONS,
  ...STORE_FUNCTIONS,
  ...NODE_FUNCTIONS,
  ...ENV_FUNCTIONS,
  ...CREDENTIAL_FUNCTIONS,
  ...DATA_SIZE_FUNCTIONS,
  ...IP_HOST_FUNCTIONS,
  ...REFERENCE_FUNCTIONS,
];

function getResource(resources: Value | undefined, ...where: readonly Value[]): Result {
  const [apiVersion = '', resource = '', namespace = '', name = ''] = where.map(String);
  const found = (resources as Resources).lookup.get(apiVersion, resource, namespace, name);
  if (found === undefined) return notKnown(`${resource} ${namespace ? `${namespace}/` : ''}${name}`);
  return found !== null && isSecret(apiVersion, resource) ? secretView(found) : found;
}

function listResources(resources: Value | undefined, ...where: readonly Value[]): Result {
  const [apiVersion = '', resource = '', namespace = ''] = where.map(String);
  const found = (resources as Resources).lookup.list(apiVersion, resource, namespace);
  if (found === undefined) return notKnown(`${resource}${namespace ? ` in ${namespace}` : ''}`);
  return isSecret(apiVersion, resource) ? found.map(secretView) : found;
}

function knowsResources(resources: Value | undefined, ...where: readonly Value[]): Result {
  const [apiVersion = '', resource = '', namespace = ''] = where.map(String);
  return (resources as Resources).lookup.list(apiVersion, resource, namespace) !== undefined;
}

function isSecret(apiVersion: string, resource: string): boolean {
  return apiVersion === 'v1' && resource === 'secrets';
}

function notKnown(what: string): CelError {
  return new CelError(`${what}: not known here`, 'unknown');
}
