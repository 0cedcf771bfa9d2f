/** The impact of a change for a person at a terminal: what would be refused, what would be gone, and by which node. */

import { objectName } from '../policy/object-name.ts';
import { formatProblem } from '../policy/problem.ts';
import type { ImpactFinding, ImpactReport, LostWorkload, RefusedObject } from './impact-report.ts';
import type { Screen } from './paint.ts';
import { plural } from './plural.ts';
import { printable } from './printable.ts';
import { wrap } from './wrap.ts';

/** Text for a terminal of this width, with a newline at its end. */
export function renderImpact(found: ImpactReport, screen: Screen): string {
  const report = printable(found);
  const blocks = [
    refusedBlock(report, screen),
    lostBlock(report, screen),
    nodeBlock(report, screen),
    problemBlock(report, screen),
    summary(report, screen),
  ].filter((lines) => lines.length > 0);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

// Beyond these a list says nothing that its length does not: the JSON has them all.
const SHOWN = 40;

function refusedBlock({ refused }: ImpactReport, screen: Screen): string[] {
  if (refused.length === 0) return [];
  const { paint } = screen;
  const names = refused.slice(0, SHOWN).map(objectName);
  const column = columnOf(names, screen);
  const lines = refused.slice(0, SHOWN).flatMap((object) => {
    const hint = object.updates === 'pass' ? '' : ' (updates too)';
    return cells(paint.red('✗'), objectName(object), policiesOf(object.findings) + hint, column, screen);
  });
  return [paint.bold('Refused when applied anew'), ...lines, ...rest(refused, screen)];
}

function lostBlock({ lost }: ImpactReport, screen: Screen): string[] {
  if (lost.length === 0) return [];
  const { paint } = screen;
  const column = columnOf(lost.slice(0, SHOWN).map(objectName), screen);
  const lines = lost
    .slice(0, SHOWN)
    .flatMap((one) =>
      cells(paint.red('✗'), objectName(one), `${reasonOf(one)}: ${policiesOf(one.findings)}`, column, screen),
    );
  return [paint.bold('Would not come back if its Pods were made anew'), ...lines, ...rest(lost, screen)];
}

function reasonOf({ refused, by, pods }: LostWorkload): string {
  if (by === undefined) return 'a Pod on its own';
  if (refused !== 'Pod') return `the ${refused} of a rollout`;
  return pods > 1 ? `${pods} Pods` : 'its Pod';
}

function nodeBlock({ nodes }: ImpactReport, screen: Screen): string[] {
  if (nodes.length === 0) return [];
  const { paint } = screen;
  const column = columnOf(
    nodes.map(({ node }) => node),
    screen,
  );
  const lines = nodes.slice(0, SHOWN).flatMap(({ node, workloads, of }) => {
    const named = workloads.slice(0, NAMED).join(', ');
    const more = workloads.length > NAMED ? ` and ${workloads.length - NAMED} more` : '';
    return cells(paint.yellow('!'), node, `${workloads.length} of ${of}: ${named}${more}`, column, screen);
  });
  return [paint.bold('Lost by a drain of the node'), ...lines, ...rest(nodes, screen)];
}

const NAMED = 5;

function rest(all: readonly unknown[], { paint }: Screen): string[] {
  return all.length > SHOWN ? [paint.dim(`  … and ${all.length - SHOWN} more: --output json has all of them`)] : [];
}

function problemBlock({ problems }: ImpactReport, { paint }: Screen): string[] {
  if (problems.length === 0) return [];
  return [
    paint.red(paint.bold('Not read, or not judged')),
    ...problems.map((problem) => `  ${formatProblem(problem)}`),
  ];
}

function summary({ change, refused, lost, counts, problems }: ImpactReport, { width, paint }: Screen): string[] {
  const { objects, workloads, tolerated, refusedBefore, lostBefore } = counts;
  const before = `as policies are now, ${plural(refusedBefore, 'is', 'are')} refused and ${lostBefore} would not come back already`;
  const ofBefore = refusedBefore + lostBefore > 0 ? [paint.dim(`  ${before}`)] : [];
  if (refused.length + lost.length === 0) {
    const mark = problems.length === 0 ? paint.green('✓') : paint.yellow('~');
    return [`${mark} ${paint.bold(`with ${change} nothing more would be refused`)}`, ...ofBefore];
  }
  return [
    `${paint.yellow('~')} ${paint.bold(`with ${change}`)}`,
    `  ${refused.length} of ${plural(objects, 'object', 'objects')} would be refused when applied anew`,
    `  ${lost.length} of ${plural(workloads, 'workload', 'workloads')} would not come back`,
    ...(refused.length > 0
      ? [`  ${tolerated} of ${refused.length} refused can still be updated: old debt is tolerated`]
      : []),
    ...ofBefore,
    ...(refused.length < 2 ? [] : wrap(`by ${objectsByPolicy(refused)}`, width - 2)).map((line) =>
      paint.dim(`  ${line}`),
    ),
  ];
}

/** How many objects each policy would refuse, most first. */
function objectsByPolicy(refused: readonly RefusedObject[]): string {
  const ids = refused.flatMap(({ findings }) => [...new Set(findings.map(({ policy }) => policy))]);
  return counted([...Map.groupBy(ids, (id) => id)].map(([id, { length }]) => [id, length]));
}

function policiesOf(findings: readonly ImpactFinding[]): string {
  return counted([...Map.groupBy(findings, ({ policy }) => policy)].map(([id, { length }]) => [id, length]));
}

/** Most first, then by name: `require-x ×2, require-y`. */
function counted(policies: readonly (readonly [string, number])[]): string {
  return policies
    .toSorted(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .map(([policy, number]) => (number > 1 ? `${policy} ×${number}` : policy))
    .join(', ');
}

const INDENT = 4;
const BELOW = 6;

/** The width of the first column: that of the longest name, but never more than half of the screen. */
function columnOf(names: readonly string[], { width }: Screen): number {
  return Math.min(
    names.reduce((most, name) => Math.max(most, name.length), 0),
    Math.floor(width / 2) - INDENT,
  );
}

/** A name and what there is to say of it: beside, where the name fits its column, else below. */
function cells(mark: string, name: string, text: string, column: number, { width, paint }: Screen): string[] {
  const at = INDENT + column + 2;
  const head = `  ${mark} ${paint.bold(name)}`;
  if (name.length > column) return [head, ...wrap(text, width - BELOW).map((line) => ' '.repeat(BELOW) + line)];
  const [first = '', ...more] = wrap(text, width - at);
  return [`${head}${' '.repeat(column - name.length + 2)}${first}`, ...more.map((line) => ' '.repeat(at) + line)];
}
