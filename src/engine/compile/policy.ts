/** A policy that fits its schema -> one that can be evaluated; whatever is wrong with it is said here, before any traffic. */
import { bindParameters } from '../../policy/parameters.ts';
import type { PolicySource } from '../../policy/parse.ts';
import type { PolicySpec } from '../../policy/policy.ts';
import { inOrder, type Problem } from '../../policy/problem.ts';
import type { PolicySettings, SettingsPlace } from '../../policy/settings.ts';
import type { CompiledPolicy } from '../compiled.ts';
import { type Draft, report, reportSetting, type SettingsOf } from '../draft.ts';
import { compileConstraints } from './constraints.ts';
import { compileEnforcement } from './enforcement.ts';
import { compileConditions, compileMutations, compileValidations, compileVariables } from './rules.ts';
import { withTriggers } from './triggers.ts';

export type CompileResult =
  | { readonly ok: true; readonly policy: CompiledPolicy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Compiles a policy under the settings that are given for it. Problems of the settings are named at `place`, if there is
 * one, all others in the policy's own file.
 */
export function compilePolicy(
  source: PolicySource,
  settings: PolicySettings = {},
  place?: SettingsPlace,
): CompileResult {
  const { metadata, spec } = source.policy;
  const draft: Draft = { source, programs: [], lookups: new Map(), problems: [] };
  const settingsOf = { place, path: ['policies', metadata.name] };
  checkRules(draft, spec);
  const params = compileParameters(draft, spec, settings, settingsOf);
  const matcher = compileConstraints(draft, spec);
  const enforcement = compileEnforcement(draft, spec, settings, settingsOf);
  const matchConditions = compileConditions(draft, spec.matchConditions ?? []);
  const variables = compileVariables(draft, spec.variables ?? []);
  const validations = compileValidations(draft, variables.environment, spec.validations ?? []);
  const mutations = compileMutations(draft, variables.environment, spec.mutations ?? []);
  if (draft.problems.length > 0) return { ok: false, problems: inOrder(draft.problems) };
  const policy: CompiledPolicy = {
    id: metadata.name,
    policy: source.policy,
    file: source.file,
    subject: spec.subject ?? 'Resource',
    failurePolicy: spec.failurePolicy ?? 'Fail',
    enforcement,
    params,
    matcher,
    matchConditions,
    variables: variables.programs,
    validations,
    mutations,
    reads: new Set(source.checked?.reads ?? draft.programs.flatMap((program) => [...program.references])),
    lookups: source.checked?.lookups ?? [...draft.lookups.values()],
  };
  const checked = settings.parameters === undefined ? source.checked : undefined;
  return { ok: true, policy: Object.freeze(withTriggers(policy, checked)) };
}

function checkRules(draft: Draft, spec: PolicySpec): void {
  if (spec.validations && spec.mutations) {
    report(draft, ['spec', 'mutations'], 'a policy has validations or mutations, never both');
  }
  if (!spec.validations && !spec.mutations) report(draft, ['spec'], 'needs validations or mutations');
}

function compileParameters(
  draft: Draft,
  spec: PolicySpec,
  settings: PolicySettings,
  settingsOf: SettingsOf,
): CompiledPolicy['params'] {
  const { checked } = draft.source;
  if (checked !== undefined && settings.parameters === undefined) return checked.defaults;
  const binding = bindParameters(spec.parameters, settings.parameters);
  if (binding.ok) return binding.params;
  for (const { path, message, hint } of binding.errors) {
    if (binding.of === 'schema') report(draft, ['spec', 'parameters', ...path], message, { hint });
    else reportSetting(draft, settingsOf, ['parameters', ...path], message, hint);
  }
  return {};
}
