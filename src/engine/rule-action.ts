/** The level of one rule: the milder of what the policy asks for and what the rule says itself. */
import { CelError } from '../cel/value.ts';
import type { Action } from '../policy/policy.ts';
import type { CompiledPolicy, CompiledValidation } from './compiled.ts';
import type { Finding } from './decision.ts';
import { type Evaluation, evaluate } from './evaluation.ts';

type Level = Exclude<Action, 'Mutate'>;

const MILDEST_FIRST: readonly Level[] = ['Off', 'Audit', 'Warn', 'Deny'];

/** What the rule asks for at most, as far as that is known before it is evaluated. */
export function ruleAction(
  { enforcement }: CompiledPolicy,
  { action, advisory }: CompiledValidation,
  asked: Finding['action'],
): Finding['action'] {
  const most = advisory ? milder(asked, 'Warn') : asked;
  return action === undefined ? most : milder(most, raised(action, enforcement.strict));
}

/**
 * What a violation of the rule asks for: the milder of `asked` and the rule's actionExpression. An error where that
 * fails or yields no action. `item` must be bound under a forEach.
 */
export function violationAction(
  evaluation: Evaluation,
  { enforcement }: CompiledPolicy,
  { actionExpression }: CompiledValidation,
  asked: Finding['action'],
): Level | CelError {
  if (actionExpression === undefined) return asked;
  const result = evaluate(evaluation, actionExpression);
  if (result instanceof CelError) return result;
  const level = MILDEST_FIRST.find((one) => one === result || one.toLowerCase() === result);
  if (level === undefined) return new CelError('actionExpression gives none of Deny, Warn, Audit, Off');
  return milder(asked, raised(level, enforcement.strict));
}

/** Of two actions of a rule, the one that does less. */
function milder<T extends Level>(a: T, b: T): T {
  return MILDEST_FIRST.indexOf(a) < MILDEST_FIRST.indexOf(b) ? a : b;
}

function raised<T extends Level>(action: T, strict: boolean | undefined): T | 'Deny' {
  return strict && action === 'Warn' ? 'Deny' : action;
}
