/** The offline door: objects of files or of a cluster through the same decide() and mutate() as the requests of a cluster. */
import type { PolicySet } from '../engine/compiled.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import type { Problem } from '../policy/problem.ts';
import { makeReport, type Report, type ReportParts } from '../report/report.ts';
import { exceptionOutcomes } from './exceptions.ts';
import { judgeObject } from './judge.ts';
import type { Given } from './manifests.ts';
import { underOwners } from './owners.ts';
import { scenesOf } from './scenes.ts';

/** What an audit goes by beside objects and policies. */
export interface Beside {
  readonly problems?: readonly Problem[];
  /** Those that were read with the policies. */
  readonly exceptions?: readonly ExceptionSource[];
  /** The time of the judgement, in milliseconds of the epoch. */
  readonly now: number;
  /** As of a Context. */
  readonly proofs?: number;
  /** Told after each object how many have been judged. */
  readonly progress?: (objects: number) => void;
}

/**
 * Judges every object, its defaults filled in as a server does it, and says what the mutating policies would change. The objects are the cluster for
 * each other, PolicyExceptions included. The order of the report depends on files and places only; `problems` are those met
 * before, put among ours. What controllers make is told of with its owner.
 */
export function audit(given: Given, set: PolicySet, beside: Beside): Report {
  const parts = judgeAll(given, set, beside);
  return makeReport({ ...parts, objects: underOwners(given.manifests, parts.objects) });
}

// Nobody waits for the answer as at admission: one fix that breaks something else is not to hide the good ones.
/** As of a Context: how many judgements an object may cost beyond the first. */
export const PROOFS = 16;

/** The parts of the audit's report, not yet sorted: `objects` has one outcome for each manifest, in their order. */
export function judgeAll(
  given: Given,
  set: PolicySet,
  { problems = [], exceptions = [], now, proofs = PROOFS, progress }: Beside,
): ReportParts {
  const { scenes, exceptions: all, problems: own } = scenesOf(given, now, exceptions, proofs);
  const objects = scenes.map((scene, index) => {
    const outcome = judgeObject(scene.given, scene.request, set, scene.context);
    progress?.(index + 1);
    return outcome;
  });
  return {
    ...(given.cluster !== undefined && { cluster: given.cluster }),
    policies: set.policies.map((compiled) => compiled.policy),
    objects,
    problems: [...problems, ...given.problems, ...own],
    exceptions: exceptionOutcomes(
      all,
      objects.flatMap(({ findings }) => findings),
      now,
    ),
    skipped: given.skipped,
    files: given.files,
    judged: given.manifests.length,
  };
}
