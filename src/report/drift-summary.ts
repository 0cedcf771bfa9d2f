/** What is said beside the output of `tidegate drift`: a line or two, and what could not be judged. */
import { formatProblem } from '../policy/problem.ts';
import type { DriftReport } from './drift-report.ts';
import type { Screen } from './paint.ts';
import { plural } from './plural.ts';
import { printable } from './printable.ts';

/** With a newline at its end; `format` is the one of the output. */
export function renderDriftSummary(report: DriftReport, format: string, { paint }: Screen): string {
  const { objects, judged, problems } = printable({
    ...report,
    objects: report.objects.map(({ policies }) => policies),
  });
  const gap = format === 'diff' && objects.length > 0 ? ['\n'] : [];
  const of = `of ${plural(judged, 'object', 'objects')}`;
  const verdict =
    objects.length === 0
      ? `${problems.length === 0 ? `${paint.green('✓')} ` : ''}no drift: admission would change nothing ${of}`
      : `${paint.yellow('~')} ${paint.bold(`admission would change ${objects.length} ${of}`)}`;
  const counted = [...Map.groupBy(objects.flat(), (policy) => policy)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([policy, { length }]) => `${policy} ×${length}`);
  return [
    ...gap,
    ...(problems.length > 0 ? [`${paint.red(paint.bold('Not read, or not judged'))}\n`] : []),
    ...problems.map((problem) => `  ${formatProblem(problem)}\n`),
    `${verdict}\n`,
    ...(counted.length > 0 ? [paint.dim(`  ${counted.join(', ')}\n`)] : []),
    ...(gap.length > 0 ? [paint.dim('  --output patch is for its source, --output argocd for Argo CD\n')] : []),
  ].join('');
}
