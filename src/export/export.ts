/** Policies of ours as native ones: what goes, what stays behind and why, and what means less than it did. */
import type { CompiledPolicy } from '../engine/compiled.ts';
import type { ResourceRule } from '../policy/policy.ts';
import { documentsOf, type NativeResource } from './document.ts';
import { type Obstacle, type PortableRule, portableRules, type RuleResult } from './rule.ts';
import type { TranslationOptions } from './translate.ts';

export interface ExportOptions extends TranslationOptions {
  readonly excludedNamespaces: readonly string[];
}

export interface Export {
  /** Each policy before its bindings. */
  readonly documents: readonly NativeResource[];
  /** The policies of which at least one rule went. */
  readonly policies: readonly string[];
  /** Rules that did not go. */
  readonly obstacles: readonly Obstacle[];
  /** What went, but means less in a native policy. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly policies: readonly string[];
  readonly message: string;
}

/** Exports the policies in their order. Those that are Off everywhere, and native ones, are named in the notes. */
export function exportPolicies(policies: readonly CompiledPolicy[], options: ExportOptions): Export {
  const active = policies.filter((policy) => policy.native === undefined && isActive(policy));
  const results = active.flatMap((policy) => rulesOf(policy, options));
  const rules = results.flatMap((result) => (result.ok ? [result.rule] : []));
  return {
    documents: documentsOf(rules, options.excludedNamespaces),
    policies: [...new Set(rules.map(({ policy }) => policy.id))],
    obstacles: results.flatMap((result) => (result.ok ? [] : [result])),
    notes: notesOn(policies, rules),
  };
}

function isActive({ enforcement: { action, overrides } }: CompiledPolicy): boolean {
  return [action, ...overrides.map((override) => override.action)].some((one) => one !== 'Off');
}

function rulesOf(policy: CompiledPolicy, options: ExportOptions): readonly RuleResult[] {
  const obstacle = obstacleOf(policy);
  if (obstacle === undefined) return portableRules(policy, options);
  return [...policy.validations, ...policy.mutations].map(({ name }) => ({
    ok: false,
    policy: policy.id,
    rule: name,
    message: obstacle,
  }));
}

/** What keeps the whole policy. */
function obstacleOf({ subject, enforcement, mutations, policy }: CompiledPolicy): string | undefined {
  const isNamespaced =
    subject === 'PodTemplate' || (policy.spec.matchConstraints?.resourceRules ?? []).every(isOfNamespaces);
  if (enforcement.overrides.length > 0 && !isNamespaced) {
    return 'has overrides by namespace, and may match objects that are in none: give its resourceRules scope: Namespaced';
  }
  const actions = [enforcement.action, ...enforcement.overrides.map(({ action }) => action)];
  if (mutations.length > 0 && !actions.includes('Mutate')) return 'only says what it would change (Audit)';
  return undefined;
}

/** Groups of Kubernetes itself whose resources are all in namespaces. */
const OF_NAMESPACES = ['apps', 'batch', 'autoscaling'];

function isOfNamespaces({ scope, apiGroups }: ResourceRule): boolean {
  return scope === 'Namespaced' || apiGroups.every((group) => OF_NAMESPACES.includes(group));
}

const NOTES: readonly { readonly message: string; readonly concerns: (policy: CompiledPolicy) => boolean }[] = [
  {
    message: 'old violations are refused on UPDATE too: a native policy tolerates nothing that was there before',
    concerns: ({ validations, enforcement }) => validations.length > 0 && enforcement.existing === 'Tolerate',
  },
  {
    message: 'fixes stay behind: a native policy says only what is wrong',
    concerns: ({ validations }) => validations.some(({ fix }) => fix !== undefined),
  },
  {
    message: 'Pods of operators are not audited: a native policy cannot be milder with some objects',
    concerns: ({ subject, validations, policy }) =>
      subject === 'PodTemplate' && validations.length > 0 && policy.spec.ownedPods !== 'Judge',
  },
  {
    message: 'in namespaces where they are Audit nothing is said: a native policy changes or does not',
    concerns: ({ mutations, enforcement }) =>
      mutations.length > 0 && [enforcement, ...enforcement.overrides].some(({ action }) => action === 'Audit'),
  },
];

function notesOn(all: readonly CompiledPolicy[], rules: readonly PortableRule[]): readonly Note[] {
  const gone = [...new Set(rules.map(({ policy }) => policy))];
  const notes = NOTES.map(({ message, concerns }) => ({ policies: idsOf(gone.filter(concerns)), message }));
  const idle = [
    { policies: idsOf(all.filter((policy) => policy.native === undefined && !isActive(policy))), message: 'Off' },
    { policies: idsOf(all.filter((policy) => policy.native !== undefined)), message: 'native already' },
  ].map(({ policies, message }) => ({ policies, message: `not exported: ${message}` }));
  return [...notes, ...idle].filter(({ policies }) => policies.length > 0);
}

function idsOf(policies: readonly CompiledPolicy[]): readonly string[] {
  return policies.map(({ id }) => id);
}
