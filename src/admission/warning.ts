/** Warnings as the API server wants them: short, few, without line breaks, each once. */
import type { EvaluationFailure, Finding } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import { groupFindings, messageOf, placeOf } from './group.ts';

// Kubernetes asks for at most 120 characters each, cuts at 256, and drops what exceeds 4096 together: 30 x 120 fit.
const MAX_WARNING = 120;
const MAX_WARNINGS = 30;

/** One line for each group of findings and each failure, at most 120 characters; tolerated findings say that they are. */
export function warningsOf(findings: readonly Finding[], failures: readonly EvaluationFailure[]): readonly string[] {
  const texts = [
    ...groupFindings(findings).map((group) => {
      const text = `${group.first.policy}: ${messageOf(group)}`;
      return group.first.tolerated ? withEnd(text, ' (not new: tolerated)') : withPlace(text, placeOf(group));
    }),
    ...failures.map(({ policy, message }) => withEnd(`${policy}: could not be evaluated: ${oneLine(message)}`, '')),
  ];
  return bounded([...new Set(texts)]);
}

function bounded(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const shown = warnings.slice(0, MAX_WARNINGS - 1);
  return [...shown, `and ${warnings.length - shown.length} more warnings`];
}

/** The place follows where there is room for all of it: half a path helps nobody. */
function withPlace(text: string, place: string): string {
  const whole = `${text} at ${place}`;
  return whole.length <= MAX_WARNING ? whole : withEnd(text, '');
}

function withEnd(text: string, end: string): string {
  const room = MAX_WARNING - end.length;
  return (text.length <= room ? text : `${text.slice(0, room - 1)}…`) + end;
}
