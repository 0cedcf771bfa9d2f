/** Annotations of GitHub Actions: commands in the log of a workflow that show findings beside the lines of a pull request. */

import { objectName } from '../policy/object-name.ts';
import { formatProblem } from '../policy/problem.ts';
import { printable } from './printable.ts';
import { isOpen, type ObjectOutcome, type Place, type Report } from './report.ts';

type Level = 'error' | 'warning' | 'notice';

interface Annotation extends Place {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
}

// Of each level GitHub shows ten to a step, and says nothing of those that it drops.
const SHOWN = 10;

/** Ten of each level, the gravest first; a last line says how many there are. Empty where there is nothing. */
export function renderGithub(given: Report): string {
  const annotations = annotationsOf(printable({ ...given, skipped: [] }));
  const shown = LEVELS.flatMap((level) => shownOf(annotations.filter((one) => one.level === level)));
  const lines = shown.map(commandOf);
  if (shown.length < annotations.length) lines.push(tally(annotations));
  return lines.map((line) => `${line}\n`).join('');
}

/** The first ones, with as many findings as problems: what could not be judged is no reason to hide what was found. */
function shownOf(annotations: readonly Annotation[]): readonly Annotation[] {
  const [problems = [], findings = []] = [true, false].map((is) =>
    annotations.filter((one) => (one.title === NOT_JUDGED) === is),
  );
  const room = Math.max(SHOWN / 2, SHOWN - findings.length);
  return [...problems.slice(0, room), ...findings].slice(0, SHOWN);
}

const NOT_JUDGED = 'Not judged';

const LEVELS: readonly Level[] = ['error', 'warning', 'notice'];
const LEVEL_OF = { Deny: 'error', Warn: 'warning', Audit: 'notice' } as const;

function annotationsOf({ objects, problems }: Report): readonly Annotation[] {
  const found = objects.flatMap((object) => [
    ...object.findings.filter(isOpen).map((finding) => ({
      ...placeOf(object, finding),
      level: LEVEL_OF[finding.action],
      title: `${finding.policy}: ${objectName(object)}`,
      message: `${finding.message}\n${finding.remediation}`,
    })),
    ...object.failures.map(({ policy, rule, message }) => ({
      ...placeOf(object, object),
      level: 'error' as const,
      title: `${policy}: ${objectName(object)}`,
      message: `${rule} could not be evaluated: ${message}`,
    })),
  ]);
  const unread = problems.map((problem) => {
    const { file, line, column } = problem;
    const place = { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
    return { ...place, level: 'error' as const, title: NOT_JUDGED, message: formatProblem(problem) };
  });
  return [...unread, ...found];
}

function placeOf({ file }: ObjectOutcome, { line, column }: Place): Place {
  if (file === undefined || line === undefined) return {};
  return { file, line, ...(column !== undefined && { column }) };
}

function commandOf({ level, title, message, file, line, column }: Annotation): string {
  const named = { file: file?.replace(/^(?:\.\/)+/, ''), line, col: column, title };
  const properties = Object.entries(named)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${properties.join(',')}::${data(message)}`;
}

/** No text of ours ends the command and begins another: a line break is the end of one. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function tally(annotations: readonly Annotation[]): string {
  const counts = LEVELS.map((level) => [annotations.filter((one) => one.level === level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => `${count} ${level}${count === 1 ? '' : 's'}`);
  return `Tidegate found ${counts.join(', ')}; of each, ${SHOWN} are annotated.`;
}
