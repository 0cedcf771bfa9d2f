/** The report as a comment on a pull request: what refuses first, the rest folded, and never longer than GitHub takes. */

import { objectName } from '../policy/object-name.ts';
import { formatPath } from '../policy/path.ts';
import { formatProblem } from '../policy/problem.ts';
import { cell, code, diffBlock, escaped } from './markdown-text.ts';
import { plural } from './plural.ts';
import { printable } from './printable.ts';
import { isOpen, type ObjectOutcome, type Place, type Report, type ReportedFinding } from './report.ts';

// GitHub takes comments of 65,536 characters. What is left is for whoever puts a line of their own below.
const LONGEST = 65_000;

/** A section with as much in it as there is room for. */
interface Section {
  readonly head: string;
  /** The gravest first; whole or not at all. */
  readonly parts: readonly string[];
  readonly foot: string;
  /** What the parts are, for saying how many of them are left out. */
  readonly of: string;
}

/** GitHub's Markdown. It begins with a comment by which a program finds it again to bring it up to date. */
export function renderMarkdown(given: Report): string {
  const report = printable(given);
  const lines = ['<!-- tidegate -->', `## ${headline(report)}`, '', ...summary(report), ''];
  let text = lines.map((line) => `${line}\n`).join('');
  for (const section of sectionsOf(report)) {
    const room = LONGEST - text.length;
    text += filled(section, room);
  }
  return text;
}

function headline({ counts }: Report): string {
  const { deny, warn, problems, failures } = counts;
  const parts = [
    ...(problems + failures > 0 ? [`${plural(problems + failures, 'thing', 'things')} could not be judged`] : []),
    ...(deny > 0 ? [`${plural(deny, 'finding', 'findings')} would be refused`] : []),
    ...(warn > 0 ? [plural(warn, 'warning', 'warnings')] : []),
  ];
  const mark = problems + failures + deny > 0 ? '❌' : warn > 0 ? '⚠️' : '✅';
  return `${mark} Tidegate: ${parts.length === 0 ? 'nothing to complain about' : parts.join(', ')}`;
}

function summary({ cluster, counts, baseline }: Report): readonly string[] {
  const looked = `${plural(counts.objects, 'object', 'objects')} in ${cluster === undefined ? plural(counts.files, 'file', 'files') : code(cluster)}`;
  const more = [
    ...(counts.audit > 0 ? [`${counts.audit} recorded only`] : []),
    ...(counts.known > 0 ? [`${counts.known} known before`] : []),
    ...(counts.excepted > 0 ? [`${counts.excepted} excepted`] : []),
    ...(baseline && baseline.gone > 0 ? [`${baseline.gone} of the baseline not found any more`] : []),
  ];
  return [[looked, plural(counts.policies, 'policy', 'policies'), ...more].join(' · ')];
}

function sectionsOf(report: Report): readonly Section[] {
  const found = report.objects.flatMap((object) =>
    object.findings.filter(isOpen).map((finding): Found => ({ object, finding })),
  );
  const acting = (action: ReportedFinding['action']): readonly Found[] =>
    found.filter(({ finding }) => finding.action === action);
  return [
    ...problemSection(report),
    ...findingTable('Refused at admission', acting('Deny'), false),
    ...fixSection(acting('Deny')),
    ...findingTable('Warnings', acting('Warn'), true),
    ...recordedSection(acting('Audit')),
  ];
}

interface Found {
  readonly object: ObjectOutcome;
  readonly finding: ReportedFinding;
}

function problemSection({ problems, objects }: Report): readonly Section[] {
  const failures = objects.flatMap((object) =>
    object.failures.map(
      ({ policy, rule, message }) => `${code(objectName(object))}: ${escaped(`${policy}/${rule}: ${message}`)}`,
    ),
  );
  const all = [...problems.map((problem) => escaped(formatProblem(problem).replaceAll('\n', ' '))), ...failures];
  if (all.length === 0) return [];
  return [{ head: '### Not judged, or not as it stands\n\n', parts: all.map(listed), foot: '\n', of: 'problems' }];
}

function findingTable(title: string, found: readonly Found[], isFolded: boolean): readonly Section[] {
  if (found.length === 0) return [];
  const columns = '| where | policy | what |\n| --- | --- | --- |\n';
  const parts = found.map(rowOf);
  if (!isFolded) return [{ head: `### ${title}\n\n${columns}`, parts, foot: '\n', of: 'findings' }];
  const section = folded(`${title} (${found.length})`, parts, 'findings');
  return [{ ...section, head: section.head + columns }];
}

function rowOf({ object, finding }: Found): string {
  const { policy, message, path, remediation, seenOn } = finding;
  const place = placeOf(object, finding);
  const where = [code(objectName(object)), ...(place === '' ? [] : [code(place)])].join('<br>');
  const field = path.length === 0 ? [] : [code(formatPath(path))];
  const seen = seenOn === undefined ? [] : [`seen on ${code(seenOn)}`];
  const what = [escaped(message), ...field, ...seen, `→ ${escaped(remediation)}`].join('<br>');
  return `| ${cell(where)} | ${cell(code(policy))} | ${cell(what)} |\n`;
}

/** `deploy/web.yaml:31`; empty for an object of a cluster. */
function placeOf({ file }: ObjectOutcome, { line }: Place): string {
  return [file, line].filter((part) => part !== undefined).join(':');
}

function fixSection(found: readonly Found[]): readonly Section[] {
  const parts = found.flatMap(({ object, finding }) => {
    if (finding.edit === undefined) return [];
    return [`${code(finding.policy)} · ${code(placeOf(object, finding))}\n\n${diffBlock(finding.edit.diff)}\n`];
  });
  return parts.length === 0 ? [] : [folded(`Fixes, each one tried and judged again (${parts.length})`, parts, 'fixes')];
}

/** What is only recorded: a line for each policy. */
function recordedSection(found: readonly Found[]): readonly Section[] {
  if (found.length === 0) return [];
  const byPolicy = [...Map.groupBy(found, ({ finding }) => finding.policy)].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = byPolicy.map(([policy, mine]) => {
    const objects = [...new Set(mine.map(({ object }) => objectName(object)))];
    const names = objects.slice(0, NAMES_SHOWN).map(code).join(', ');
    const more = objects.length > NAMES_SHOWN ? ` and ${objects.length - NAMES_SHOWN} more` : '';
    return listed(`${code(policy)}: ${names}${more}`);
  });
  return [folded(`Recorded only (${found.length})`, parts, 'policies')];
}

const NAMES_SHOWN = 5;

function folded(title: string, parts: readonly string[], of: string): Section {
  return { head: `<details><summary>${title}</summary>\n\n`, parts, foot: '\n</details>\n\n', of };
}

function listed(text: string): string {
  return `- ${text}\n`;
}

/** How long the line gets at most that says what is left out. */
const OMISSION = 100;

/** The section with as many of its parts as fit into this many characters; empty where not even one does. */
function filled({ head, parts, foot, of }: Section, room: number): string {
  let text = head;
  let shown = 0;
  for (const part of parts) {
    if (text.length + part.length + foot.length + OMISSION > room) break;
    text += part;
    shown++;
  }
  const left = parts.length - shown;
  const omission = left === 0 ? '' : `\n_${left} more ${of} left out: there is no room here._\n`;
  if (shown > 0) return text + omission + foot;
  return omission.length < room ? `${omission}\n` : '';
}
