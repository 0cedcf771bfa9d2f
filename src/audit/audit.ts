/** The offline door: objects of files or of a cluster through the same decide() and mutate() as the requests of a cluster. */
import type { PolicySet } from '../engine/compiled.ts';
import type { Request } from '../engine/decision.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import type { Problem } from '../policy/problem.ts';
import { makeReport, type Report, type ReportParts } from '../report/report.ts';
import { exceptionOutcomes, exceptionsAmong } from './exceptions.ts';
import { givenObjects } from './given-objects.ts';
import { judgeObject } from './judge.ts';
import { customKinds } from './kinds.ts';
import type { Given } from './manifests.ts';
import { underOwners } from './owners.ts';
import { requestOf } from './request.ts';

/** What an audit goes by beside objects and policies. */
export interface Beside {
  readonly problems?: readonly Problem[];
  /** Those that were read with the policies. */
  readonly exceptions?: readonly ExceptionSource[];
  /** The time of the judgement, in milliseconds of the epoch. */
  readonly now: number;
  /** As of a Context. */
  readonly proofs?: number;
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
const PROOFS = 16;

/** The parts of the audit's report, not yet sorted: `objects` has one outcome for each manifest, in their order. */
export function judgeAll(
  given: Given,
  set: PolicySet,
  { problems = [], exceptions = [], now, proofs = PROOFS }: Beside,
): ReportParts {
  const { beside = [], knows, kubernetesVersion } = given;
  const among = exceptionsAmong([...given.manifests, ...beside]);
  const all = [...exceptions, ...among.exceptions];
  const granted = all.map(({ exception }) => exception);
  const custom = customKinds(given.manifests.map((manifest) => manifest.object));
  const others = beside.map((object) => requestOf(object, custom));
  const requests = given.manifests.map((manifest) => requestOf(manifest, custom));
  const byFile = Map.groupBy(requests, (_, index) => given.manifests[index]?.file);
  const cluster = givenObjects([...others, ...requests], knows);
  const seenFrom = new Map([...byFile].map(([file, own]) => [file, cluster.near(own)]));
  const objects = given.manifests.map((manifest, index) => {
    const request = requests[index] as Request;
    const seen = seenFrom.get(manifest.file) ?? cluster;
    const context = {
      namespace: seen.namespaceOf(request),
      lookup: seen,
      written: manifest.object,
      exceptions: granted,
      now,
      proofs,
      ...(kubernetesVersion !== undefined && { kubernetesVersion }),
    };
    return judgeObject(manifest, request, set, context);
  });
  return {
    ...(given.cluster !== undefined && { cluster: given.cluster }),
    policies: set.policies.map((compiled) => compiled.policy),
    objects,
    problems: [...problems, ...given.problems, ...among.problems],
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
