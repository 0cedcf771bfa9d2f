/** The objects that a binding's paramRef means for one request (k8s.io/apiserver …/policy/generic, CollectParams). */
import type { Value } from '../../cel/value.ts';
import type { ParamSource } from '../compiled.ts';
import type { Context, KubernetesObject, Request } from '../decision.ts';
import { labelsOf } from '../library/selector.ts';
import { isJsonMap } from '../object/equal.ts';
import { pluralOf } from '../object/plural.ts';
import { isCustomGroup } from './equivalent-resources.ts';

type ParamKind = Pick<ParamSource, 'apiVersion' | 'kind'>;

/**
 * Why the policy itself cannot be configured: nothing serves its paramKind. That is known only where other kinds of its
 * group are defined.
 */
export function paramKindProblem(paramKind: ParamKind | undefined, context: Context): string | undefined {
  if (paramKind === undefined) return undefined;
  const beside = definitionsBeside(paramKind.apiVersion, context);
  if (beside.length === 0 || beside.some((spec) => namesOf(spec)['kind'] === paramKind.kind)) return undefined;
  const { apiVersion, kind } = paramKind;
  return `failed to configure policy: failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`;
}

/** One evaluation for each of `params`, sorted by name; null stands for a policy or binding without params. */
export type Params =
  | { readonly kind: 'params'; readonly params: readonly (KubernetesObject | null)[] }
  /** A mistake of the binding, or a parameter that must be there: failurePolicy decides. */
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

export function collectParams(source: ParamSource | undefined, request: Request, context: Context): Params {
  if (source === undefined) return { kind: 'params', params: [null] };
  const place = paramResource(source, context);
  const { resource, scope } = place;
  if (scope === 'Cluster' && source.namespace) {
    return { kind: 'error', message: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' };
  }
  const namespace = scope === 'Cluster' ? '' : (source.namespace ?? request.namespace ?? '');
  if (scope === 'Namespaced' && namespace === '') {
    const message = 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources';
    return { kind: 'error', message };
  }
  const params = source.name
    ? named(source, source.name, place, namespace, context)
    : selected(source, resource, namespace, context);
  if (params === undefined)
    return { kind: 'unknown', message: `the ${resource} of ${source.apiVersion} are not known` };
  if (params.length > 0 || source.whereMissing === 'Allow') return { kind: 'params', params };
  const message = 'no params found for policy binding with `Deny` parameterNotFoundAction';
  return { kind: 'error', message };
}

interface ParamResource {
  readonly resource: string;
  /** Left out where nobody says: then both places are looked at, of which an object is in one only. */
  readonly scope?: 'Namespaced' | 'Cluster';
}

// The kinds that are used as params most. Others say their scope by their definition.
const SCOPES: Readonly<Record<string, ParamResource['scope']>> = {
  'v1 ConfigMap': 'Namespaced',
  'v1 Secret': 'Namespaced',
  'v1 ServiceAccount': 'Namespaced',
  'v1 LimitRange': 'Namespaced',
  'v1 ResourceQuota': 'Namespaced',
  'v1 Namespace': 'Cluster',
  'v1 Node': 'Cluster',
};

function paramResource({ apiVersion, kind }: ParamKind, context: Context): ParamResource {
  const known = SCOPES[`${apiVersion} ${kind}`];
  if (known !== undefined) return { resource: pluralOf(kind), scope: known };
  const definition = definitionsBeside(apiVersion, context).find((spec) => namesOf(spec)['kind'] === kind);
  const plural = definition && namesOf(definition)['plural'];
  if (typeof plural !== 'string') return { resource: pluralOf(kind) };
  return { resource: plural, scope: definition?.['scope'] === 'Cluster' ? 'Cluster' : 'Namespaced' };
}

/** The specs of the known CustomResourceDefinitions of a group. */
function definitionsBeside(apiVersion: string, { lookup }: Context): readonly KubernetesObject[] {
  const [group = ''] = apiVersion.split('/');
  if (!isCustomGroup(group)) return [];
  const definitions = lookup.list('apiextensions.k8s.io/v1', 'customresourcedefinitions', '') ?? [];
  return definitions.flatMap(({ spec }) => (isJsonMap(spec) && spec['group'] === group ? [spec] : []));
}

function namesOf({ names }: KubernetesObject): KubernetesObject {
  return isJsonMap(names) ? names : {};
}

function named(
  { apiVersion }: ParamSource,
  name: string,
  { resource, scope }: ParamResource,
  namespace: string,
  { lookup }: Context,
): readonly KubernetesObject[] | undefined {
  const there = lookup.get(apiVersion, resource, namespace, name);
  // Where nobody says the scope, the object is in one of two places.
  const found = there === null && scope === undefined ? lookup.get(apiVersion, resource, '', name) : there;
  if (found === undefined) return undefined;
  return found === null ? [] : [found];
}

function selected(
  { apiVersion, selects }: ParamSource,
  resource: string,
  namespace: string,
  { lookup }: Context,
): readonly KubernetesObject[] | undefined {
  const all = lookup.list(apiVersion, resource, '');
  return all
    ?.filter((object) => (namespaceOf(object) ?? namespace) === namespace && (selects?.(labelsOf(object)) ?? true))
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function namespaceOf(object: KubernetesObject): Value | undefined {
  return metadataOf(object)['namespace'];
}

function nameOf(object: KubernetesObject): string {
  return String(metadataOf(object)['name']);
}

function metadataOf({ metadata }: KubernetesObject): KubernetesObject {
  return isJsonMap(metadata) ? metadata : {};
}
