/** What `object` and its companions of a policy are in a native policy, and which requests are judged: CEL for each. */
import type { CompiledPolicy } from '../engine/compiled.ts';
import { TEMPLATE_RULES } from '../engine/match.ts';
import { TEMPLATE_KINDS } from '../engine/template-kinds.ts';
import type { NamedExpression, ResourceRule } from '../policy/policy.ts';

/** Where Pods lie in the objects of a policy: JSON pointers, each with the kinds that have it there. */
export interface Template {
  readonly pointer: string;
  readonly kinds: readonly string[];
}

/** Every place of a Pod in the kinds that the rules name, the one that most kinds have last. */
export function templatesOf(rules: readonly ResourceRule[]): readonly Template[] {
  const resources = new Set(rules.flatMap((rule) => rule.resources).map((resource) => resource.split('/')[0]));
  const byPointer = new Map<string, string[]>();
  for (const { prefix, kind } of TEMPLATE_KINDS.filter((entry) => resources.has(entry.resource))) {
    const pointer = prefix.map((step) => `/${step}`).join('');
    byPointer.set(pointer, [...(byPointer.get(pointer) ?? []), kind]);
  }
  return [...byPointer]
    .map(([pointer, kinds]) => ({ pointer, kinds }))
    .toSorted((a, b) => a.kinds.length - b.kinds.length);
}

/** The resource rules of a policy, with what PodTemplate means where they are left out. */
export function resourceRulesOf({ policy: { spec } }: CompiledPolicy): readonly ResourceRule[] {
  return spec.matchConstraints?.resourceRules ?? (spec.subject === 'PodTemplate' ? TEMPLATE_RULES : []);
}

/** The variables that stand for the Pod-shaped `object` and `oldObject`, and for the JSON pointer of `object`. */
export function subjectVariables(
  rules: readonly ResourceRule[],
): Readonly<Record<'pod' | 'oldPod' | 'prefix', string>> {
  const templates = templatesOf(rules);
  return {
    pod: podIn('object', templates, mayBeNull(rules)),
    oldPod: podIn('oldObject', templates, true),
    prefix: byKind(templates, ({ pointer }) => `'${pointer}'`),
  };
}

/** Whether there are requests without `object`. */
function mayBeNull(rules: readonly ResourceRule[]): boolean {
  return rules.some(({ operations }) => operations.some((one) => one !== 'CREATE' && one !== 'UPDATE'));
}

function podIn(object: string, templates: readonly Template[], isNullable: boolean): string {
  const held = templates.filter(({ pointer }) => pointer !== '');
  if (held.length === 0) return object;
  const asIs = [
    ...(isNullable ? [`${object} == null`] : []),
    ...(held.length < templates.length ? ["request.kind.kind == 'Pod'"] : []),
  ];
  const view = `{
    'apiVersion': dyn('v1'),
    'kind': dyn('Pod'),
    'metadata': template.?metadata.orValue({}),
    ?'spec': template.?spec
  }`;
  const pod = `[${templateIn(object, held)}].map(template, dyn(${view}))[0]`;
  return asIs.length === 0 ? pod : `${asIs.join(' || ')} ? ${object} : ${pod}`;
}

function templateIn(object: string, templates: readonly Template[]): string {
  return byKind(templates, ({ pointer }) => object + pointer.replaceAll('/', '.'));
}

function byKind(templates: readonly Template[], textOf: (template: Template) => string): string {
  const [first, ...others] = templates.toReversed();
  const fallback = first ? textOf(first) : "''";
  return others.reduce((rest, template) => `${isKind(template.kinds)} ? ${textOf(template)} : ${rest}`, fallback);
}

function isKind(kinds: readonly string[]): string {
  return kinds.length === 1 ? `request.kind.kind == '${kinds[0]}'` : `request.kind.kind in ${listOf(kinds)}`;
}

function listOf(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}

/**
 * The conditions under which our engine judges at all, beside those that a policy says itself. `refuses` is false where
 * nothing comes of a broken rule but an audit annotation.
 */
export function engineConditions(
  policy: CompiledPolicy,
  { isMutation, refuses }: { readonly isMutation: boolean; readonly refuses: boolean },
): readonly NamedExpression[] {
  const rules = resourceRulesOf(policy);
  const object = mayBeNull(rules) ? '(object == null ? oldObject : object)' : 'object';
  const owners = `${object}.metadata.?ownerReferences.orValue([])`;
  const updates = updateConditions(policy, isMutation);
  if (isMutation) return [madeByUser(owners, object), ...updates];
  const heedsOwners = policy.subject === 'PodTemplate' && policy.policy.spec.ownedPods !== 'Judge';
  if (!heedsOwners) return updates;
  const isOfPods = templatesOf(rules).some(({ pointer }) => pointer === '');
  return [judgedWithOwner(owners), ...(refuses && isOfPods ? [ofAnOperator(owners)] : []), ...updates];
}

// As src/engine/subject.ts believes owners: of Kubernetes' own controllers that they were judged, of programs that they are.
const CONTROL_PLANE =
  "(request.userInfo.username == 'system:kube-controller-manager' || request.userInfo.username.startsWith('system:serviceaccount:kube-system:'))";
const PROGRAM = "request.userInfo.username.matches('^system:(serviceaccount|node):')";
const JUDGED = TEMPLATE_KINDS.map(({ group, kind }) => `${group}/${kind}`);
const OWNER_GROUP = "(owner.apiVersion.contains('/') ? owner.apiVersion.split('/')[0] : '')";
const IS_CONTROLLER = 'owner.?controller.orValue(false)';
const IS_JUDGED = `${IS_CONTROLLER} && ${OWNER_GROUP} + '/' + owner.kind in ${listOf(JUDGED)}`;

function judgedWithOwner(owners: string): NamedExpression {
  const expression = `!${CONTROL_PLANE} || !${owners}.exists(owner, ${IS_JUDGED})`;
  return { name: 'not-judged-with-its-owner', expression };
}

function ofAnOperator(owners: string): NamedExpression {
  const expression = `request.kind.kind != 'Pod' || !${PROGRAM}
    || ${owners}.exists(owner, ${IS_JUDGED}) || !${owners}.exists(owner, ${IS_CONTROLLER})`;
  return { name: 'not-of-an-operator', expression };
}

function madeByUser(owners: string, object: string): NamedExpression {
  const isMirror = `'kubernetes.io/config.mirror' in ${object}.metadata.?annotations.orValue({})`;
  return {
    name: 'made-by-a-user',
    expression: `!${owners}.exists(owner, ${IS_CONTROLLER}) && !(${isMirror})`,
  };
}

function updateConditions(policy: CompiledPolicy, isMutation: boolean): readonly NamedExpression[] {
  const rules = resourceRulesOf(policy);
  if (!rules.some(({ operations }) => operations.includes('UPDATE') || operations.includes('*'))) return [];
  if (policy.subject === 'Resource') return [changed(OBJECT_CHANGED)];
  const templates = templatesOf(rules);
  if (isMutation) return [changed(`!(request.kind.kind in ['Pod', 'Job']) && ${podChanged(templates)}`)];
  const readsWorkload = policy.reads.has('workload') || policy.reads.has('oldWorkload');
  return [changed(podChanged(templates, readsWorkload ? ', [object, oldObject]' : ''))];
}

function changed(expression: string): NamedExpression {
  return { name: 'changes-what-is-judged', expression: `request.operation != 'UPDATE' || ${expression}` };
}

function podChanged(templates: readonly Template[], more = ''): string {
  const pods = `[object, oldObject].map(whole, ${templateIn('whole', templates)})`;
  return `[${pods}${more}].exists(pair, pair[0].?spec != pair[1].?spec
    || pair[0].?metadata.?labels != pair[1].?metadata.?labels
    || pair[0].?metadata.?annotations != pair[1].?metadata.?annotations)`;
}

// Both ways round, so that what is gone counts as what has come. Finalizers count only where one has come.
const OBJECT_CHANGED = `
  [[object, oldObject], [oldObject, object]].exists(pair,
    pair[0].exists(key, key != 'metadata' && (!(key in pair[1]) || pair[0][key] != pair[1][key]))
    || pair[0].metadata.exists(key,
      !(key in ['managedFields', 'resourceVersion', 'generation', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'finalizers'])
      && (!(key in pair[1].metadata) || pair[0].metadata[key] != pair[1].metadata[key])))
  || object.metadata.?finalizers.orValue([]).exists(name, !(name in oldObject.metadata.?finalizers.orValue([])))`;
