import type { Activation } from '../cel/activation.ts';
/** The state of one request's evaluation that all policies share: one activation, one view of the object, one lookup. */
import type { Program } from '../cel/program.ts';
import { Timestamp } from '../cel/timestamp.ts';
import { CelError, LazyStruct, type Result, type Value } from '../cel/value.ts';
import { oneLine } from '../policy/one-line.ts';
import { bindAuthorizer } from './authorizer.ts';
import { COST_OF_CONDITIONS, COST_PER_EXPRESSION, COST_PER_POLICY } from './budget.ts';
import type { CompiledPolicy } from './compiled.ts';
import type { Context, KubernetesObject, Request } from './decision.ts';
import { SLOT_COUNT, SLOTS } from './environment.ts';
import { Resources } from './library/resources.ts';
import { Written } from './library/written.ts';
import { type Places, placesIn } from './places.ts';
import { type Subject, type Subjects, subjectsOf } from './subject.ts';
import { Variables } from './variables.ts';

export interface Evaluation {
  readonly request: Request;
  readonly context: Context;
  /** The object as the user gave it. */
  readonly written: KubernetesObject | null;
  readonly subjects: Subjects;
  readonly activation: Activation;
  /** What all of the bound policy's expressions together may cost. */
  budget: number;
  /** Places in the object that a policy sees; indexed on first use. */
  places(object: KubernetesObject | null): Places;
}

/**
 * Ready for bindConditions. `written` is the object as the user gave it, where it is not the request's any more.
 */
export function startEvaluation(
  request: Request,
  context: Context,
  written: KubernetesObject | null = request.object,
): Evaluation {
  const variables: (Value | undefined)[] = new Array(SLOT_COUNT).fill(undefined);
  variables[SLOTS.request] = request as unknown as Value;
  variables[SLOTS.namespaceObject] = context.namespace === undefined ? UNKNOWN_NAMESPACE : context.namespace;
  variables[SLOTS.resources] = new Resources(context.lookup);
  bindAuthorizer({ variables }, request, context.authorization);
  variables[SLOTS.written] = new Written(written, context.written);
  variables[SLOTS.kubernetesVersion] = context.kubernetesVersion ?? '';
  variables[SLOTS.now] = new Timestamp(BigInt(context.now) * NANOSECONDS);
  const indexed = new Map<KubernetesObject | null, Places>();
  return {
    request,
    context,
    written,
    subjects: subjectsOf(request, context.written !== undefined),
    activation: { variables, cost: 0, limit: 0 },
    budget: 0,
    places(object) {
      const known = indexed.get(object) ?? placesIn(object);
      indexed.set(object, known);
      return known;
    },
  };
}

/** Makes the policy's matchConditions the expressions to come. */
export function bindConditions(evaluation: Evaluation, policy: CompiledPolicy, subject: Subject): void {
  const { activation } = evaluation;
  const { variables } = activation;
  variables[SLOTS.object] = subject.object;
  variables[SLOTS.oldObject] = subject.oldObject;
  variables[SLOTS.workload] = subject.workload;
  variables[SLOTS.oldWorkload] = subject.oldWorkload;
  variables[SLOTS.params] = policy.params;
  activation.cost = 0;
  evaluation.budget = COST_OF_CONDITIONS;
}

/** Makes the policy's other expressions the ones to come, with fresh variables. After bindConditions. */
export function bindRules(evaluation: Evaluation, policy: CompiledPolicy): void {
  const { activation } = evaluation;
  activation.cost = 0;
  evaluation.budget = COST_PER_POLICY;
  if (policy.variables.size === 0) return;
  activation.variables[SLOTS.variables] = new Variables(policy.variables, activation, COST_PER_POLICY);
}

/** Evaluates one expression of the bound policy, within its own limit and what is left of the policy's. */
export function evaluate(evaluation: Evaluation, program: Program): Result {
  const { activation } = evaluation;
  activation.limit = Math.min(activation.cost + COST_PER_EXPRESSION, evaluation.budget);
  return program.evaluate(activation);
}

const NANOSECONDS = 1_000_000n;

/** An evaluation error as the API server words it; what is not known is no error, and says itself what it is. */
export function describeError(program: Program, error: CelError): string {
  if (error.kind === 'unknown') return error.message;
  return `expression '${oneLine(program.source)}' resulted in error: ${oneLine(error.message)}`;
}

/** Stands for a Namespace object that is not known here: everything asked of it is unknown. */
class UnknownNamespace extends LazyStruct {
  readonly typeName = 'kubernetes.Namespace';

  override field(): Result {
    return new CelError('the Namespace of the request is not known here', 'unknown');
  }
}

const UNKNOWN_NAMESPACE = new UnknownNamespace();
