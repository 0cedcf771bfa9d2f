/** What a change of policies would do before it is made: the requests that it would refuse are asked, one by one. */
import type { Given } from '../audit/manifests.ts';
import { type Scene, scenesOf } from '../audit/scenes.ts';
import type { PolicySet } from '../engine/compiled.ts';
import type { Context, Request } from '../engine/decision.ts';
import { controllerOf } from '../engine/owner.ts';
import type { ExceptionSource } from '../policy/exception.ts';
import type { Problem } from '../policy/problem.ts';
import type { ImpactName, ImpactReport, RefusedObject } from '../report/impact-report.ts';
import { lossesOf, nodesOf } from './losses.ts';
import { touched } from './update.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** A change of policies, and against what it is a change. */
export interface Change {
  /** In words: `profile strict`. */
  readonly words: string;
  readonly before: Policies;
  readonly after: Policies;
}

/** What judges, and what is set before. They differ where only some policies are asked about. */
export interface Policies {
  readonly judging: PolicySet;
  readonly mutating: PolicySet;
}

export interface ImpactBeside {
  readonly problems?: readonly Problem[];
  readonly exceptions?: readonly ExceptionSource[];
  /** In milliseconds of the epoch. */
  readonly now: number;
}

/**
 * Whatever is refused after the change and passes before it: objects that are applied anew, updates of them, and what controllers
 * make when Pods are made again. Judged by decide() alone, with the very requests that would come.
 */
export function impact(
  given: Given,
  change: Change,
  { problems = [], exceptions = [], now }: ImpactBeside,
): ImpactReport {
  const { scenes, problems: own } = scenesOf(given, now, exceptions);
  const asked = asking(change);
  const applied = scenes.filter(({ request }) => controllerOf(request.object) === undefined);
  const verdicts = applied.map((scene) => ({ scene, ...asked(scene.request, asOfCluster(scene)) }));
  const refused = verdicts
    .filter(({ isNew }) => isNew)
    .map(({ scene, after }) => refusedObject(scene, after, asked(touched(scene.request), asOfCluster(scene)).isNew))
    .toSorted(byName);
  const { lost, lostBefore, workloads, running } = lossesOf(scenes, asked);
  return {
    ...(given.cluster !== undefined && { cluster: given.cluster }),
    change: change.words,
    refused,
    lost: lost.toSorted(byName),
    nodes: nodesOf(lost, running),
    counts: {
      objects: applied.length,
      refusedBefore: verdicts.filter(({ before }) => before.refused).length,
      lostBefore,
      workloads,
      tolerated: refused.filter(({ updates }) => updates === 'pass').length,
    },
    problems: [...problems, ...given.problems, ...own],
  };
}

export interface Answer {
  readonly before: Verdict;
  readonly after: Verdict;
  /** Whether the change is what refuses it. */
  readonly isNew: boolean;
}

/** Tells what becomes of a request, before the change and after it. */
export type Asked = (request: Request, context: Context) => Answer;

const PASSED: Verdict = { refused: false, findings: [] };

function asking({ before, after }: Change): Asked {
  return (request, context) => {
    const next = verdictOf(after.judging, after.mutating, request, context);
    const present = next.refused ? verdictOf(before.judging, before.mutating, request, context) : PASSED;
    return { before: present, after: next, isNew: next.refused && !present.refused };
  };
}

/** Objects of a file are judged as written; for all others only what they say themselves tells who wrote what. */
export function asOfCluster({ given, context }: Scene): Context {
  const { written, ...rest } = context;
  return given.file === undefined ? rest : { ...rest, written };
}

function refusedObject(scene: Scene, { findings }: Verdict, updateFails: boolean): RefusedObject {
  const { given } = scene;
  return {
    ...nameOf(scene),
    ...(given.file !== undefined && { file: given.file }),
    ...(given.locate && { line: given.locate([]).line }),
    findings,
    updates: updateFails ? 'refused' : 'pass',
  };
}

export function nameOf({ given, request }: Scene): ImpactName {
  const { apiVersion, kind, metadata } = given;
  const namespace = request.resource.resource === 'namespaces' ? '' : request.namespace;
  const name = String(metadata['name'] ?? metadata['generateName'] ?? '');
  return { apiVersion, kind, ...(namespace && { namespace }), name };
}

function byName(a: ImpactName, b: ImpactName): number {
  const [left, right] = [a, b].map(({ namespace = '', kind, name }) => `${namespace}/${kind}/${name}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
