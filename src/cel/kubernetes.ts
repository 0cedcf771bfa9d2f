import type { StructDeclaration } from './declarations.ts';
import { type Environment, environment } from './environment.ts';
import type { KubernetesVersion, Library } from './function.ts';
import { NAMESPACE_TYPE, REQUEST_TYPE } from './kubernetes-request.ts';
import { AUTHORIZER } from './library/authorizer.ts';
import { CIDR } from './library/cidr.ts';
import { FORMAT } from './library/format.ts';
import { IP } from './library/ip.ts';
import { JSON_PATCH } from './library/json-patch.ts';
import { AUTHORIZER_TYPE, RESOURCE_CHECK_TYPE } from './library/kubernetes-types.ts';
import { LISTS } from './library/lists.ts';
import { QUANTITY } from './library/quantity.ts';
import { REGEX } from './library/regex.ts';
import { SEMVER } from './library/semver.ts';
import { SETS } from './library/sets.ts';
import { STRING_FORMAT } from './library/string-format.ts';
import { STRINGS } from './library/strings.ts';
import { URL_LIBRARY } from './library/url.ts';
import { STANDARD } from './standard/standard.ts';
import { wellKnownStruct } from './standard/well-known.ts';
import { DYN, opaque, STRING, struct, typeOf } from './type.ts';
import { TypeValue } from './type-value.ts';

/** What an expression of a policy may use beyond `object`, `oldObject`, `request` and `namespaceObject`. */
export interface KubernetesOptions {
  readonly params?: boolean;
  readonly authorizer?: boolean;
  /** `Object{}` and `JSONPatch{}` literals and `jsonpatch.escapeKey`, for mutations. */
  readonly patchTypes?: boolean;
}

const LIBRARIES: readonly Library[] = [
  ...STANDARD,
  URL_LIBRARY,
  REGEX,
  LISTS,
  AUTHORIZER,
  QUANTITY,
  STRINGS,
  STRING_FORMAT,
  SETS,
  IP,
  CIDR,
  FORMAT,
  SEMVER,
];

const CACHE = new Map<string, Environment>();

/** The environment that the API server of that version compiles admission policies in. Environments are shared. */
export function kubernetesEnvironment(version: KubernetesVersion, options: KubernetesOptions = {}): Environment {
  const key = [version, options.params, options.authorizer, options.patchTypes].join();
  const known = CACHE.get(key);
  if (known) return known;
  const made = environment(version, {
    libraries: options.patchTypes ? [...LIBRARIES, JSON_PATCH] : LIBRARIES,
    variables: {
      object: DYN,
      oldObject: DYN,
      request: REQUEST_TYPE,
      namespaceObject: NAMESPACE_TYPE,
      ...(options.params && { params: DYN }),
      ...(options.authorizer && { authorizer: AUTHORIZER_TYPE, 'authorizer.requestResource': RESOURCE_CHECK_TYPE }),
    },
    constants: TYPES,
    structs: (name) => (options.patchTypes ? patchStruct(name) : undefined) ?? wellKnownStruct(name),
  });
  CACHE.set(key, made);
  return made;
}

// The library types whose names are values, to compare `type(x)` with.
const TYPES = Object.fromEntries(
  ['net.IP', 'net.CIDR'].map((name) => [name, { type: typeOf(opaque(name)), value: new TypeValue(name) }]),
);

const JSON_PATCH_TYPE = struct('JSONPatch', { op: STRING, path: STRING, from: STRING, value: DYN });

function patchStruct(name: string): StructDeclaration | undefined {
  if (name === 'JSONPatch') return { type: JSON_PATCH_TYPE };
  return name === 'Object' || name.startsWith('Object.') ? { type: struct(name, 'any') } : undefined;
}
