/** The report for a person at a terminal: short, grouped by object, the place of each finding first. */
import type { Path } from '../engine/decision.ts';
import { formatPath } from '../policy/path.ts';
import { formatProblem } from '../policy/problem.ts';
import type { Paint, Screen } from './paint.ts';
import type { ObjectOutcome, Report } from './report.ts';
import { wrap } from './wrap.ts';

// Of documents that are no objects a folder may hold thousands, and nobody reads their names.
const SKIPPED_SHOWN = 5;

/** One line of an object: what was found or would change, and where. */
interface Row {
  readonly mark: string;
  readonly paint: keyof Paint;
  /** `12:7` in the file. */
  readonly place: string;
  readonly policy: string;
  readonly path: string;
  readonly message: string;
}

/** Text for a terminal of this width, with a newline at its end. */
export function renderTable(report: Report, screen: Screen): string {
  const columns = columnsOf(report.objects.flatMap(rowsOf));
  // One layout for all objects looks calm where there is room for it; else each object has its own.
  const shared = roomForMessage(columns, screen.width) >= WIDE_MESSAGE ? columns : undefined;
  const blocks = [
    ...byFile(report).map(([file, objects]) => fileBlock(file, objects, shared, screen)),
    ...problemBlock(report, screen),
    ...skippedBlock(report, screen),
    summary(report, screen),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const INDENT = 4;
const WIDE_MESSAGE = 60;

/** Widths of the cells before the message; a `path` of 0 leaves that cell out. */
interface Columns {
  readonly place: number;
  readonly policy: number;
  readonly path: number;
}

function columnsOf(rows: readonly Row[]): Columns {
  const longest = (of: (row: Row) => string): number => rows.reduce((most, row) => Math.max(most, of(row).length), 0);
  return { place: longest((row) => row.place), policy: longest((row) => row.policy), path: longest((row) => row.path) };
}

function messageAt({ place, policy, path }: Columns): number {
  return INDENT + '✗ '.length + place + 2 + policy + 2 + (path > 0 ? path + 2 : 0);
}

function roomForMessage(columns: Columns, width: number): number {
  return width - messageAt(columns);
}

function byFile(report: Report): [string, ObjectOutcome[]][] {
  return [...Map.groupBy(report.objects, (object) => object.file)];
}

function fileBlock(
  file: string,
  objects: readonly ObjectOutcome[],
  shared: Columns | undefined,
  screen: Screen,
): string[] {
  const lines = objects.flatMap((object) => {
    const rows = rowsOf(object);
    const columns = shared ?? { ...columnsOf(rows), path: 0 };
    return [`  ${screen.paint.bold(titleOf(object))}`, ...rows.flatMap((row) => renderRow(row, columns, screen))];
  });
  return [screen.paint.cyan(file), ...lines];
}

function renderRow(row: Row, columns: Columns, { width, paint }: Screen): string[] {
  const at = messageAt(columns);
  const text = columns.path > 0 ? row.message : row.message || row.path;
  const [first = '', ...rest] = wrap(text, Math.max(width - at, 20));
  const place = paint.dim(row.place.padEnd(columns.place));
  const path = columns.path > 0 ? `${paint.dim(row.path.padEnd(columns.path))}  ` : '';
  const line = `${paint[row.paint](row.mark)} ${place}  ${paint.bold(row.policy.padEnd(columns.policy))}  ${path}${first}`;
  return [`${' '.repeat(INDENT)}${line.trimEnd()}`, ...rest.map((more) => `${' '.repeat(at)}${more}`)];
}

function titleOf({ kind, namespace, name }: ObjectOutcome): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name === '' ? '(no name)' : name}`;
}

const MARKS = {
  Deny: { mark: '✗', paint: 'red' },
  Warn: { mark: '!', paint: 'yellow' },
  Audit: { mark: '·', paint: 'dim' },
  change: { mark: '~', paint: 'green' },
  failed: { mark: '✗', paint: 'red' },
  unknown: { mark: '?', paint: 'yellow' },
} as const;

function rowsOf(object: ObjectOutcome): Row[] {
  const itself = `${object.line}:${object.column}`;
  return [
    ...object.findings.map((finding) => ({
      ...MARKS[finding.action],
      place: `${finding.line}:${finding.column}`,
      policy: finding.policy,
      path: shortPath(finding.path, finding.container),
      message: finding.message,
    })),
    ...object.failures.map(({ policy, rule, message }) => ({
      ...MARKS.failed,
      place: itself,
      policy,
      path: rule,
      message: `could not be evaluated: ${message}`,
    })),
    ...object.notJudged.map(({ policy, rule, message }) => ({
      ...MARKS.unknown,
      place: itself,
      policy,
      path: rule,
      message: `not judged: ${message}`,
    })),
    ...object.changes.map((change) => ({
      ...MARKS.change,
      place: `${change.line}:${change.column}`,
      policy: change.policy,
      path: shortPath(change.path, change.container) + (change.action === 'Audit' ? ' (recorded only)' : ''),
      message: '',
    })),
  ];
}

/** The path as a person thinks of it: containers by name, and without the way down to the Pod. */
function shortPath(path: Path, container: string | undefined): string {
  const inPod = path.slice(path.lastIndexOf('template') + 1);
  const at = inPod.findIndex((step) => typeof step === 'number');
  if (container === undefined || at === -1) return formatPath(inPod) || 'the object';
  return `${inPod[at - 1]}[${container}]${formatPath(['', ...inPod.slice(at + 1)]).replace(/^\[''\]/, '')}`;
}

function problemBlock({ problems }: Report, { paint }: Screen): string[][] {
  if (problems.length === 0) return [];
  return [
    [
      paint.red(paint.bold('Not judged, or not as it stands')),
      ...problems.map((problem) => `  ${formatProblem(problem)}`),
    ],
  ];
}

function skippedBlock({ skipped }: Report, { paint }: Screen): string[][] {
  if (skipped.length === 0) return [];
  const shown = skipped.slice(0, SKIPPED_SHOWN).map(({ file, line, reason }) => `  ${file}:${line}: ${reason}`);
  const more = skipped.length - shown.length;
  const rest = more > 0 ? [`  and ${more} more (--output json names them all)`] : [];
  return [[paint.dim('Skipped'), ...[...shown, ...rest].map(paint.dim)]];
}

function summary({ counts }: Report, { width, paint }: Screen): string[] {
  const found: readonly [number, string, keyof Paint][] = [
    [counts.deny, `✗ ${counts.deny} to refuse`, 'red'],
    [counts.warn, `! ${counts.warn} to warn about`, 'yellow'],
    [counts.audit, `· ${counts.audit} to record`, 'dim'],
    [counts.changes, `~ ${plural(counts.changes, 'field', 'fields')} to set`, 'green'],
    [counts.failures, `✗ ${plural(counts.failures, 'rule', 'rules')} failed`, 'red'],
    [counts.notJudged, `? ${plural(counts.notJudged, 'rule', 'rules')} not judged`, 'yellow'],
  ];
  const parts = found.filter(([count]) => count > 0);
  const looked = [
    `${plural(counts.objects, 'object', 'objects')} in ${plural(counts.files, 'file', 'files')}`,
    plural(counts.policies, 'policy', 'policies'),
    ...(counts.problems > 0 ? [paint.red(plural(counts.problems, 'problem', 'problems'))] : []),
  ].join(', ');
  if (parts.length === 0) return [paint.bold(paint.green('✓ nothing found')), looked];
  const fits = parts.reduce((length, [, text]) => length + text.length + 3, -3) <= width;
  return [parts.map(([, text, colour]) => paint.bold(paint[colour](text))).join(fits ? '   ' : '\n'), looked];
}

function plural(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
