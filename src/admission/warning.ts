/** Warnings as the API server wants them: short, few, without line breaks, each once. */
import type { EvaluationFailure, Finding } from '../engine/decision.ts';
import { oneLine } from '../policy/one-line.ts';
import { groupFindings, messageOf, placeOf } from './group.ts';
import type { MissingChange } from './ledger.ts';

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
    ...failures.map(({ policy, message }) => shortWarning(`${policy}: could not be evaluated: ${oneLine(message)}`)),
  ];
  return bounded([...new Set(texts)]);
}

const CAUSES: Readonly<Record<MissingChange['cause'], string>> = {
  undone: 'set here, and undone by another webhook',
  late: 'not set: another webhook changed the object later',
  unseen: 'not set: undone by another webhook, or never applied',
};

/** One line for each policy and cause: what of its changes is not on the object that is about to be stored. */
export function missingWarnings(missing: readonly MissingChange[]): readonly string[] {
  if (missing.length === 0) return [];
  const groups = new Map<string, [MissingChange, ...MissingChange[]]>();
  for (const one of missing) {
    const group = groups.get(`${one.policy} ${one.cause}`);
    if (group === undefined) groups.set(`${one.policy} ${one.cause}`, [one]);
    else group.push(one);
  }
  return bounded(Array.from(groups.values(), missingWarning));
}

// A warning is short, and where the template lies is known to whoever wrote it.
const TEMPLATE = /^spec\.(?:jobTemplate\.spec\.)?template\.spec\./;

function missingWarning([first, ...others]: readonly [MissingChange, ...MissingChange[]]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return withPlace(`${first.policy}: ${CAUSES[first.cause]}`, oneLine(first.place.replace(TEMPLATE, '')) + more);
}

function bounded(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const shown = warnings.slice(0, MAX_WARNINGS - 1);
  return [...shown, `and ${warnings.length - shown.length} more warnings`];
}

/** The place follows where there is room for all of it: half a path helps nobody. */
function withPlace(text: string, place: string): string {
  const whole = `${text} at ${place}`;
  return whole.length <= MAX_WARNING ? whole : shortWarning(text);
}

/** The text, cut where it is longer than Kubernetes asks for. */
export function shortWarning(text: string): string {
  return withEnd(text, '');
}

function withEnd(text: string, end: string): string {
  const room = MAX_WARNING - end.length;
  return (text.length <= room ? text : `${text.slice(0, room - 1)}…`) + end;
}
