/** Exported policies, taken in again by the engine's native half. */
import { compilePolicy } from '../../src/engine/compile/policy.ts';
import type { PolicySet } from '../../src/engine/compiled.ts';
import type { Context, Decision, Request } from '../../src/engine/decision.ts';
import { compileNatives } from '../../src/engine/native/compile.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { type ExportOptions, exportPolicies } from '../../src/export/export.ts';
import { yamlOf } from '../../src/export/text.ts';
import type { FixtureRequest } from '../../src/fixtures/cluster.ts';
import { parsePolicies } from '../../src/policy/parse.ts';
import { formatProblem, type Problem } from '../../src/policy/problem.ts';
import type { Settings } from '../../src/policy/settings.ts';
import { sourceOf } from '../support/policy-pack.ts';

/** A policy of the pack by itself, at its strictest, and without the ratchet that native policies lack. */
export function strictly(id: string, settings: Settings): PolicySet {
  const source = sourceOf(id);
  const own = settings.policies[id];
  const action = source.policy.spec.mutations ? 'Mutate' : 'Deny';
  const enforcement = { action, existing: 'Enforce', ...own?.enforcement } as const;
  const compiled = compilePolicy(source, { ...own, enforcement });
  if (!compiled.ok) throw unusable(compiled.problems);
  return policySet([compiled.policy], settings);
}

/** The user whose owners are believed. */
export const CONTROLLER = 'system:serviceaccount:kube-system:replicaset-controller';

export interface Asked {
  readonly request: Request;
  readonly context: Context;
}

/** A request of a fixture as it comes to a webhook, from a controller of Kubernetes: nothing is known of a file. */
export function byController({ request, context: { namespace, lookup, now } }: FixtureRequest): Asked {
  return { request: { ...request, userInfo: { username: CONTROLLER } }, context: { namespace, lookup, now } };
}

/** Exemptions are left behind, as docs/export.md says: of an object that has one, an export says something else. */
export function isExempt({ object }: Request): boolean {
  return JSON.stringify(object).includes('"tidegate.dev/exempt"');
}

/** What is denied or warned of by policies of ours, one line per rule, as their export words it; sorted. */
export function denialsOf({ findings }: Decision): readonly string[] {
  const byRule = new Map<string, string[]>();
  for (const { policy, rule, action, message } of findings.filter((one) => one.action !== 'Audit')) {
    const key = `${action} ${policy} ${rule}`;
    byRule.set(key, [...(byRule.get(key) ?? [`${action}: ${policy}:`]), message]);
  }
  return [...byRule.values()].map((messages) => messages.join(' ')).sort();
}

/** The same of native policies, but for expressions that failed. */
export function nativeDenialsOf({ native }: Decision): readonly string[] {
  const denials = (native?.denials ?? []).filter(({ message }) => !message.includes(' resulted in error: '));
  const spoken = denials.flatMap(({ actions, message }) =>
    actions.filter((action) => action !== 'Audit').map((action) => `${action}: ${message}`),
  );
  return spoken.sort();
}

/** The export of the set as a set of its own, through the text that is printed; undefined where a rule stays behind. */
export function nativeSet(set: PolicySet, options: ExportOptions): PolicySet | undefined {
  const { documents, obstacles } = exportPolicies(set.policies, options);
  return obstacles.length > 0 ? undefined : nativesOf(yamlOf(documents));
}

/** The native policies of a text; throws with every problem, and where one would do nothing. */
export function nativesOf(text: string): PolicySet {
  const { natives, problems } = parsePolicies(text, 'exported.yaml');
  const compiled = compileNatives(natives);
  const all = [...problems, ...compiled.problems, ...compiled.idle];
  if (all.length > 0) throw unusable(all);
  return policySet(compiled.policies, { profile: 'recommended', excludedNamespaces: [] });
}

function unusable(problems: readonly Problem[]): Error {
  return new Error(problems.map(formatProblem).join('\n'));
}
