/** What a command says when it cannot do its work. */
import { formatProblem, type Problem } from '../policy/problem.ts';
import { didYouMean } from '../policy/suggest.ts';

/** Prints the problems, a line each, and gives the exit code for them. */
export function refuse(problems: readonly Problem[], err: (text: string) => unknown = printError): 2 {
  err(problems.map((problem) => `${formatProblem(problem)}\n`).join(''));
  return 2;
}

/** `where` is the option or command that took the id. */
export function unknownPolicy(where: string, id: string, policies: readonly { readonly id: string }[]): Problem {
  const names = policies.map((policy) => policy.id);
  const hint = didYouMean(id, names) ?? 'tidegate policies lists them';
  return { file: where, message: `no policy is called "${id}"`, hint };
}

function printError(text: string): void {
  process.stderr.write(text);
}
