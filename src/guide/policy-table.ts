/** `tidegate policies`: all policies in force, a line each. */
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import type { Screen } from '../report/paint.ts';
import { plural } from '../report/plural.ts';
import { printable } from '../report/printable.ts';
import { wrap } from '../report/wrap.ts';
import { actionOf, actionWord, type PolicyAction, paintAction, STAR } from './action.ts';

/** What the table says of a policy; `--output json` prints a list of them. */
export interface PolicyLine extends PolicyAction {
  readonly id: string;
  readonly category: string;
  readonly severity: string;
  readonly title: string;
  readonly file: string;
}

/** By category, then by id. */
export function policyLines({ policies }: PolicySet): readonly PolicyLine[] {
  return printable(policies.map(lineOf)).toSorted((a, b) => compare(a.category, b.category) || compare(a.id, b.id));
}

function lineOf(compiled: CompiledPolicy): PolicyLine {
  const { id, policy, file } = compiled;
  const { category, severity, title } = policy.spec;
  return { id, category, severity, ...actionOf(compiled), title, file };
}

/** Text with a newline at its end. */
export function policyTable(lines: readonly PolicyLine[], profile: string, screen: Screen): string {
  const longest = (of: (line: PolicyLine) => string): number => Math.max(0, ...lines.map((line) => of(line).length));
  const widths = { id: longest(({ id }) => id), action: longest(actionWord), severity: 'medium'.length };
  const blocks = [...Map.groupBy(lines, ({ category }) => category)].map(([category, members]) => [
    screen.paint.bold(category),
    ...members.flatMap((line) => rowOf(line, widths, screen)),
  ]);
  return `${[...blocks, summaryOf(lines, profile, screen)].map((block) => block.join('\n')).join('\n\n')}\n`;
}

type Widths = Readonly<Record<'id' | 'action' | 'severity', number>>;

function rowOf(line: PolicyLine, widths: Widths, { width, paint }: Screen): string[] {
  const { id, severity, title } = line;
  const lead = 2 + widths.id + 2 + widths.action + 2 + widths.severity + 2;
  const [first = '', ...rest] = wrap(title, Math.max(width - lead, NARROWEST));
  const cells = [id.padEnd(widths.id), paintAction(actionWord(line).padEnd(widths.action), paint)];
  return [
    `  ${[...cells, paint.dim(severity.padEnd(widths.severity)), first].join('  ')}`,
    ...rest.map((more) => `${' '.repeat(lead)}${more}`),
  ];
}

const NARROWEST = 24;

function summaryOf(lines: readonly PolicyLine[], profile: string, { paint }: Screen): string[] {
  const counts = Map.groupBy(lines, ({ action }) => action);
  const actions = ['Deny', 'Warn', 'Audit', 'Mutate', 'Off'].filter((action) => counts.has(action));
  const each = actions.map((action) =>
    paintAction(action, paint).replace(action, `${counts.get(action)?.length} ${action}`),
  );
  const total = plural(lines.length, 'policy', 'policies');
  const note = lines.some(({ differsByNamespace }) => differsByNamespace) ? [STAR] : [];
  return [
    ...note,
    `${paint.bold(total)}${each.length > 0 ? ` (${each.join(', ')})` : ''} in profile ${profile}`,
    paint.dim('tidegate explain <policy> shows the page of one.'),
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
