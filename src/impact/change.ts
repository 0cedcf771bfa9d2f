/** The policies as they would be after a change. */
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { policySet } from '../engine/policy-set.ts';
import type { Action } from '../policy/policy.ts';

/**
 * The set with its validating policies at this action, everywhere. Those of Kubernetes itself stay as they are: their
 * bindings say what they do.
 */
export function withAction(set: PolicySet, action: Exclude<Action, 'Mutate'>): PolicySet {
  const { profile, excludedNamespaces } = set;
  const changed = (policy: CompiledPolicy): CompiledPolicy => {
    if (policy.validations.length === 0 || policy.native !== undefined) return policy;
    return { ...policy, enforcement: { ...policy.enforcement, action, overrides: [], settled: true } };
  };
  return policySet(set.policies.map(changed), { profile, excludedNamespaces: [...excludedNamespaces] });
}

/** No policy at all: what any set of them is a change of. */
export const NO_POLICIES: PolicySet = policySet([], { profile: 'recommended', excludedNamespaces: [] });
