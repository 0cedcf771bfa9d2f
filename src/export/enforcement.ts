/** What a rule asks for, and the namespaces in which it does. */
import { activation } from '../cel/activation.ts';
import type { CompiledPolicy, CompiledValidation } from '../engine/compiled.ts';
import { CONDITIONS } from '../engine/environment.ts';
import { ruleAction } from '../engine/rule-action.ts';
import type { Action, LabelSelector } from '../policy/policy.ts';

/** In the namespaces that a selector selects, the first that does, and everywhere else. */
export interface RuleEnforcement {
  readonly action: Action;
  readonly overrides: readonly { readonly selector: LabelSelector; readonly action: Action }[];
}

/** What the validation asks for; or, as text, why that is not known before there is an object. */
export function ruleEnforcement(policy: CompiledPolicy, rule: CompiledValidation): RuleEnforcement | string {
  const own = ownAction(policy, rule);
  if (own === undefined) return 'decides by the object what it asks for (actionExpression)';
  const actionOf = (asked: Action): Action => {
    if (asked === 'Off' || asked === 'Mutate' || own === 'Off') return 'Off';
    return ruleAction(policy, own === 'policy' ? rule : { ...rule, action: own }, asked);
  };
  const { action, overrides } = policy.enforcement;
  return {
    action: actionOf(action),
    overrides: overrides.map(({ selector, action: asked }) => ({ selector, action: actionOf(asked) })),
  };
}

const ACTIONS = ['Deny', 'Warn', 'Audit', 'Off'] as const;

/** An actionExpression over nothing but parameters has its answer already. */
function ownAction(policy: CompiledPolicy, rule: CompiledValidation): (typeof ACTIONS)[number] | 'policy' | undefined {
  const { actionExpression } = rule;
  if (actionExpression === undefined) return 'policy';
  if ([...actionExpression.references].some((name) => name !== 'params')) return undefined;
  const answer = actionExpression.evaluate(activation(CONDITIONS, { params: policy.params }));
  return ACTIONS.find((action) => action === answer || action.toLowerCase() === answer);
}

/** One action in the namespaces that the selector selects; without a selector, everywhere. */
export interface Place {
  readonly action: Action;
  readonly selector?: LabelSelector;
}

/** The places of an enforcement: no two overlap, and together they are all namespaces but those where it is Off. */
export function placesOf({ action, overrides }: RuleEnforcement): readonly Place[] {
  if (overrides.length === 0) return [{ action }];
  let rest: readonly Requirement[][] = [[]];
  const places: Place[] = [];
  for (const override of overrides) {
    const wanted = requirementsOf(override.selector);
    places.push(...rest.map((earlier) => placeOf(override.action, [...earlier, ...wanted])));
    rest = rest.flatMap((earlier) => complementOf(wanted).map((others) => [...earlier, ...others]));
  }
  return [...places, ...rest.map((others) => placeOf(action, others))].filter((place) => place.action !== 'Off');
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

function placeOf(action: Action, matchExpressions: readonly Requirement[]): Place {
  return { action, selector: { matchExpressions } };
}

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): readonly Requirement[] {
  const labels = Object.entries(matchLabels).map(([key, value]) => ({ key, operator: 'In' as const, values: [value] }));
  return [...labels, ...matchExpressions];
}

/** What all of the requirements select not, in parts that do not overlap: the first fails, or it holds and the second fails, … */
function complementOf(requirements: readonly Requirement[]): readonly (readonly Requirement[])[] {
  return requirements.map((requirement, index) => [...requirements.slice(0, index), negated(requirement)]);
}

const OPPOSITE = { In: 'NotIn', NotIn: 'In', Exists: 'DoesNotExist', DoesNotExist: 'Exists' } as const;

/** What lacks the label is selected by NotIn and not by In, so that these two are opposites. */
function negated(requirement: Requirement): Requirement {
  return { ...requirement, operator: OPPOSITE[requirement.operator] };
}
