/** What was done -> the report of it. */
import { countOf, takeOne } from '../engine/count.ts';
import type { Finding } from '../engine/decision.ts';
import { objectName } from '../policy/object-name.ts';
import type { Problem } from '../policy/problem.ts';
import type { FileChange, FixedFinding, FixReport, LeftFinding } from '../report/fix-report.ts';
import type { ObjectOutcome } from '../report/report.ts';
import { type Fixed, type FixTask, keyOf } from './fix.ts';
import type { SceneObject } from './scene.ts';

/** The report; `problems` are those met before the files were judged. */
export function fixReport(task: FixTask, fixed: Fixed, problems: readonly Problem[]): FixReport {
  const { before, after, refused } = fixed;
  const pairs = before.objects.map((object, at) => pairOf(object, after.objects[at] as SceneObject, at));
  return {
    files: before.inputs.flatMap((input, at) => changeOf(input.file, input.text, after.inputs[at]?.text ?? input.text)),
    fixed: pairs.flatMap((pair) => fixedOf(pair, task)),
    left: pairs.flatMap((pair) => leftOf(pair, task, refused)),
    marked: task.templates,
    mutations: { asked: task.mutations !== undefined, written: fixed.mutations, open: openChanges(after.objects) },
    milder: pairs.reduce(
      (sum, { now }) => sum + now.filter((one) => one.fix && task.wanted(one) === 'later').length,
      0,
    ),
    problems: [...problems, ...before.parts.problems],
    read: before.inputs.length,
  };
}

function changeOf(file: string, before: string, after: string): readonly FileChange[] {
  return before === after ? [] : [{ file, before, after }];
}

/** An object before and after, with what counts against it. */
interface ObjectPair {
  readonly at: number;
  readonly before: SceneObject;
  readonly after: SceneObject;
  readonly past: readonly Finding[];
  readonly now: readonly Finding[];
}

function pairOf(before: SceneObject, after: SceneObject, at: number): ObjectPair {
  return { at, before, after, past: counting(before.outcome), now: counting(after.outcome) };
}

function counting({ findings }: ObjectOutcome): readonly Finding[] {
  return findings.filter(({ excepted }) => excepted === undefined);
}

/** Of findings that cannot be told apart as many as are fewer now. */
function fixedOf({ before, past, now }: ObjectPair, { wanted }: FixTask): readonly FixedFinding[] {
  const left = countOf(now.map(({ fingerprint }) => fingerprint));
  return past
    .filter((one) => wanted(one) === 'now' && !takeOne(left, one.fingerprint))
    .map((finding) => ({ ...finding, file: before.manifest.file }));
}

function leftOf(
  { at, before, after, past, now }: ObjectPair,
  { wanted }: FixTask,
  refused: ReadonlyMap<string, string>,
): readonly LeftFinding[] {
  return now
    .filter((one) => wanted(one) === 'now')
    .map((finding) => {
      const earlier = past.find(({ fingerprint }) => fingerprint === finding.fingerprint) ?? finding;
      const reason = refused.get(keyOf(at, finding));
      return {
        ...finding,
        file: after.manifest.file,
        object: objectName(after.outcome),
        before: before.manifest.locate(earlier.path),
        after: after.manifest.locate(finding.path),
        ...(reason !== undefined && { refused: reason }),
      };
    })
    .toSorted((a, b) => a.after.line - b.after.line);
}

function openChanges(objects: readonly SceneObject[]): number {
  return objects.reduce(
    (sum, { outcome }) => sum + outcome.changes.filter(({ action }) => action === 'Mutate').length,
    0,
  );
}
