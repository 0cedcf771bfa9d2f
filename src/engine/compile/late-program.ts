/** Programs that are compiled when they are first evaluated. */
import type { Activation } from '../../cel/activation.ts';
import type { Environment } from '../../cel/environment.ts';
import type { Assumptions } from '../../cel/foresee.ts';
import type { Foreseen } from '../../cel/foreseen.ts';
import type { Program } from '../../cel/program.ts';
import type { Type } from '../../cel/type.ts';
import type { Result } from '../../cel/value.ts';

/** An environment that is made when the first expression in it is compiled. */
export type LateEnvironment = () => Environment;

/**
 * The program of an expression that is known to compile in this environment: most rules have nothing to look at in most
 * objects, and a webhook has to start fast. Throws where that was wrong.
 */
export class LateProgram implements Program {
  readonly source: string;
  readonly #environment: LateEnvironment;
  #compiled: Program | undefined;

  constructor(environment: LateEnvironment, source: string) {
    this.#environment = environment;
    this.source = source;
  }

  get type(): Type {
    return this.#program().type;
  }

  get references(): Program['references'] {
    return this.#program().references;
  }

  get calls(): Program['calls'] {
    return this.#program().calls;
  }

  foresee(assumptions: Assumptions): Foreseen {
    return this.#program().foresee(assumptions);
  }

  evaluate(activation: Activation): Result {
    return this.#program().evaluate(activation);
  }

  #program(): Program {
    if (this.#compiled !== undefined) return this.#compiled;
    const compilation = this.#environment().compile(this.source);
    if (!compilation.ok) throw new Error(`an expression that was checked does not compile: ${this.source}`);
    this.#compiled = compilation.program;
    return compilation.program;
  }
}
