/** Whether a policy has a say in a request: namespace, selectors, owners, and what an update leaves alone. */
import type { Action } from '../policy/policy.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { Unanswered } from './conditions.ts';
import type { Evaluation } from './evaluation.ts';
import { actionIn, matches } from './match.ts';
import type { Subject } from './subject.ts';

export interface Applicable {
  readonly policy: CompiledPolicy;
  readonly action: Exclude<Action, 'Off'>;
  readonly subject: Subject;
}

/**
 * What the policy asks for and what it sees, or undefined where it says nothing: it is off or selects other objects, the
 * update touches nothing that it judges, or the Pod was made by a controller whose own template was judged. What other
 * controllers make is their authors' business: it is audited at most. A selector that cannot be answered is reported as not judged.
 */
export function applicable(
  evaluation: Evaluation,
  policy: CompiledPolicy,
  unanswered: Unanswered,
): Applicable | undefined {
  const { request, context, subjects } = evaluation;
  const action = actionIn(policy.enforcement, request, context.namespace);
  if (action === 'Off') return undefined;
  const match = matches(policy.matcher, request, context.namespace);
  if (match === 'no') return undefined;
  const subject = subjects.of(policy);
  if (subject === undefined || !subjects.changed(policy)) return undefined;
  const owner = heedsOwners(policy) ? subjects.owner() : 'nobody';
  if (owner === 'judged') return undefined;
  if (match === 'yes') return { policy, action: owner === 'other' ? 'Audit' : action, subject };
  const message = `the labels of namespace ${request.namespace ?? ''} are not known`;
  unanswered.notJudged.push({ policy: policy.id, rule: 'matchConstraints', message });
  return undefined;
}

function heedsOwners({ subject, policy }: CompiledPolicy): boolean {
  return subject === 'PodTemplate' && policy.spec.ownedPods !== 'Judge';
}
