import type { Activation } from '../cel/activation.ts';
import type { Program } from '../cel/program.ts';
/** The `variables` of a policy: evaluated once, on first use, and never where not used. */
import { CelError, LazyStruct, type Result } from '../cel/value.ts';
import { COST_PER_EXPRESSION } from './budget.ts';

export class Variables extends LazyStruct {
  readonly typeName = 'kubernetes.variables';
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #activation: Activation;
  readonly #budget: number;
  readonly #known = new Map<string, Result>();

  /** `budget` is what all expressions of the policy may cost together. */
  constructor(programs: ReadonlyMap<string, Program>, activation: Activation, budget: number) {
    super();
    this.#programs = programs;
    this.#activation = activation;
    this.#budget = budget;
  }

  override field(name: string): Result {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const program = this.#programs.get(name);
    const result = program === undefined ? new CelError(`no such key: ${name}`) : this.#evaluate(name, program);
    this.#known.set(name, result);
    return result;
  }

  /** A variable has a limit of its own, and its cost does not count towards the limit of the expression that asks for it. */
  #evaluate(name: string, program: Program): Result {
    const activation = this.#activation;
    const { cost, limit } = activation;
    activation.limit = Math.min(cost + COST_PER_EXPRESSION, this.#budget);
    const result = program.evaluate(activation);
    activation.limit = Math.min(limit + activation.cost - cost, this.#budget);
    return result instanceof CelError ? ofVariable(name, result) : result;
  }
}

/** In the words of the API server. What is not known stays what was asked for. */
function ofVariable(name: string, { kind, message }: CelError): CelError {
  return new CelError(
    kind === 'unknown' ? message : `composited variable "${name}" fails to evaluate: ${message}`,
    kind,
  );
}
