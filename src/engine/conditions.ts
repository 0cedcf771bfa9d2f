/** matchConditions, as the API server reads them: any false skips the policy, whatever the others say. */
import { CelError } from '../cel/value.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { EvaluationFailure, NotJudged } from './decision.ts';
import { describeError, type Evaluation, evaluate } from './evaluation.ts';

/** Where rules that gave no answer are collected; the lists are appended to. */
export interface Unanswered {
  readonly failures: EvaluationFailure[];
  readonly notJudged: NotJudged[];
}

interface Report {
  readonly policy: CompiledPolicy;
  readonly rule: string;
  readonly action: EvaluationFailure['action'];
  readonly error: CelError;
  readonly message: string;
}

/** An error is a failure, what could not be looked up is not judged. */
export function report(unanswered: Unanswered, { policy, rule, action, error, message }: Report): void {
  if (error.kind === 'unknown') unanswered.notJudged.push({ policy: policy.id, rule, message: error.message });
  else unanswered.failures.push({ policy: policy.id, rule, action, failurePolicy: policy.failurePolicy, message });
}

/**
 * True where all conditions of the bound policy hold. Where none is false but one gives no answer, that is reported under
 * the condition's name, and the policy is not evaluated.
 */
export function conditionsHold(
  evaluation: Evaluation,
  policy: CompiledPolicy,
  action: EvaluationFailure['action'],
  unanswered: Unanswered,
): boolean {
  if (policy.matchConditions.length === 0) return true;
  const open: Report[] = [];
  for (const { name, program } of policy.matchConditions) {
    const result = evaluate(evaluation, program);
    if (result === false) return false;
    if (result === true) continue;
    const error = result instanceof CelError ? result : new CelError('the result is no bool');
    open.push({ policy, rule: name, action, error, message: describeError(program, error) });
  }
  for (const entry of open) report(unanswered, entry);
  return open.length === 0;
}
