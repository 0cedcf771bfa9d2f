/** Which fields a rule needs to find before it can be broken. */
import type { Assumptions } from '../../cel/foresee.ts';
import { DATA, type Foreseen, isKnown, known, UNKNOWN, VALUE } from '../../cel/foreseen.ts';
import type { JsonMap, Value } from '../../cel/value.ts';
import type { CheckedPolicy } from '../../policy/parse.ts';
import type { CompiledCondition, CompiledPolicy, CompiledValidation } from '../compiled.ts';
import { CERTAIN_PATHS, type Triggers } from '../triggers.ts';

/** The policy with what is known of its rules ahead; `checked` is what was found out before for the same parameters. */
export function withTriggers(policy: CompiledPolicy, checked: CheckedPolicy | undefined): CompiledPolicy {
  if (policy.subject !== 'PodTemplate') return policy;
  const { validations, matchConditions, matcher } = policy;
  const asksNamespace = matcher.namespace !== undefined && !matcher.namespace.byNameOnly;
  return {
    ...policy,
    validations: validations.map((rule, index) => ({
      ...rule,
      triggers: checked?.triggers[index] ?? triggersOf(rule, policy),
    })),
    quiet: checked?.quiet ?? (!asksNamespace && matchConditions.every((condition) => isQuiet(condition, policy))),
  };
}

/** What the expressions of a policy share. */
type Shared = Pick<CompiledPolicy, 'variables' | 'params'>;

/** The triggers of a rule; none for one that any Pod may break. */
function triggersOf(rule: CompiledValidation, shared: Shared): Triggers {
  const names = new Set<string>();
  const note = (answer: boolean) => (name: string) => {
    names.add(name);
    return answer;
  };
  // Which names it asks for depends on what it is told of the others.
  holds(rule, shared, note(false));
  holds(rule, shared, note(true));
  const holdsWithout = (absent: ReadonlySet<string>): boolean => holds(rule, shared, (name) => absent.has(name));
  const single = [...names].filter((name) => holdsWithout(new Set([name])));
  if (single.length > 0) return single.map((name) => [name]);
  if (names.size === 0 || !holdsWithout(names)) return holdsWithout(new Set()) ? [[]] : [];
  return [leastOf([...names], holdsWithout)];
}

/** Without what can be left out; the outer names come first, and are in most objects. */
function leastOf(names: readonly string[], holdsWithout: (absent: ReadonlySet<string>) => boolean): readonly string[] {
  const least = new Set(names);
  for (const name of names) {
    least.delete(name);
    if (!holdsWithout(least)) least.add(name);
  }
  return [...least];
}

/** Whether the condition has an answer for every Pod. */
function isQuiet({ program }: CompiledCondition, shared: Shared): boolean {
  return program.foresee(assume(shared, () => false)).kind !== 'unknown';
}

type IsAbsent = Assumptions['isAbsent'];

function holds({ forEach, program }: CompiledValidation, shared: Shared, isAbsent: IsAbsent): boolean {
  const items = forEach?.foresee(assume(shared, isAbsent)) ?? known([null]);
  const each = (item: Foreseen): boolean => isKnown(program.foresee(assume(shared, isAbsent, item)), true);
  if (items.kind === 'known' && Array.isArray(items.value)) {
    return (items.value as readonly Value[]).every((item) => each(known(item)));
  }
  if (items.kind === 'list') return each(items.of);
  return items.kind === 'data' && each(DATA);
}

function assume(shared: Shared, isAbsent: IsAbsent, item: Foreseen = UNKNOWN): Assumptions {
  const ofVariables = new Map<string, Foreseen>();
  const assumptions: Assumptions = {
    isAbsent,
    certain: CERTAIN_PATHS,
    variable(name, field = '') {
      if (name !== 'variables') return variable(name, shared.params, item);
      const foreseen = ofVariables.get(field) ?? shared.variables.get(field)?.foresee(assumptions) ?? UNKNOWN;
      ofVariables.set(field, foreseen);
      return foreseen;
    },
  };
  return assumptions;
}

function variable(name: string, params: JsonMap, item: Foreseen): Foreseen {
  switch (name) {
    case 'object':
    case 'workload':
      return DATA;
    case 'params':
      return known(params);
    case 'item':
      return item;
    case 'request':
    case 'kubernetesVersion':
    case 'now':
      return VALUE;
    default:
      return UNKNOWN;
  }
}
