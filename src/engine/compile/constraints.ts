/** matchConstraints of a policy -> its matcher. */
import type { Path } from '../../policy/path.ts';
import type { MatchResources, PolicySpec, ResourceRule } from '../../policy/policy.ts';
import type { Matcher } from '../compiled.ts';
import { type Draft, report } from '../draft.ts';
import { selectorProblem } from '../library/selector.ts';
import { compileMatcher, TEMPLATE_RULES } from '../match.ts';
import { TEMPLATE_KINDS } from '../template-kinds.ts';

/** The matcher; with subject PodTemplate, rules that are left out mean every kind with a Pod template. */
export function compileConstraints(draft: Draft, spec: PolicySpec): Matcher {
  const given = spec.matchConstraints ?? {};
  const ofTemplates = spec.subject === 'PodTemplate';
  const constraints: MatchResources = ofTemplates
    ? { ...given, resourceRules: given.resourceRules ?? TEMPLATE_RULES }
    : given;
  const at = ['spec', 'matchConstraints'];
  if (!constraints.resourceRules?.length) {
    report(draft, at, 'needs resourceRules', { hint: 'or subject: PodTemplate, which means all workloads' });
  }
  for (const field of ['namespaceSelector', 'objectSelector'] as const) {
    const problem = given[field] && selectorProblem(given[field]);
    if (problem) report(draft, [...at, field], problem);
  }
  if (ofTemplates) checkTemplateRules(draft, [...at, 'resourceRules'], given.resourceRules ?? []);
  return compileMatcher(constraints);
}

// What holds a Pod besides the kinds themselves. Status is written by controllers and holds nothing to judge.
const POD_SUBRESOURCES = ['pods/ephemeralcontainers', 'pods/resize'];

function checkTemplateRules(draft: Draft, at: Path, rules: readonly ResourceRule[]): void {
  const known = [...TEMPLATE_KINDS.map(({ resource }) => resource), ...POD_SUBRESOURCES];
  for (const [index, rule] of rules.entries()) {
    for (const [position, resource] of rule.resources.entries()) {
      if (known.includes(resource)) continue;
      const hint = `PodTemplate knows ${known.join(', ')}`;
      report(draft, [...at, index, 'resources', position], `"${resource}" has no Pod template`, { hint });
    }
  }
}
