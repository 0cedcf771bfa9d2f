/** What controllers make of workloads that were there before: the debt of the owner is no news in its Pods. */
import type { CompiledPolicy } from './compiled.ts';
import { countOf, takeOne } from './count.ts';
import type { Context, KubernetesObject, Request } from './decision.ts';
import { startEvaluation } from './evaluation.ts';
import { mistakeOf } from './fingerprint.ts';
import { matches } from './match.ts';
import { mapOf } from './object/equal.ts';
import { type Controller, controllerOf } from './owner.ts';
import { reaches } from './policy-set.ts';
import { isOfControlPlane } from './subject.ts';
import { type TemplateKind, templateKind } from './template-kinds.ts';
import { type Outcome, type Violation, validate } from './validate.ts';

/**
 * The violations of an object made, or changed, by a controller of Kubernetes itself that the nearest owner judged by the same policy has
 * too. Where that owner is not known here, all of them: it was judged when it came. A policy that judges no owner has
 * nothing to compare with, and tolerates nothing. What is only audited is left as it is.
 */
export function inheritedAmong(
  violations: readonly Violation[],
  request: Request,
  context: Context,
): ReadonlySet<Violation> {
  if (!isOfControlPlane(request.userInfo['username'])) return new Set();
  // Pods are made all day: no owner is judged for what is only recorded.
  const acting = violations.filter(({ action }) => action !== 'Audit');
  const byPolicy = Map.groupBy(acting, ({ policy }) => policy);
  const inherited = Array.from(byPolicy, ([policy, own]) => {
    const owner = judgedOwner(policy, request, context);
    if (owner === undefined) return [];
    return owner === 'unknown' ? own : own.filter(isIn(debtOf(policy, own, owner, context), request));
  });
  return new Set(inherited.flat());
}

// What makes objects of a template may itself be made of one; nothing else of Kubernetes' own is.
const MAKERS: Readonly<Record<string, { readonly group: string; readonly kind: string }>> = {
  ReplicaSet: { group: 'apps', kind: 'Deployment' },
  Job: { group: 'batch', kind: 'CronJob' },
};

/**
 * The request that would create the owner, undefined where the policy judges none, or not this one. Only what a controller makes
 * has its owner from there; that of the owner itself a user may have written, and it excuses nothing where it is not true.
 */
function judgedOwner(policy: CompiledPolicy, made: Request, context: Context): Request | 'unknown' | undefined {
  let below: KubernetesObject | null = made.object;
  let kind = kindOf(controllerOf(below));
  while (kind !== undefined && below !== null) {
    const controller = controllerOf(below);
    if (controller?.kind !== kind.kind || controller.group !== kind.group) return undefined;
    const judged = judges(policy, kind);
    const above: TemplateKind | undefined = kindOf(MAKERS[kind.kind]);
    if (!judged && (above === undefined || !judges(policy, above))) return undefined;
    const owner = ownerOf(made, controller, kind, context);
    if (owner === undefined) return 'unknown';
    // A watch may be a moment behind: what has just been created, and judged, is not there yet.
    if (owner === null) return judged && below === made.object ? 'unknown' : undefined;
    if (judged) return matching(policy, ownerRequest(made, controller, kind, owner), context);
    [below, kind] = [owner, above];
  }
  return undefined;
}

/** Null where it is not there, or only another one of its name. Kinds with a template are asked for as v1, whatever a user writes. */
function ownerOf(
  { namespace = '' }: Request,
  { group, name, uid }: Controller,
  { resource }: TemplateKind,
  { lookup }: Context,
): KubernetesObject | null | undefined {
  const found = lookup.get(group === '' ? 'v1' : `${group}/v1`, resource, namespace, name);
  // What has none is of a file, or would be made only now.
  const own = found && mapOf(found['metadata'])['uid'];
  return own !== undefined && own !== uid ? null : found;
}

function kindOf(of: { readonly group: string; readonly kind: string } | undefined): TemplateKind | undefined {
  return of && templateKind(of.group, of.kind);
}

function judges({ matcher }: CompiledPolicy, { group, resource }: TemplateKind): boolean {
  return matcher.targets.some((target) => reaches(target, { operation: 'CREATE', group, resource }));
}

function ownerRequest(
  made: Request,
  { apiVersion, name }: Controller,
  kind: TemplateKind,
  object: KubernetesObject,
): Request {
  const { group, resource } = kind;
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  const gvk = { group, version, kind: kind.kind };
  const gvr = { group, version, resource };
  return {
    ...made,
    operation: 'CREATE',
    kind: gvk,
    resource: gvr,
    requestKind: gvk,
    requestResource: gvr,
    name,
    object,
    oldObject: null,
  };
}

function matching({ matcher }: CompiledPolicy, request: Request, { namespace }: Context): Request | undefined {
  return matches(matcher, request, namespace) === 'no' ? undefined : request;
}

interface Debt {
  /** How often the owner has each mistake. */
  readonly mistakes: Map<string, number>;
  /** The rules that have no answer for the owner. */
  readonly unknown: ReadonlySet<string>;
}

function debtOf(policy: CompiledPolicy, own: readonly Violation[], owner: Request, context: Context): Debt {
  const evaluation = startEvaluation(owner, context);
  const outcome: Outcome = { wordless: true, violations: [], failures: [], notJudged: [] };
  const subject = evaluation.subjects.of(policy);
  if (subject !== undefined) validate(evaluation, policy, subject, own[0]?.action ?? 'Deny', outcome);
  const mistakes = countOf(outcome.violations.map((violation) => keyOf(violation, owner)));
  return { mistakes, unknown: new Set(outcome.notJudged.map(({ rule }) => rule)) };
}

/** Tells, one violation after the other, whether the debt has one more like it. */
function isIn({ mistakes, unknown }: Debt, request: Request): (violation: Violation) => boolean {
  return (violation) => takeOne(mistakes, keyOf(violation, request)) || unknown.has(violation.validation.name);
}

function keyOf({ validation, path }: Violation, request: Request): string {
  return mistakeOf(validation.name, request, path);
}
