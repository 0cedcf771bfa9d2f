/** One object through the engine: what its policies find, and what they would change. */
import type { Value } from '../cel/value.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Path, Request } from '../engine/decision.ts';
import { valueAt } from '../policy/path.ts';
import type { ObjectOutcome } from '../report/report.ts';
import type { GivenObject } from './manifests.ts';
import { own } from './own.ts';
import { templateIn } from './template.ts';
import { decideWritten, mutateWritten, type WrittenContext } from './written.ts';

/** The outcome for one object; `request` is the one that requestOf makes of it. */
export function judgeObject(
  given: GivenObject,
  request: Request,
  set: PolicySet,
  context: WrittenContext,
): ObjectOutcome {
  const decision = decideWritten(set, request, context);
  const mutation = mutateWritten(set, request, context);
  const failures = [...decision.failures, ...mutation.failures];
  const notJudged = [...decision.notJudged, ...mutation.notJudged];
  const silent = decision.findings.length + mutation.changes.length + failures.length + notJudged.length === 0;
  const outcome = {
    ...(given.file !== undefined && { file: given.file }),
    // Positions are made only for what has something to say: makeReport leaves the others out.
    ...(!silent && given.locate?.([])),
    ...(!silent && templateOf(given)),
    apiVersion: given.apiVersion,
    kind: given.kind,
    ...namespaceOf(request),
    name: nameOf(given),
    findings: decision.findings.map((finding) => ({ ...finding, ...given.locate?.(finding.path) })),
    changes: mutation.changes.map((change) => ({
      ...change,
      ...containerAt(given.object, change.path),
      ...given.locate?.(change.path),
    })),
    patch: mutation.patch,
    failures,
    notJudged,
  };
  return silent ? outcome : withOwnValues(outcome);
}

/** A report outlives what it tells of. */
function withOwnValues(outcome: ObjectOutcome): ObjectOutcome {
  const { apiVersion, kind, namespace, template, name, findings, changes, patch } = outcome;
  return {
    ...outcome,
    ...(template !== undefined && { template: own(template) }),
    apiVersion: own(apiVersion),
    kind: own(kind),
    ...(namespace !== undefined && { namespace: own(namespace) }),
    name: own(name),
    findings: findings.map((finding) => ({
      ...finding,
      message: own(finding.message),
      fingerprint: own(finding.fingerprint),
      ...ownContainer(finding),
      ...(finding.fix !== undefined && { fix: own(finding.fix) }),
    })),
    changes: changes.map((change) => ({ ...change, ...ownContainer(change) })),
    patch: own(patch),
  };
}

function ownContainer({ container }: { readonly container?: string }): { readonly container?: string } {
  return container === undefined ? {} : { container: own(container) };
}

function templateOf({ source }: GivenObject): { readonly template?: string } {
  const template = source && templateIn(source.text);
  return template === undefined ? {} : { template };
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

function nameOf({ metadata }: GivenObject): string {
  const { name, generateName } = metadata;
  if (typeof name === 'string') return name;
  return typeof generateName === 'string' ? `${generateName}*` : '';
}
