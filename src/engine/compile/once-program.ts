/** Programs that are evaluated once for all requests. */
import type { Activation } from '../../cel/activation.ts';
import type { Assumptions } from '../../cel/foresee.ts';
import type { Foreseen } from '../../cel/foreseen.ts';
import type { Program } from '../../cel/program.ts';
import type { Type } from '../../cel/type.ts';
import { CelError, type Result, type Value } from '../../cel/value.ts';

/**
 * The program of an expression that reads nothing but parameters: of one policy, since another has other parameters. What
 * it costs is counted each time. An error is not remembered: that may have been the limit of one evaluation.
 */
export class OnceProgram implements Program {
  readonly source: string;
  readonly type: Type;
  readonly references: Program['references'];
  readonly calls: Program['calls'];
  readonly #program: Program;
  #known: { readonly value: Value; readonly cost: number } | undefined;

  constructor(program: Program) {
    this.source = program.source;
    this.type = program.type;
    this.references = program.references;
    this.calls = program.calls;
    this.#program = program;
  }

  foresee(assumptions: Assumptions): Foreseen {
    return this.#program.foresee(assumptions);
  }

  evaluate(activation: Activation): Result {
    if (this.#known !== undefined && activation.cost + this.#known.cost <= activation.limit) {
      activation.cost += this.#known.cost;
      return this.#known.value;
    }
    const before = activation.cost;
    const result = this.#program.evaluate(activation);
    if (!(result instanceof CelError)) this.#known = { value: result, cost: activation.cost - before };
    return result;
  }
}

/** Whether it reads nothing but parameters. */
export function readsOnlyParams({ references }: Program): boolean {
  return references.size === 0 || (references.size === 1 && references.has('params'));
}
