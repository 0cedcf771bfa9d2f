/** The offline door: objects from files through the same decide() and mutate() as the requests of a cluster. */
import type { Value } from '../cel/value.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Path, Request } from '../engine/decision.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import { valueAt } from '../policy/path.ts';
import type { Problem } from '../policy/problem.ts';
import { makeReport, type ObjectOutcome, type Report, type ReportParts } from '../report/report.ts';
import { exceptionOutcomes, exceptionsAmong } from './exceptions.ts';
import { givenObjects } from './given-objects.ts';
import { customKinds } from './kinds.ts';
import type { Manifest, Manifests } from './manifests.ts';
import { requestOf } from './request.ts';
import { decideWritten, mutateWritten, type WrittenContext } from './written.ts';

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
 * before, put among ours.
 */
export function audit(given: Manifests, set: PolicySet, beside: Beside): Report {
  return makeReport(judgeAll(given, set, beside));
}

// Nobody waits for the answer as at admission: one fix that breaks something else is not to hide the good ones.
const PROOFS = 16;

/** The parts of the audit's report, not yet sorted: `objects` has one outcome for each manifest, in their order. */
export function judgeAll(
  given: Manifests,
  set: PolicySet,
  { problems = [], exceptions = [], now, proofs = PROOFS }: Beside,
): ReportParts {
  const among = exceptionsAmong(given.manifests);
  const all = [...exceptions, ...among.exceptions];
  const granted = all.map(({ exception }) => exception);
  const custom = customKinds(given.manifests.map((manifest) => manifest.object));
  const requests = given.manifests.map((manifest) => requestOf(manifest, custom));
  const byFile = Map.groupBy(requests, (_, index) => given.manifests[index]?.file);
  const cluster = givenObjects(requests);
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
    };
    return judge(manifest, request, set, context);
  });
  return {
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

function judge(manifest: Manifest, request: Request, set: PolicySet, context: WrittenContext): ObjectOutcome {
  const decision = decideWritten(set, request, context);
  const mutation = mutateWritten(set, request, context);
  const failures = [...decision.failures, ...mutation.failures];
  const notJudged = [...decision.notJudged, ...mutation.notJudged];
  const silent = decision.findings.length + mutation.changes.length + failures.length + notJudged.length === 0;
  return {
    file: manifest.file,
    // Positions are made only for what has something to say: makeReport leaves the others out.
    ...(silent ? { line: 0, column: 0 } : manifest.locate([])),
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    ...namespaceOf(request),
    name: nameOf(manifest),
    findings: decision.findings.map((finding) => ({ ...finding, ...manifest.locate(finding.path) })),
    changes: mutation.changes.map((change) => ({
      ...change,
      ...containerAt(manifest.object, change.path),
      ...manifest.locate(change.path),
    })),
    patch: mutation.patch,
    failures,
    notJudged,
  };
}

/** The name of the container that a path leads into. */
function containerAt(object: Value, path: Path): { readonly container?: string } {
  const at = path.findIndex((step) => typeof step === 'number');
  if (at < 1 || !/[cC]ontainers$/.test(String(path[at - 1]))) return {};
  const name = valueAt(object, [...path.slice(0, at + 1), 'name']);
  return typeof name === 'string' ? { container: name } : {};
}

function namespaceOf({ namespace, resource }: Request): { readonly namespace?: string } {
  return namespace && resource.resource !== 'namespaces' ? { namespace } : {};
}

function nameOf({ metadata }: Manifest): string {
  const { name, generateName } = metadata;
  if (typeof name === 'string') return name;
  return typeof generateName === 'string' ? `${generateName}*` : '';
}
