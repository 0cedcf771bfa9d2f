/** What `tidegate fix` did, for a person at a terminal: a few lines. */
import { formatProblem } from '../policy/problem.ts';
import { diffText } from './diff-text.ts';
import type { FixReport, LeftFinding } from './fix-report.ts';
import type { Paint, Screen } from './paint.ts';
import { plural } from './plural.ts';
import { printable } from './printable.ts';
import { wrap } from './wrap.ts';

/** The changes of all files as one patch, which `git apply` and `patch -p1` take; empty where nothing changes. */
export function renderPatch({ files }: FixReport, screen: Screen): string {
  return files
    .map(({ file, before, after }) => diffText({ from: `a/${file}`, to: `b/${file}`, before, after }, screen))
    .join('');
}

/** How the fixes are called for: they shape what is said of them. */
export type FixMode = 'diff' | 'write' | 'print';

/** A few lines: what was or would be fixed, what is left and why, and what else could be done. */
export function renderFixes(report: FixReport, mode: FixMode, screen: Screen): string {
  const shown = printable({ ...report, files: [] });
  const blocks = [
    fixedBlock(shown, mode, screen),
    leftBlock(
      'Left for a person',
      shown.left.filter(({ refused }) => refused === undefined),
      mode,
      screen,
    ),
    leftBlock(
      'Not fixed',
      shown.left.filter(({ refused }) => refused !== undefined),
      mode,
      screen,
    ),
    problemBlock(shown, screen),
    summary({ ...shown, files: report.files }, mode, screen),
  ].filter((lines) => lines.length > 0);
  // On a terminal the diff stands right above.
  const gap = mode === 'diff' && report.files.length > 0 ? '\n' : '';
  return `${gap}${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A line for each file: which policies, and how often. */
function fixedBlock({ fixed }: FixReport, mode: FixMode, { width, paint }: Screen): string[] {
  if (fixed.length === 0) return [];
  const lines = [...Map.groupBy(fixed, ({ file }) => file)].flatMap(([file, findings]) => {
    const policies = [...Map.groupBy(findings, ({ policy }) => policy)].sort(([a], [b]) => (a < b ? -1 : 1));
    const counted = policies.map(([policy, { length }]) => (length > 1 ? `${policy} ×${length}` : policy));
    return [`  ${paint.cyan(file)}`, ...wrap(counted.join(', '), width - 4).map((line) => `    ${line}`)];
  });
  return [paint.bold(mode === 'diff' ? 'To be fixed' : 'Fixed'), ...lines];
}

const MARKS = { Deny: ['✗', 'red'], Warn: ['!', 'yellow'], Audit: ['·', 'dim'] } as const;

function leftBlock(title: string, left: readonly LeftFinding[], mode: FixMode, screen: Screen): string[] {
  if (left.length === 0) return [];
  const { paint } = screen;
  const byFile = Map.groupBy(left, ({ file }) => file);
  const lines = [...byFile].flatMap(([file, findings]) => [
    `  ${paint.cyan(file)}`,
    ...findings.flatMap((finding) => leftLines(finding, mode, screen)),
  ]);
  return [paint.bold(title), ...lines];
}

function leftLines(finding: LeftFinding, mode: FixMode, { width, paint }: Screen): string[] {
  const { line, column } = mode === 'diff' ? finding.before : finding.after;
  const [mark, colour] = MARKS[finding.action];
  const head = `    ${paint[colour](mark)} ${paint.dim(`${line}:${column}`)}  ${paint.bold(finding.policy)}  ${paint.dim(finding.object)}`;
  const advice = finding.refused === undefined ? finding.remediation : `Its fix is not made: ${finding.refused}.`;
  const indent = ' '.repeat(6);
  const below = (text: string): string[] => wrap(text, width - indent.length);
  return [head, ...[...below(finding.message), ...below(advice).map(paint.dim)].map((line) => indent + line)];
}

function problemBlock({ problems }: FixReport, { paint }: Screen): string[] {
  if (problems.length === 0) return [];
  const title = paint.red(paint.bold('Not judged, or not as it stands'));
  return [title, ...problems.map((problem) => `  ${formatProblem(problem)}`)];
}

function summary(report: FixReport, mode: FixMode, { paint }: Screen): string[] {
  const { left, marked, mutations, milder, read } = report;
  return [
    paint.bold(verdictOf(report, mode, paint)),
    ...hints(left.length, marked, mutations, milder).map(paint.dim),
    paint.dim(`${plural(read, 'file', 'files')} read`),
  ];
}

function verdictOf(report: FixReport, mode: FixMode, paint: Paint): string {
  const { files, left, problems } = report;
  if (files.length === 0)
    return left.length + problems.length === 0 ? paint.green('✓ nothing to fix') : 'nothing that could be fixed';
  const done = doneOf(report);
  const [what, verb] = done === '' ? ['nothing but comments', 'written'] : [done, 'fixed'];
  const where = plural(files.length, 'file', 'files');
  if (mode === 'diff') return `${paint.green('~')} ${what} would be ${verb} in ${where}: --write does it`;
  return `${paint.green('✓')} ${what} ${verb} in ${where}`;
}

/** Empty where nothing was fixed. */
function doneOf({ fixed, mutations }: FixReport): string {
  const parts = [
    ...(fixed.length > 0 ? [plural(fixed.length, 'finding', 'findings')] : []),
    ...(mutations.written > 0 ? [plural(mutations.written, 'field of the webhook', 'fields of the webhook')] : []),
  ];
  return parts.join(' and ');
}

function hints(left: number, marked: boolean, mutations: FixReport['mutations'], milder: number): string[] {
  const fields = `${plural(mutations.open, 'field', 'fields')} that the webhook sets at admission`;
  return [
    ...(left > 0
      ? [
          `${plural(left, 'finding is', 'findings are')} left${marked ? ', and marked' : ': --templates marks the places to fill in'}`,
        ]
      : []),
    ...(milder > 0 ? [`${plural(milder, 'fix', 'fixes')} of milder findings: --level audit`] : []),
    ...(mutations.open > 0
      ? [mutations.asked ? `${fields} could not be written here` : `${fields}: --mutations writes them here`]
      : []),
  ];
}
