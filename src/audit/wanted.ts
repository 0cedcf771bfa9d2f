/** Which kinds of a cluster an audit has to read: what policies judge, and what they look up. */
import type { CompiledPolicy, LookupTarget, PolicySet } from '../engine/compiled.ts';
import type { Request } from '../engine/decision.ts';
import { isCustomGroup } from '../engine/native/equivalent-resources.ts';
import { pluralOf } from '../engine/object/plural.ts';
import { canAct, reaches } from '../engine/policy-set.ts';
import type { BrokenGroup, Discovery, ServedResource } from '../kube/discovery.ts';
import { groupOf } from '../policy/api-version.ts';
import type { Problem } from '../policy/problem.ts';

export interface WantedResource extends ServedResource {
  /** Policies judge its objects. */
  readonly judged: boolean;
  /** Policies look things up in it. */
  readonly lookedUp: boolean;
}

/**
 * What to read so that the policies can judge a cluster, each kind once although it is served in several groups and versions:
 * in the version that lookups name, else in one that rules name, else in the preferred one. Namespaces are always
 * among them. `named` (kinds as kubectl knows them) leaves only these to be judged. Left out are what cannot be listed, and Secrets
 * unless they are named; Events and their like where no rule names them outright.
 */
export function wantedResources(
  set: PolicySet,
  { resources }: Discovery,
  named: readonly string[] = [],
): readonly WantedResource[] {
  const policies = set.policies.filter(canAct);
  const lookups = [...ALWAYS, ...set.lookups, ...definitionsFor(policies)];
  const listable = resources.filter(({ verbs }) => verbs.includes('list'));
  const families = Map.groupBy(listable, familyOf).values();
  return [...families].flatMap((versions) => wantedOf(versions, policies, lookups, named));
}

/** The groups that do not answer in which the policies would judge or look up something. */
export function missedGroups(set: PolicySet, { broken }: Discovery): readonly BrokenGroup[] {
  const targets = set.policies.filter(canAct).flatMap(({ matcher }) => matcher.targets);
  const judged = targets.filter(({ operation }) => operation === '*' || WRITES.has(operation));
  const groups = new Set([
    ...judged.map(({ group }) => group),
    ...set.lookups.map(({ apiVersion }) => groupOf(apiVersion)),
  ]);
  return broken.filter(({ group }) => groups.has(group) || groups.has('*'));
}

/** What people are told of groups that do not answer. */
export function groupProblems(broken: readonly BrokenGroup[]): readonly Problem[] {
  return broken.filter(({ group }) => !METRICS.test(group)).map(({ group, message }) => ({ file: group, message }));
}

// These are often away for a moment, and hold nothing that anybody has written.
const METRICS = /^(custom\.|external\.)?metrics\.k8s\.io$/;

/** What a namespaceSelector asks for, and what excuses findings. */
const ALWAYS: readonly LookupTarget[] = [
  { apiVersion: 'v1', resource: 'namespaces' },
  { apiVersion: 'tidegate.dev/v1alpha1', resource: 'policyexceptions' },
];

/** The params of a native policy are found by the definition of their kind, where that is a custom one. */
function definitionsFor(policies: readonly CompiledPolicy[]): readonly LookupTarget[] {
  const custom = policies.some(({ native }) => native?.params && isCustomGroup(groupOf(native.params.apiVersion)));
  return custom ? [{ apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' }] : [];
}

// Groups that serve what others serve too.
const MOVED: Readonly<Record<string, string>> = {
  ' events': 'events.k8s.io',
  'extensions daemonsets': 'apps',
  'extensions deployments': 'apps',
  'extensions ingresses': 'networking.k8s.io',
  'extensions networkpolicies': 'networking.k8s.io',
  'extensions podsecuritypolicies': 'policy',
  'extensions replicasets': 'apps',
};

/** The same for all groups and versions in which the same objects are served. */
function familyOf({ apiVersion, resource }: ServedResource): string {
  const group = groupOf(apiVersion);
  return `${MOVED[`${group} ${resource}`] ?? group} ${resource}`;
}

function wantedOf(
  versions: readonly ServedResource[],
  policies: readonly CompiledPolicy[],
  lookups: readonly LookupTarget[],
  named: readonly string[],
): readonly WantedResource[] {
  const isAsked = versions.some((served) => isNamed(served, named));
  if (versions.some(isSecret) && !isAsked) return [];
  const lookedUp = versions.filter((served) => lookups.some((target) => isTarget(served, target)));
  const judged = named.length > 0 ? isAsked : versions.some((served) => isJudged(served, policies));
  const own = judged ? judgedVersion(versions, lookedUp, policies) : undefined;
  const read = versions.filter((served) => served === own || lookedUp.includes(served));
  return read.map((served) => ({ ...served, judged: served === own, lookedUp: lookedUp.includes(served) }));
}

function judgedVersion(
  versions: readonly ServedResource[],
  lookedUp: readonly ServedResource[],
  policies: readonly CompiledPolicy[],
): ServedResource | undefined {
  const current = versions.toSorted((a, b) => Number(isBygone(a)) - Number(isBygone(b)));
  return lookedUp[0] ?? current.find((served) => isCovered(served, policies)) ?? current[0];
}

/** Kubernetes has moved its kinds out of there. */
function isBygone({ apiVersion }: ServedResource): boolean {
  return groupOf(apiVersion) === 'extensions';
}

/** A Secret would be read as a whole, with what it holds. */
function isSecret({ apiVersion, resource }: ServedResource): boolean {
  return apiVersion === 'v1' && resource === 'secrets';
}

/** By its guessed plural too: native policies name the kinds of their params. */
function isTarget({ apiVersion, kind, resource }: ServedResource, target: LookupTarget): boolean {
  if (apiVersion !== target.apiVersion) return false;
  return resource === target.resource || pluralOf(kind) === target.resource;
}

// Programs write them all the time, by the thousand: `*` does not mean these.
const CHATTER: ReadonlySet<string> = new Set(['events', 'leases', 'endpointslices', 'policyreports', 'reports']);

const WRITES: ReadonlySet<string> = new Set(['CREATE', 'UPDATE']);

/** Nothing judges what nobody can write. */
function isJudged({ apiVersion, resource, verbs }: ServedResource, policies: readonly CompiledPolicy[]): boolean {
  if (!verbs.includes('create') && !verbs.includes('update')) return false;
  const group = groupOf(apiVersion);
  const targets = policies.flatMap(({ matcher }) => matcher.targets);
  return targets.some((target) => {
    if (target.operation !== '*' && !WRITES.has(target.operation)) return false;
    if (CHATTER.has(resource) && target.resource !== resource) return false;
    return reaches(target, { ...target, group, resource });
  });
}

/** Whether a rule names this very version. */
function isCovered(served: ServedResource, policies: readonly CompiledPolicy[]): boolean {
  const requests = [...WRITES].map((operation) => requestFor(served, operation as Request['operation']));
  return policies.some(({ matcher }) => matcher.rules.some((covers) => requests.some(covers)));
}

function requestFor(
  { apiVersion, kind, resource, namespaced }: ServedResource,
  operation: Request['operation'],
): Request {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return {
    uid: '',
    kind: { group, version, kind },
    resource: { group, version, resource },
    namespace: namespaced ? 'default' : '',
    operation,
    userInfo: {},
    object: null,
    oldObject: null,
  };
}

/** Whether it goes by one of these names: `Deployment`, `deployments`, `deploy`, `deployment.apps`, `deployments.v1.apps`. */
export function isNamed(served: ServedResource, names: readonly string[]): boolean {
  const { apiVersion, kind, resource, shortNames } = served;
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const words = [kind.toLowerCase(), resource, ...shortNames];
  const known = words.flatMap((word) => [word, `${word}.${group}`, `${word}.${version}.${group}`]);
  return names.some((name) => known.includes(name.toLowerCase()));
}
