/** Annotations of GitHub Actions: commands in the log of a workflow that show findings beside the lines of a pull request. */

import { objectName } from '../policy/object-name.ts';
import { formatProblem, type Problem } from '../policy/problem.ts';
import { plural } from './plural.ts';
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
  const { objects, problems } = printable({ ...given, skipped: [] });
  const [found, unread] = [foundIn(objects), problems.map(unreadFor)];
  const shown = LEVELS.flatMap((level) => shownOf(ofLevel(unread, level), ofLevel(found, level)));
  const lines = shown.map(commandOf);
  const all = [...unread, ...found];
  if (shown.length < all.length) lines.push(tally(all));
  return lines.map((line) => `${line}\n`).join('');
}

/** The first ones, with as many findings as problems: what could not be judged is no reason to hide what was found. */
function shownOf(unread: readonly Annotation[], found: readonly Annotation[]): readonly Annotation[] {
  const room = Math.max(SHOWN / 2, SHOWN - found.length);
  return [...unread.slice(0, room), ...found].slice(0, SHOWN);
}

function ofLevel(annotations: readonly Annotation[], level: Level): readonly Annotation[] {
  return annotations.filter((one) => one.level === level);
}

const LEVELS: readonly Level[] = ['error', 'warning', 'notice'];
const LEVEL_OF = { Deny: 'error', Warn: 'warning', Audit: 'notice' } as const;

function foundIn(objects: readonly ObjectOutcome[]): readonly Annotation[] {
  return objects.flatMap((object) => [
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
}

function unreadFor(problem: Problem): Annotation {
  const { file, line, column } = problem;
  const place = { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
  return { ...place, level: 'error', title: 'Not judged', message: formatProblem(problem) };
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
  const counts = LEVELS.map((level) => [ofLevel(annotations, level).length, level] as const)
    .filter(([count]) => count > 0)
    .map(([count, level]) => plural(count, level, `${level}s`));
  return `Tidegate found ${counts.join(', ')}; of each, ${SHOWN} are annotated.`;
}
