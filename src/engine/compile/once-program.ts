/** Programs that are evaluated once for all requests. */
import type { Activation } from '../../cel/activation.ts';
import type { Assumptions } from '../../cel/foresee.ts';
import type { Foreseen } from '../../cel/foreseen.ts';
import type { Program } from '../../cel/program.ts';
import type { Type } from '../../cel/type.ts';
import { CelError, type Result, type Value } from '../../cel/value.ts';

/**
 * The program of a variable: where it reads nothing but parameters, which are the same for all requests, it is evaluated
 * once, and its cost counted each time. An error is not remembered: that may have been the limit of one evaluation.
 */
export class OnceProgram implements Program {
  readonly source: string;
  readonly #program: Program;
  #known: { readonly value: Value; readonly cost: number } | undefined;

  constructor(program: Program) {
    this.source = program.source;
    this.#program = program;
  }

  get type(): Type {
    return this.#program.type;
  }

  get references(): Program['references'] {
    return this.#program.references;
  }

  get calls(): Program['calls'] {
    return this.#program.calls;
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
    const lasts = !(result instanceof CelError) && readsOnlyParams(this.#program);
    if (lasts) this.#known = { value: result, cost: activation.cost - before };
    return result;
  }
}

function readsOnlyParams({ references }: Program): boolean {
  return references.size === 0 || (references.size === 1 && references.has('params'));
}
