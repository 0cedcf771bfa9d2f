/** matchConstraints and enforcement: which requests a policy judges, and what it asks for in a namespace. */
import type { NativeMatchResources } from '../policy/native.ts';
import type { Action, LabelSelector, MatchResources, ResourceRule } from '../policy/policy.ts';
import type {
  CompiledEnforcement,
  LabelTest,
  Match,
  Matcher,
  MatchTarget,
  Namespace,
  NamespaceTest,
  RuleTest,
} from './compiled.ts';
import type { Request } from './decision.ts';
import { labelsOf, labelTest, selectorKeys } from './library/selector.ts';
import { equivalentGroups, equivalentResources } from './native/equivalent-resources.ts';
import { TEMPLATE_KINDS } from './template-kinds.ts';

/** The label that the API server itself puts on every Namespace: known even where the Namespace is not. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** What PodTemplate means without matchConstraints: every kind with a Pod template, written or changed. */
export const TEMPLATE_RULES: readonly ResourceRule[] = ['', 'apps', 'batch'].map((group) => ({
  apiGroups: [group],
  apiVersions: ['*'],
  operations: ['CREATE', 'UPDATE'],
  resources: TEMPLATE_KINDS.filter((kind) => kind.group === group).map((kind) => kind.resource),
}));

/** Prepares matchConstraints; no rules at all match nothing, as in Kubernetes. */
export function compileMatcher(constraints: MatchResources): Matcher {
  const { resourceRules = [], excludeResourceRules = [], namespaceSelector, objectSelector } = constraints;
  return {
    rules: resourceRules.map(ruleTest),
    excludes: excludeResourceRules.map(ruleTest),
    ...(namespaceSelector && { namespace: namespaceTest(namespaceSelector) }),
    ...(objectSelector && { object: labelTest(objectSelector) }),
    targets: resourceRules.flatMap(targetsOf),
  };
}

/**
 * Prepares the matchConstraints of a native policy or the matchResources of a binding, which without rules match
 * everything that their selectors select.
 */
export function compileNativeMatcher(resources: NativeMatchResources): Matcher {
  const { resourceRules = [], excludeResourceRules = [], namespaceSelector, objectSelector, matchPolicy } = resources;
  const test = matchPolicy === 'Exact' ? ruleTest : equivalentTest;
  return {
    rules: resourceRules.length === 0 ? [() => true] : resourceRules.map(test),
    excludes: excludeResourceRules.map(test),
    ...(selectorKeys(namespaceSelector).length > 0 && { namespace: namespaceTest(namespaceSelector) }),
    ...(selectorKeys(objectSelector).length > 0 && { object: labelTest(objectSelector) }),
    targets: matchPolicy === 'Exact' ? resourceRules.flatMap(targetsOf) : resourceRules.flatMap(equivalentTargets),
  };
}

/**
 * Whether the policy judges the request, matchConditions apart. Selectors see the Namespace's labels (a Namespace
 * object's own, for a request about it) and the labels of the object or the old object: either is enough.
 */
export function matches(matcher: Matcher, request: Request, namespace: Namespace): Match {
  if (!matcher.rules.some((covers) => covers(request))) return 'no';
  if (matcher.excludes.some((covers) => covers(request))) return 'no';
  if (matcher.object && !matchesObject(matcher.object, request)) return 'no';
  return matcher.namespace ? matchesNamespace(matcher.namespace, request, namespace) : 'yes';
}

/**
 * What the policy asks for in the namespace of a request: the first override that selects it, else its action. A
 * Namespace that is not known is selected by its name at most, and cluster-scoped objects by no override.
 */
export function actionIn(enforcement: CompiledEnforcement, request: Request, namespace: Namespace): Action {
  if (enforcement.overrides.length === 0) return enforcement.action;
  const labels = namespaceLabels(request, namespace);
  if (!labels) return enforcement.action;
  return enforcement.overrides.find((override) => override.selects(labels))?.action ?? enforcement.action;
}

/** The namespace that decides about exclusion: of the object, or the Namespace itself. */
export function namespaceOf(request: Request): string {
  return isNamespace(request) ? (request.name ?? '') : (request.namespace ?? '');
}

function isNamespace(request: Request): boolean {
  return request.resource.resource === 'namespaces' && request.resource.group === '';
}

function ruleTest(rule: ResourceRule): RuleTest {
  const operation = oneOf(rule.operations);
  const group = oneOf(rule.apiGroups);
  const version = oneOf(rule.apiVersions);
  const resources = rule.resources.map(resourceTest);
  const names = rule.resourceNames?.length ? new Set(rule.resourceNames) : undefined;
  return (request) =>
    operation(request.operation) &&
    group(request.resource.group) &&
    version(request.resource.version) &&
    resources.some((covers) => covers(request)) &&
    inScope(rule.scope, request) &&
    (names === undefined || names.has(request.name ?? ''));
}

/** True for a resource that the cluster serves under the rule's names too, whatever it was asked for as. */
function equivalentTest(rule: ResourceRule): RuleTest {
  const covers = ruleTest(rule);
  return (request) =>
    covers(request) ||
    equivalentResources(request.resource, rule.apiVersions).some((resource) => covers({ ...request, resource }));
}

function equivalentTargets(rule: ResourceRule): readonly MatchTarget[] {
  const targets = targetsOf(rule);
  return targets.flatMap((target) => [
    target,
    ...equivalentGroups(target.group, target.resource).map((group) => ({ ...target, group })),
  ]);
}

function oneOf(values: readonly string[]): (value: string) => boolean {
  if (values.includes('*')) return () => true;
  return (value) => values.includes(value);
}

/** `*` is every resource but no subresource; with `/*` behind it both; `pods/*` the subresources of pods. */
function resourceTest(pattern: string): RuleTest {
  if (pattern === '*/*') return () => true;
  const [resource, subresource = ''] = pattern.split('/');
  return (request) => {
    if (resource !== '*' && resource !== request.resource.resource) return false;
    const given = request.subResource ?? '';
    return subresource === '*' ? given !== '' : subresource === given;
  };
}

function inScope(scope: ResourceRule['scope'], request: Request): boolean {
  if (scope === undefined || scope === '*') return true;
  // A Namespace is cluster-scoped, although requests about it carry its name as their namespace.
  const namespaced = Boolean(request.namespace) && !isNamespace(request);
  return namespaced === (scope === 'Namespaced');
}

function targetsOf(rule: ResourceRule): readonly MatchTarget[] {
  return rule.operations.flatMap((operation) =>
    rule.apiGroups.flatMap((group) => rule.resources.map((resource) => ({ operation, group, resource }))),
  );
}

function matchesObject(selects: LabelTest, request: Request): boolean {
  return isSelected(selects, request.object) || isSelected(selects, request.oldObject);
}

/** What has no metadata, such as the options of an exec, is selected by nothing. */
function isSelected(selects: LabelTest, object: Request['object']): boolean {
  return object !== null && Object.hasOwn(object, 'metadata') && selects(labelsOf(object));
}

function namespaceTest(selector: LabelSelector): NamespaceTest {
  return { selects: labelTest(selector), byNameOnly: selectorKeys(selector).every((key) => key === NAME_LABEL) };
}

function matchesNamespace(test: NamespaceTest, request: Request, namespace: Namespace): Match {
  const labels = namespaceLabels(request, namespace);
  // Cluster-scoped objects are not subject to a namespaceSelector.
  if (!labels) return 'yes';
  if (namespace === undefined && !isNamespace(request) && !test.byNameOnly) return 'unknown';
  return test.selects(labels) ? 'yes' : 'no';
}

function namespaceLabels(request: Request, namespace: Namespace): Readonly<Record<string, string>> | undefined {
  if (isNamespace(request)) return labelsOf(request.object ?? request.oldObject);
  if (!request.namespace) return undefined;
  return namespace ? labelsOf(namespace) : { [NAME_LABEL]: request.namespace };
}
