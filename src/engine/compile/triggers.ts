/** Which fields a rule needs to find before it can be broken. */
import type { Assumptions } from '../../cel/foresee.ts';
import { DATA, type Foreseen, isKnown, known, UNKNOWN, VALUE } from '../../cel/foreseen.ts';
import type { JsonMap, Value } from '../../cel/value.ts';
import type { CheckedPolicy } from '../../policy/parse.ts';
import type { CompiledCondition, CompiledPolicy, CompiledValidation } from '../compiled.ts';
import { CERTAIN_PATHS, type Triggers } from '../triggers.ts';

/** The policy with what is known of it ahead; `checked` is what was found out before for the same parameters. */
export function withTriggers(policy: CompiledPolicy, checked: CheckedPolicy | undefined): CompiledPolicy {
  const { validations, matchConditions, matcher } = policy;
  // Whether it applies may not be known: that is said, whatever its rules would find.
  const isSure = matcher.namespace === undefined || matcher.namespace.byNameOnly;
  return {
    ...policy,
    validations: validations.map((rule, index) => ({
      ...rule,
      triggers: checked?.triggers[index] ?? triggersOf((isAbsent) => holds(rule, policy, isAbsent)),
    })),
    triggers: checked?.conditions ?? (isSure ? conditionTriggers(policy) : []),
    quiet: checked?.quiet ?? (isSure && matchConditions.every((condition) => isQuiet(condition, policy))),
  };
}

/** What the expressions of a policy share. */
type Shared = Pick<CompiledPolicy, 'variables' | 'params' | 'subject'>;

function conditionTriggers(policy: CompiledPolicy): Triggers {
  const isFalse = ({ program }: CompiledCondition, isAbsent: IsAbsent): boolean =>
    isKnown(program.foresee(assume(policy, isAbsent)), false);
  return policy.matchConditions.flatMap((condition) => triggersOf((isAbsent) => isFalse(condition, isAbsent)));
}

/** Sets of names without which something is so for every object; none where nothing makes sure of it. */
function triggersOf(isSo: (isAbsent: IsAbsent) => boolean): Triggers {
  const names = new Set<string>();
  const note = (answer: boolean) => (name: string) => {
    names.add(name);
    return answer;
  };
  // Which names it asks for depends on what it is told of the others.
  isSo(note(false));
  isSo(note(true));
  const isSoWithout = (absent: ReadonlySet<string>): boolean => isSo((name) => absent.has(name));
  const single = [...names].filter((name) => isSoWithout(new Set([name])));
  if (single.length > 0) return single.map((name) => [name]);
  if (names.size === 0 || !isSoWithout(names)) return isSoWithout(new Set()) ? [[]] : [];
  return [leastOf([...names], isSoWithout)];
}

/** Without what can be left out; the outer names come first, and are in most objects. */
function leastOf(names: readonly string[], isSoWithout: (absent: ReadonlySet<string>) => boolean): readonly string[] {
  const least = new Set(names);
  for (const name of names) {
    least.delete(name);
    if (!isSoWithout(least)) least.add(name);
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
    certain: CERTAIN_PATHS[shared.subject],
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
