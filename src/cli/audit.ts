/** `tidegate audit`: paths and flags in, report out, exit code. */
import { type Command, Option } from 'commander';
import { audit } from '../audit/audit.ts';
import type { Problem } from '../policy/problem.ts';
import { type Baseline, renderBaseline, withBaseline } from '../report/baseline.ts';
import { WITH_EDITS, WITH_FIXES } from '../report/formats.ts';
import type { Report } from '../report/report.ts';
import { readBaseline } from './baseline-file.ts';
import { type GivenFlags, givenCommand, openGiven } from './given.ts';
import { FORMAT_NAMES, formatIn, type Output, outputOf, writeOutputs } from './outputs.ts';
import { progressBar } from './progress.ts';
import { refuse } from './refuse.ts';
import { screenOf } from './terminal.ts';
import { wholeNumber } from './whole-number.ts';
import { writeWhole } from './write-file.ts';

export interface AuditFlags extends GivenFlags {
  /** A table on standard output where it is left out. */
  readonly output?: readonly Output[];
  readonly failOn: FailOn;
  readonly maxFindings: number;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

export type FailOn = 'deny' | 'warn' | 'audit' | 'never';

const HELP = `
Exit code: 0 nothing found, 1 more than --max-findings findings at or above --fail-on, 2 something could not be read,
judged or written. Findings that are excepted or known to the baseline do not count.

Formats: ${FORMAT_NAMES.join(', ')}.

Examples:
  tidegate audit deploy/
  helm template ./chart | tidegate audit -
  tidegate audit --cluster --context staging --namespace shop
  kustomize build . | tidegate audit - --fail-on warn --output json
  tidegate audit deploy/ --output table --output sarif=tidegate.sarif
  tidegate audit deploy/ --baseline tidegate-baseline.json`;

/** `audit`; `exit` gets the exit code once the report is written. */
export function auditCommand(exit: (code: number) => void): Command {
  return givenCommand('audit')
    .option(
      '--output <format[=file]>',
      'the report, to standard output or a file (repeatable; default: table)',
      outputOf,
    )
    .addOption(new Option('--fail-on <level>', 'least finding that fails').choices(Object.keys(LEVELS)).default('deny'))
    .option('--max-findings <number>', 'how many such findings are let pass', wholeNumber('findings'), 0)
    .option('--baseline <file>', 'only findings that are not in it fail: a baseline, or an earlier json report')
    .option('--write-baseline <file>', 'write all findings into a baseline, and let them pass')
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], flags: AuditFlags) => exit(await auditPaths(paths, flags)));
}

async function auditPaths(paths: readonly string[], flags: AuditFlags): Promise<number> {
  const baseline = flags.baseline === undefined ? undefined : readBaseline(flags.baseline);
  if (baseline !== undefined && 'message' in baseline) return refuse([baseline]);
  const rivalry = rivalryOf(flags);
  if (rivalry !== undefined) return refuse([rivalry]);
  const report = await judge(paths, flags);
  return report === undefined ? 2 : tell(report, baseline, flags);
}

/** That a report would go to the file of the baseline. */
function rivalryOf({ writeBaseline: file, ...flags }: AuditFlags): Problem | undefined {
  const rival = file === undefined ? undefined : formatIn(file, outputsOf(flags));
  return rival === undefined ? undefined : { file: file ?? '', message: `cannot be both ${rival} and the baseline` };
}

/** The report, which is all that is kept: what was judged has gone from memory before anything is written. */
async function judge(paths: readonly string[], flags: AuditFlags): Promise<Report | undefined> {
  const opened = await openGiven(paths, flags);
  if (!opened) return undefined;
  const { given, judging, problems } = opened;
  const formats = outputsOf(flags).map(({ format }) => format);
  const proofs = formats.some((format) => WITH_FIXES.has(format)) ? {} : { proofs: 0 };
  const bar = progressBar('judging', 'objects', given.manifests.length);
  const report = audit(given, judging.selected, {
    problems,
    exceptions: judging.exceptions,
    now: Date.now(),
    ...proofs,
    progress: bar.at,
  });
  bar.end();
  if (!formats.some((format) => WITH_EDITS.has(format))) return report;
  const { withEdits } = await import('../fix/finding-edits.ts');
  return withEdits(report, given.manifests);
}

function outputsOf({ output = [{ format: 'table' }] }: AuditFlags): readonly Output[] {
  return output;
}

/** Writes what is to be written of the report, and gives the exit code. */
async function tell(found: Report, baseline: Baseline | undefined, flags: AuditFlags): Promise<number> {
  const { writeBaseline } = flags;
  const report = baseline === undefined ? found : withBaseline(found, baseline);
  const told = await writeOutputs(outputsOf(flags), report, screenOf(process.stdout, process.env, flags.color));
  const noted = writeBaseline === undefined ? undefined : writeWhole(writeBaseline, [renderBaseline(report)]);
  const unwritten = [...told, ...(noted ? [noted] : [])];
  if (unwritten.length > 0) return refuse(unwritten);
  if (writeBaseline !== undefined)
    process.stderr.write(`note: ${writeBaseline} has what was found; with --baseline only more than that fails\n`);
  return exitCode(report, writeBaseline === undefined ? flags : { ...flags, failOn: 'never' });
}

const LEVELS: Readonly<Record<FailOn, readonly (keyof Report['counts'])[]>> = {
  deny: ['deny'],
  warn: ['deny', 'warn'],
  audit: ['deny', 'warn', 'audit'],
  never: [],
};

/** What could not be judged weighs more than what was found: the report is not complete. */
export function exitCode(
  { counts }: Report,
  { failOn, maxFindings }: Pick<AuditFlags, 'failOn' | 'maxFindings'>,
): 0 | 1 | 2 {
  if (counts.problems + counts.failures > 0) return 2;
  return LEVELS[failOn].reduce((sum, level) => sum + counts[level], 0) > maxFindings ? 1 : 0;
}
