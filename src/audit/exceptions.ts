/** The PolicyExceptions of an audit: those beside the policies, and those among the objects, as they would be in a cluster. */
import type { Finding } from '../engine/decision.ts';
import { exceptionName, isCurrent } from '../engine/exempt.ts';
import { type ExceptionSource, isException, parseException } from '../policy/exception.ts';
import type { Problem } from '../policy/problem.ts';
import type { ExceptionOutcome } from '../report/report.ts';
import type { GivenObject } from './manifests.ts';

/** The exceptions that are among the objects, and what is wrong with those that cannot be read. */
export function exceptionsAmong(manifests: readonly GivenObject[]): {
  readonly exceptions: readonly ExceptionSource[];
  readonly problems: readonly Problem[];
} {
  const parsed = manifests
    .filter(({ object }) => isException(object))
    .map(({ object, file = 'the cluster', locate = nowhere }) =>
      parseException({ value: object, locate, locateKey: locate }, file),
    );
  return {
    exceptions: parsed.flatMap(({ exceptions }) => exceptions),
    problems: parsed.flatMap(({ problems }) => problems),
  };
}

function nowhere(): undefined {
  return undefined;
}

/** What became of each: how many findings it has excused, and whether it has expired. `now` is in ms of the epoch. */
export function exceptionOutcomes(
  exceptions: readonly ExceptionSource[],
  findings: readonly Finding[],
  now: number,
): readonly ExceptionOutcome[] {
  const uses = Map.groupBy(findings, ({ excepted }) => excepted?.exception);
  return exceptions.map(({ exception, file, locate }) => {
    const { reason, owner, expiresAt } = exception.spec;
    const name = exceptionName(exception);
    const excused = uses.get(name)?.length ?? 0;
    const state = !isCurrent(exception, now) ? 'expired' : excused > 0 ? 'used' : 'unused';
    const position = locate([]);
    return {
      name,
      ...(position !== undefined && { file, ...position }),
      state,
      findings: excused,
      reason,
      owner,
      expiresAt,
    };
  });
}
