/** The report for a person at a terminal: short, grouped by object, the place of each finding first. */
import type { Path } from '../engine/decision.ts';
import { formatPath } from '../policy/path.ts';
import { formatProblem } from '../policy/problem.ts';
import type { Paint, Screen } from './paint.ts';
import { printable } from './printable.ts';
import { isOpen, type ObjectOutcome, type Place, type Report } from './report.ts';
import { wrap } from './wrap.ts';

// Of documents that are no objects a folder may hold thousands, and nobody reads their names.
const SKIPPED_SHOWN = 5;

/** One line of an object: what was found, and where. */
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
export function renderTable(found: Report, screen: Screen): string {
  const whole = printable(found);
  const report = { ...whole, objects: whole.objects.map(actsAmong(whole)) };
  const columns = columnsOf(report.objects.flatMap(rowsOf));
  const blocks = [
    ...byHeading(report).map(([heading, objects]) => objectsBlock(heading, objects, columns, screen)),
    ...changeBlock(report, screen),
    ...recordedBlock(whole, screen),
    ...exceptionBlock(report, screen),
    ...problemBlock(report, screen),
    ...skippedBlock(report, screen),
    summary(report, screen),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Widths of the cells before the message. */
interface Columns {
  readonly place: number;
  readonly policy: number;
  readonly path: number;
}

function columnsOf(rows: readonly Row[]): Columns {
  const longest = (of: (row: Row) => string): number => rows.reduce((most, row) => Math.max(most, of(row).length), 0);
  return { place: longest((row) => row.place), policy: longest((row) => row.policy), path: longest((row) => row.path) };
}

/** By file; objects of a cluster by namespace. */
function byHeading({ objects }: Report): [string, ObjectOutcome[]][] {
  const shown = objects.filter(
    (object) => object.findings.length + object.failures.length + object.notJudged.length > 0,
  );
  return [...Map.groupBy(shown, ({ file, namespace }) => file ?? namespaceHeading(namespace))];
}

function namespaceHeading(namespace: string | undefined): string {
  return namespace === undefined ? 'in no namespace' : `namespace ${namespace}`;
}

function objectsBlock(heading: string, objects: readonly ObjectOutcome[], columns: Columns, screen: Screen): string[] {
  const lines = objects.flatMap((object) => [
    `  ${screen.paint.bold(titleOf(object))}`,
    ...rowsOf(object).flatMap((row) => renderRow(row, columns, screen)),
  ]);
  return [screen.paint.cyan(heading), ...lines];
}

const INDENT = 4;
// A message narrower than this is a column of single words: it then goes below its policy, over the whole width.
const MESSAGE_BESIDE = 60;

function renderRow(row: Row, columns: Columns, { width, paint }: Screen): string[] {
  const place = columns.place === 0 ? '' : `${paint.dim(row.place.padEnd(columns.place))}  `;
  const lead = `${' '.repeat(INDENT)}${paint[row.paint](row.mark)} ${place}`;
  const below = INDENT + row.mark.length + 1 + (columns.place === 0 ? 0 : columns.place + 2);
  const beside = below + columns.policy + 2 + columns.path + 2;
  const isBeside = width - beside >= MESSAGE_BESIDE;
  const at = isBeside ? beside : below;
  const [first = '', ...rest] = wrap(row.message, width - at);
  const policy = paint.bold(isBeside ? row.policy.padEnd(columns.policy) : row.policy);
  const fits = isBeside || below + row.policy.length + 2 + row.path.length <= width;
  const path = paint.dim(isBeside ? row.path.padEnd(columns.path) : fits ? row.path : '');
  const more = rest.map((line) => `${' '.repeat(at)}${line}`);
  if (isBeside) return [`${lead}${policy}  ${path}  ${first}`, ...more];
  return [`${lead}${policy}  ${path}`.trimEnd(), `${' '.repeat(at)}${first}`, ...more];
}

function titleOf(object: ObjectOutcome): string {
  return `${object.kind} ${nameOf(object)}`;
}

function nameOf({ namespace, name }: ObjectOutcome): string {
  return `${namespace === undefined ? '' : `${namespace}/`}${name === '' ? '(no name)' : name}`;
}

/**
 * The findings that are shown one by one. Excused ones are counted, and in the JSON: here they would hide the others. So
 * would those that are only recorded, unless there are no others.
 */
function actsAmong(report: Report): (object: ObjectOutcome) => ObjectOutcome {
  return (object) => ({
    ...object,
    findings: object.findings.filter((finding) => isOpen(finding) && (finding.action !== 'Audit' || !isSummed(report))),
  });
}

function isSummed({ counts }: Report): boolean {
  return counts.audit > 0 && counts.deny + counts.warn > 0;
}

const MARKS = {
  Deny: { mark: '✗', paint: 'red' },
  Warn: { mark: '!', paint: 'yellow' },
  Audit: { mark: '·', paint: 'dim' },
  failed: { mark: '✗', paint: 'red' },
  unknown: { mark: '?', paint: 'yellow' },
} as const;

function rowsOf(object: ObjectOutcome): Row[] {
  const itself = placeOf(object);
  return [
    ...object.findings.map((finding) => ({
      ...MARKS[finding.action],
      place: placeOf(finding),
      policy: finding.policy,
      path: shortPath(finding.path, finding.container),
      message: finding.seenOn === undefined ? finding.message : `${finding.message} (seen on ${finding.seenOn})`,
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
  ];
}

/** `12:7`; empty where there is no file. */
function placeOf({ line, column }: Place): string {
  return line === undefined ? '' : `${line}:${column}`;
}

/** The path as a person thinks of it: containers by name, and without the way down to the Pod. */
function shortPath(path: Path, container: string | undefined): string {
  const inPod = path.slice(path.lastIndexOf('template') + 1);
  const at = inPod.findIndex((step) => typeof step === 'number');
  if (container === undefined || at === -1) return formatPath(inPod) || 'the object';
  return `${inPod[at - 1]}[${container}]${formatPath(['', ...inPod.slice(at + 1)]).replace(/^\[''\]/, '')}`;
}

/** The same few fields are set on nearly every workload: one line for each policy says so. */
function changeBlock({ objects }: Report, screen: Screen): string[][] {
  const changes = objects.flatMap((object) =>
    object.changes.map(({ policy, action }) => ({ policy, object, isRecorded: action === 'Audit' })),
  );
  return policyBlock('At admission, the webhook would set fields of', ['~', 'green'], changes, screen);
}

/** What is only recorded, a line for each policy, where there is more to do elsewhere. */
function recordedBlock(report: Report, screen: Screen): string[][] {
  if (!isSummed(report)) return [];
  const findings = report.objects.flatMap((object) =>
    object.findings
      .filter((finding) => finding.action === 'Audit' && isOpen(finding))
      .map(({ policy }) => ({ policy, object, isRecorded: false })),
  );
  return policyBlock('Recorded only (--output json says where)', ['·', 'dim'], findings, screen);
}

interface Mention {
  readonly policy: string;
  readonly object: ObjectOutcome;
  readonly isRecorded: boolean;
}

function policyBlock(
  title: string,
  [mark, colour]: readonly [string, keyof Paint],
  mentions: readonly Mention[],
  { width, paint }: Screen,
): string[][] {
  if (mentions.length === 0) return [];
  const byPolicy = [...Map.groupBy(mentions, ({ policy }) => policy)].sort(([a], [b]) => (a < b ? -1 : 1));
  const policyWidth = Math.max(...byPolicy.map(([policy]) => policy.length));
  const indent = INDENT + policyWidth + 2;
  const lines = byPolicy.map(([policy, mine]) => {
    const recorded = mine[0]?.isRecorded ? ' (recorded only)' : '';
    const names = namesOf(
      mine.map(({ object }) => object),
      width - indent - recorded.length,
    );
    return `  ${paint[colour](mark)} ${paint.bold(policy.padEnd(policyWidth))}  ${names}${recorded}`;
  });
  return [[paint.bold(title), ...lines]];
}

/** As many names as fit, and how many more there are. */
function namesOf(objects: readonly ObjectOutcome[], width: number): string {
  const names = [...new Set(objects.map(nameOf))];
  // Each takes a letter and a comma at least: to try all of thousands takes seconds.
  for (let shown = Math.min(names.length, width); shown > 0; shown--) {
    const more = shown < names.length ? ` and ${names.length - shown} more` : '';
    const text = names.slice(0, shown).join(', ') + more;
    if (text.length <= width) return text;
  }
  return plural(names.length, 'object', 'objects');
}

function exceptionBlock({ exceptions }: Report, { paint }: Screen): string[][] {
  const idle = exceptions.filter(({ state }) => state !== 'used');
  if (idle.length === 0) return [];
  const lines = idle.flatMap(({ file, line, column, name, state, owner, expiresAt }) => {
    const place = file === undefined ? '' : `${file}:${line}:${column}: `;
    const what = state === 'expired' ? `has expired (${expiresAt})` : 'excuses nothing';
    return [`  ${place}${name} ${what}`, `    ask ${owner}`];
  });
  return [[paint.yellow(paint.bold('Exceptions to take away or renew')), ...lines]];
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

function summary({ cluster, counts, baseline }: Report, { width, paint }: Screen): string[] {
  const found: readonly [number, string, keyof Paint][] = [
    [counts.deny, `✗ ${counts.deny} deny`, 'red'],
    [counts.warn, `! ${counts.warn} warn`, 'yellow'],
    [counts.audit, `· ${counts.audit} audit`, 'dim'],
    [counts.excepted, `○ ${counts.excepted} excepted`, 'dim'],
    [counts.known, `○ ${counts.known} known`, 'dim'],
    [counts.changes, `~ ${plural(counts.changes, 'field', 'fields')} to set`, 'green'],
    [counts.failures, `✗ ${plural(counts.failures, 'rule', 'rules')} failed`, 'red'],
    [counts.notJudged, `? ${plural(counts.notJudged, 'rule', 'rules')} not judged`, 'yellow'],
  ];
  const parts = found.filter(([count]) => count > 0);
  const looked = [
    `${plural(counts.objects, 'object', 'objects')} in ${cluster ?? plural(counts.files, 'file', 'files')}`,
    plural(counts.policies, 'policy', 'policies'),
    ...(baseline && baseline.gone > 0 ? [`${baseline.gone} of the baseline not found any more`] : []),
    ...(counts.problems > 0 ? [paint.red(plural(counts.problems, 'problem', 'problems'))] : []),
  ].join(', ');
  if (parts.length === 0 && counts.problems === 0) return [paint.bold(paint.green('✓ nothing found')), looked];
  if (parts.length === 0) return [looked];
  const fits = parts.reduce((length, [, text]) => length + text.length + 3, -3) <= width;
  return [parts.map(([, text, colour]) => paint.bold(paint[colour](text))).join(fits ? '   ' : '\n'), looked];
}

function plural(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
