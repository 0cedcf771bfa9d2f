/** The policies in force, indexed so that a request touches only those of its resource. */
import { createHash } from 'node:crypto';
import type { Action } from '../policy/policy.ts';
import type { Profile } from '../policy/settings.ts';
import type { Candidates, CompiledPolicy, LookupTarget, MatchTarget, PolicySet } from './compiled.ts';
import type { Request } from './decision.ts';
import { namespaceOf } from './match.ts';

export interface PolicySetOptions {
  readonly profile: Profile;
  readonly excludedNamespaces: readonly string[];
}

/** Applies the profile and builds the index; the same for any order of `policies`. Ids must be unique, but for native policies. */
export function policySet(policies: readonly CompiledPolicy[], options: PolicySetOptions): PolicySet {
  const sorted = policies
    .map((policy) => ({ ...policy, enforcement: enforcementUnder(options.profile, policy) }))
    .map((policy) => Object.freeze(policy))
    .sort(byName);
  const excluded: ReadonlySet<string> = new Set(options.excludedNamespaces);
  const index = indexOf(sorted.filter(canAct));
  return Object.freeze({
    policies: Object.freeze(sorted),
    profile: options.profile,
    excludedNamespaces: excluded,
    lookups: distinctLookups(sorted.filter(canAct)),
    triggerNames: new Set(sorted.flatMap(triggerNames)),
    hash: hashOf(sorted, options),
    matching: (request: Request) => {
      const candidates = index(request);
      return excluded.has(namespaceOf(request)) ? inExcluded(candidates) : candidates;
    },
  });
}

const NO_POLICIES: readonly CompiledPolicy[] = Object.freeze([]);
const NO_NATIVES: Candidates['native'] = Object.freeze({ validating: NO_POLICIES, mutating: NO_POLICIES });
const NONE: Candidates = Object.freeze({ validating: NO_POLICIES, mutating: NO_POLICIES, native: NO_NATIVES });

/** Those of ours that ask for it, and native ones: the API server excludes no namespace from its own policies. */
function inExcluded({ validating, mutating, native }: Candidates): Candidates {
  return { validating: validating.filter(judgesExcluded), mutating: mutating.filter(judgesExcluded), native };
}

function judgesExcluded({ policy }: CompiledPolicy): boolean {
  return policy.spec.excludedNamespaces === 'Judge';
}

function triggerNames({ triggers = [], validations }: CompiledPolicy): readonly string[] {
  return [...triggers, ...validations.flatMap((rule) => rule.triggers ?? [])].flat();
}

function byName(a: CompiledPolicy, b: CompiledPolicy): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return (a.native?.name ?? '') < (b.native?.name ?? '') ? -1 : 1;
}

function enforcementUnder(profile: Profile, { enforcement }: CompiledPolicy): CompiledPolicy['enforcement'] {
  const strict = profile === 'strict' ? { strict: true } : {};
  if (enforcement.settled) return { ...enforcement, ...strict };
  const overrides = enforcement.overrides.map((one) => ({ ...one, action: actionUnder(profile, one.action) }));
  return { ...enforcement, action: actionUnder(profile, enforcement.action), overrides, ...strict };
}

function actionUnder(profile: Profile, action: Action): Action {
  if (profile === 'baseline') return action === 'Off' ? 'Off' : 'Audit';
  return profile === 'strict' && action === 'Warn' ? 'Deny' : action;
}

/** Whether the policy does anything in any namespace. */
export function canAct({ enforcement }: CompiledPolicy): boolean {
  return enforcement.action !== 'Off' || enforcement.overrides.some((override) => override.action !== 'Off');
}

/**
 * Every exact (operation, group, resource) that a policy names has its own list, policies with wildcards included; any
 * other request gets the few policies whose wildcards reach it.
 */
function indexOf(policies: readonly CompiledPolicy[]): (request: Request) => Candidates {
  const exact = new Map<string, Candidates>();
  for (const target of policies.flatMap((policy) => policy.matcher.targets).flatMap(everyOperation)) {
    const key = keyOf(target.operation, target.group, target.resource);
    if (isExact(target) && !exact.has(key)) exact.set(key, candidates(policies, target));
  }
  const wild = policies.filter((policy) => !policy.matcher.targets.every(isExact));
  return (request) => {
    const { group, resource } = request.resource;
    const wanted = request.subResource ? `${resource}/${request.subResource}` : resource;
    const found = exact.get(keyOf(request.operation, group, wanted));
    if (found) return found;
    return wild.length === 0 ? NONE : candidates(wild, { operation: request.operation, group, resource: wanted });
  };
}

function keyOf(operation: string, group: string, resource: string): string {
  return `${operation} ${group}/${resource}`;
}

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

function everyOperation(target: MatchTarget): readonly MatchTarget[] {
  return target.operation === '*' ? OPERATIONS.map((operation) => ({ ...target, operation })) : [target];
}

function isExact({ group, resource }: MatchTarget): boolean {
  return group !== '*' && !resource.includes('*');
}

function candidates(policies: readonly CompiledPolicy[], request: MatchTarget): Candidates {
  const found = policies.filter((policy) => policy.matcher.targets.some((target) => reaches(target, request)));
  const ours = found.filter(({ native }) => native === undefined);
  const validating = found.filter(({ native }) => native?.kind === 'validating');
  const mutating = found.filter(({ native }) => native?.kind === 'mutating');
  return Object.freeze({
    validating: Object.freeze(ours.filter((policy) => policy.validations.length > 0)),
    mutating: Object.freeze(ours.filter((policy) => policy.mutations.length > 0)),
    native: validating.length + mutating.length === 0 ? NO_NATIVES : Object.freeze({ validating, mutating }),
  });
}

/** Whether a target of a rule means this operation, group and resource; versions are not asked. */
export function reaches(target: MatchTarget, request: MatchTarget): boolean {
  if (target.operation !== '*' && target.operation !== request.operation) return false;
  if (target.group !== '*' && target.group !== request.group) return false;
  if (target.resource === '*/*') return true;
  const [resource, subresource] = target.resource.split('/');
  const [wanted, wantedSub] = request.resource.split('/');
  if (resource !== '*' && resource !== wanted) return false;
  return subresource === '*' ? wantedSub !== undefined : subresource === wantedSub;
}

function distinctLookups(policies: readonly CompiledPolicy[]): readonly LookupTarget[] {
  const targets = policies.flatMap((policy) => policy.lookups);
  const byName = new Map(targets.map((target) => [`${target.apiVersion} ${target.resource}`, target]));
  return Object.freeze([...byName.keys()].sort().flatMap((name) => byName.get(name) ?? []));
}

function hashOf(policies: readonly CompiledPolicy[], options: PolicySetOptions): string {
  const parts = policies.map(({ id, policy, params, enforcement }) => [id, policy.spec, params, enforcement]);
  return createHash('sha256')
    .update(JSON.stringify([parts, options]))
    .digest('hex')
    .slice(0, 16);
}
