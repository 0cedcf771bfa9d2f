/** The report for a person at a terminal: short, grouped by object, the place of each finding first. */
import { formatPlace, formatProblem, type Problem } from '../policy/problem.ts';
import type { Paint, Screen } from './paint.ts';
import { plural } from './plural.ts';
import { printable } from './printable.ts';
import { isOpen, type ObjectOutcome, type Report } from './report.ts';
import { type Columns, columnsOf, INDENT, renderRow, rowsOf } from './table-row.ts';
import { wrap } from './wrap.ts';

// Of documents that are no objects a folder may hold thousands, and nobody reads their names.
const SKIPPED_SHOWN = 5;

// A file is mended line by line, however many there are. Of a cluster nobody reads thousands of lines: who owns what, and how much of it.
const ROWS_OF_CLUSTER = 100;

/** Text for a terminal of this width, with a newline at its end. */
export function renderTable(found: Report, screen: Screen): string {
  const whole = printable(found);
  const report = { ...whole, objects: whole.objects.map(actsAmong(whole)) };
  const rows = report.objects.flatMap(rowsOf);
  const columns = columnsOf(rows);
  const isSummary = report.cluster !== undefined && rows.length > ROWS_OF_CLUSTER;
  const blocks = [
    ...byHeading(report).map(([heading, objects]) =>
      isSummary ? namespaceBlock(heading, objects, columns, screen) : objectsBlock(heading, objects, columns, screen),
    ),
    ...changeBlock(report, screen),
    ...recordedBlock(whole, screen),
    ...exceptionBlock(report, screen),
    ...problemBlock(report, screen),
    ...skippedBlock(report, screen),
    ...(isSummary ? [[screen.paint.dim('Counted by policy: --output html=FILE shows each finding.')]] : []),
    summary(report, screen),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
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
    `  ${screen.paint.bold(object.file === undefined ? `${object.kind} ${object.name}` : titleOf(object))}${templateOf(object, screen)}`,
    ...rowsOf(object).flatMap((row) => renderRow(row, columns, screen)),
  ]);
  return [screen.paint.cyan(heading), ...lines];
}

function templateOf({ template }: ObjectOutcome, { paint }: Screen): string {
  return template === undefined ? '' : paint.dim(`  from ${template}`);
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

const GRAVEST_FIRST = ['✗', '!', '·', '?'];

/** A line for each policy of a namespace: how often, and of what. */
function namespaceBlock(
  heading: string,
  objects: readonly ObjectOutcome[],
  columns: Columns,
  { width, paint }: Screen,
): string[] {
  const rows = objects.flatMap((object) => rowsOf(object).map((row) => ({ ...row, object })));
  const groups = [...Map.groupBy(rows, ({ mark, policy }) => `${mark} ${policy}`).values()].toSorted(
    ([a], [b]) => GRAVEST_FIRST.indexOf(a?.mark ?? '') - GRAVEST_FIRST.indexOf(b?.mark ?? ''),
  );
  const countWidth = Math.max(...groups.map(({ length }) => String(length).length));
  const indent = 2 + 2 + columns.policy + 2 + countWidth + 2;
  const lines = groups.flatMap((group) =>
    group.slice(0, 1).map(({ mark, paint: colour, policy }) => {
      const names = namesOf(
        group.map(({ object }) => object.name),
        width - indent,
      );
      const count = String(group.length).padStart(countWidth);
      return `  ${paint[colour](mark)} ${paint.bold(policy.padEnd(columns.policy))}  ${count}  ${paint.dim(names)}`;
    }),
  );
  return [paint.cyan(heading), ...lines];
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
      mine.map(({ object }) => nameOf(object)),
      width - indent - recorded.length,
    );
    return `  ${paint[colour](mark)} ${paint.bold(policy.padEnd(policyWidth))}  ${names}${recorded}`;
  });
  return [[paint.bold(title), ...lines]];
}

/** As many names as fit, and how many more there are. */
function namesOf(all: readonly string[], width: number): string {
  const names = [...new Set(all)];
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

function problemBlock({ problems }: Report, { width, paint }: Screen): string[][] {
  if (problems.length === 0) return [];
  const lines = problems.flatMap((problem) => problemLines(problem, width));
  return [[paint.red(paint.bold('Not judged, or not as it stands')), ...lines]];
}

/** The place is kept whole, for whoever copies it. */
function problemLines(problem: Problem, width: number): string[] {
  const [line = '', ...excerpt] = formatProblem(problem).split('\n');
  const place = `${formatPlace(problem)}:`;
  // One word, whatever blanks are in it, and never too long for a line.
  const word = '.'.repeat(Math.min(place.length, width - 4));
  const [first = '', ...rest] = wrap(word + line.slice(place.length), width - 4);
  return [`  ${place}${first.slice(word.length)}`, ...rest.map((part) => `    ${part}`), ...excerpt];
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
  const lines: { text: string; length: number }[] = [];
  for (const [, text, colour] of parts) {
    const last = lines.at(-1);
    const painted = paint.bold(paint[colour](text));
    if (last === undefined || last.length + GAP.length + text.length > width)
      lines.push({ text: painted, length: text.length });
    else {
      last.text += GAP + painted;
      last.length += GAP.length + text.length;
    }
  }
  return [...lines.map(({ text }) => text), looked];
}

const GAP = '   ';
